import { type ChildProcess, fork } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

// Runs all test files, or those whose paths have one of the arguments in them, with uvu in a few processes side by side: each takes
// the next file that none has taken yet.

const parts = process.argv.slice(2);
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => parts.length === 0 || parts.some((part) => join("test", file).includes(part)))
  .toSorted();
if (files.length === 0) {
  console.error(`There is no test file whose path has ${parts.join(" or ")} in it`);
  process.exit(2);
}
// Colours are for a terminal, which the processes cannot see.
const env = process.stdout.isTTY ? { FORCE_COLOR: "1", ...process.env } : process.env;
const since = performance.now();
const sums = { Total: 0, Passed: 0, Skipped: 0 };
const failed: string[] = [];

// uvu begins what it tells of a failed test with FAIL and its name, and ends what it prints with the sums, a line each.
const addUp = (output: string): void => {
  const plain = stripVTControlCharacters(output);
  failed.push(...[...plain.matchAll(/^ +FAIL +(.*)$/gm)].map(([, name = ""]) => name));
  for (const name of ["Total", "Passed", "Skipped"] as const) {
    sums[name] += Number(new RegExp(`^ {2}${name}: +(\\d+)$`, "m").exec(plain)?.[1] ?? 0);
  }
};

const runSome = (): Promise<void> =>
  new Promise((done) => {
    const child: ChildProcess = fork(join(import.meta.dirname, "run-files.ts"), {
      stdio: ["ignore", "pipe", 2, "ipc"],
      env,
    });
    let [all, printed] = ["", ""];
    child.stdout?.on("data", (text: Buffer) => {
      all += text.toString();
      printed += text.toString();
    });
    child.on("message", () => {
      // All that a file printed at once, as others print at the same time.
      process.stdout.write(printed);
      printed = "";
      child.send({ file: files.shift() ?? null });
    });
    child.on("close", (code) => {
      const ofUvu = printed.lastIndexOf("\n  Total:");
      addUp(all);
      process.stdout.write(ofUvu < 0 ? printed : printed.slice(0, ofUvu));
      if (code !== 0) process.exitCode = 1;
      done();
    });
  });

await Promise.all(Array.from({ length: Math.min(availableParallelism() + 1, 5, files.length) }, runSome));
// A file that none took, as all processes broke off.
if (files.length > 0) process.exitCode = 1;
if (failed.length > 0) console.log(`\n  Failed:\n${failed.map((name) => `    ${name}`).join("\n")}`);
const lines = [...Object.entries(sums), ["Duration", `${((performance.now() - since) / 1000).toFixed(1)} s`]];
console.log(`\n${lines.map(([name, value]) => `  ${`${name}:`.padEnd(11)}${value}`).join("\n")}\n`);
