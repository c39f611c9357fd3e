import { type ChildProcess, fork } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

// Runs all test files, or those whose paths match an argument, with uvu in a few processes side by side: each takes the next
// file that none has taken yet.

const pattern = new RegExp(`(${process.argv[2] ?? ""}).*\\.test\\.ts$`);
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => pattern.test(file))
  .toSorted();
if (files.length === 0) throw new Error(`There is no test file whose path matches ${pattern}`);
const since = performance.now();
const sums = { Total: 0, Passed: 0, Skipped: 0 };

// uvu ends what it prints with these, a line each.
const addUp = (output: string): void => {
  for (const name of ["Total", "Passed", "Skipped"] as const) {
    sums[name] += Number(new RegExp(`^ {2}${name}: +(\\d+)$`, "m").exec(stripVTControlCharacters(output))?.[1] ?? 0);
  }
};

const runSome = (): Promise<void> =>
  new Promise((done) => {
    const child: ChildProcess = fork(join(import.meta.dirname, "run-files.ts"), {
      stdio: ["ignore", "pipe", 2, "ipc"],
    });
    let printed = "";
    child.stdout?.on("data", (text: Buffer) => {
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
      addUp(printed.slice(ofUvu));
      process.stdout.write(ofUvu < 0 ? printed : printed.slice(0, ofUvu));
      if (code !== 0) process.exitCode = 1;
      done();
    });
  });

await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4, files.length) }, runSome));
// A file that none took, as all processes broke off.
if (files.length > 0) process.exitCode = 1;
const lines = [...Object.entries(sums), ["Duration", `${((performance.now() - since) / 1000).toFixed(1)} s`]];
console.log(`\n${lines.map(([name, value]) => `  ${`${name}:`.padEnd(11)}${value}`).join("\n")}\n`);
