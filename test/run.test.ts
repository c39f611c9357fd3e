import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("npm test");

const run = (...args: string[]) => {
  const command = [join(import.meta.dirname, "run.ts"), ...args];
  // A terminal's settings would be inherited.
  const { FORCE_COLOR: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", env });
  return { status, stdout, stderr };
};

test("runs the files that any of its arguments is in the path of, and prints no colours into a file", () => {
  const { status, stdout } = run("test/emulator/graph/json.test.ts", "lambdas/stripe/previous");
  assert.is(status, 0);
  const names = stdout.split("\n").filter((line) => line.endsWith(".test.ts"));
  assert.equal(names.toSorted(), ["emulator/graph/json.test.ts", "lambdas/stripe/previous-object.test.ts"]);
  assert.not(stdout.includes("\u001B"));
});

test("says in a line that there is no such file", () => {
  const { status, stdout, stderr } = run("nonesuch");
  assert.equal([status, stdout, stderr], [2, "", "There is no test file whose path has nonesuch in it\n"]);
});

test.run();
