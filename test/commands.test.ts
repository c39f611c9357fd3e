import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("a script of package.json");

const root = join(import.meta.dirname, "..");

const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;

const commands = Object.entries(scripts).flatMap(([script, command]) => {
  const [, file] = /^(?:exec )?node (\S+)$/.exec(command) ?? [];
  return file === undefined ? [] : [{ script, file }];
});

const run = async (file: string, args: string[]) => {
  const child = spawn(process.execPath, [join(root, file), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((done) => child.on("exit", done));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, code };
};

const nameOf = (script: string): string => (["start", "test"].includes(script) ? `npm ${script}` : `npm run ${script}`);

test("runs one program of this project, which gets all its arguments", () => {
  const others = Object.keys(scripts).filter((script) => !commands.some((command) => command.script === script));
  // oxfmt has a help of its own.
  assert.equal(others, ["format"]);
});

test("says in its help what it is, and does nothing else", async () => {
  for (const { script, file } of commands) {
    const { stdout, stderr, code } = await run(file, ["--help"]);
    assert.equal([code, stderr], [0, ""], script);
    const [usage = "", , description = ""] = stdout.split("\n");
    assert.ok(usage.startsWith(`Usage: ${nameOf(script)} -- `), `${script}: ${usage}`);
    assert.match(description, /^[A-Z].{30}/, script);
  }
});

test("has a help that fits a terminal of 80 columns, if an operator runs it", async () => {
  for (const { file } of commands.filter((command) => command.file.startsWith("ops/"))) {
    const { stdout } = await run(file, ["--help"]);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, `${file}: ${line}`);
  }
});

test("refuses an unknown option before it does anything", async () => {
  for (const { script, file } of commands) {
    const { stdout, stderr, code } = await run(file, ["--no-such-option"]);
    assert.equal([Number(code) > 0, stdout], [true, ""], script);
    assert.match(stderr, /^error: /m, script);
  }
});

test.run();
