import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Command } from "commander";

interface Outcome {
  name: string;
  hasFailed: boolean;
  passed: number;
  total: number;
}

const command = new Command("npm test --")
  .description(
    "Runs all test files but those for a browser, or those whose path has one of these parts in it, each in a process of its own, a few at a time.",
  )
  .argument("[parts...]", "parts of the paths of test files, such as redrive or test/lambdas")
  .addHelpText(
    "after",
    `
Exit codes:
  0  all tests passed
  1  a test failed
  2  there is no such test file, or no such option`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

const root = join(import.meta.dirname, "..");
const parts = command.args;
const browserTests = join("test", "browser");
const names = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => join("test", file))
  .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
  // They need a browser: `npm run test:browser` names them.
  .filter((name) => !name.startsWith(browserTests) || parts.some((part) => part.startsWith(browserTests)))
  // A large file takes long, as a rule, and one that takes long should not begin last.
  .toSorted((a, b) => statSync(join(root, b)).size - statSync(join(root, a)).size);
if (names.length === 0) {
  console.error(`There is no test file whose path has ${parts.join(" or ")} in it`);
  process.exit(2);
}

const env = {
  // Most files load Pulumi. Coverage is less exact with compiled code: https://nodejs.org/api/module.html#module-compile-cache
  ...(!process.env["NODE_V8_COVERAGE"] && { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") }),
  // Colours are for a terminal, which the processes cannot see.
  ...(process.stdout.isTTY && { FORCE_COLOR: "1" }),
  ...process.env,
};

const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

const run = (name: string): Promise<Outcome> =>
  new Promise((done, fail) => {
    const start = performance.now();
    let output = "";
    let errors = "";
    const child = spawn(process.execPath, [join(root, name)], { stdio: ["ignore", "pipe", "pipe"], env });
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
    child.on("error", fail);
    child.on("close", (code) => {
      const [passed, total] = [sumOf("Passed", output), sumOf("Total", output)];
      // uvu ends with 0 where a hook throws: it runs no more tests, and counts those that it has not run.
      const isIncomplete = total === 0 || passed < total;
      const hasFailed = code !== 0 || isIncomplete;
      console.log(`${hasFailed ? "FAILED" : "passed"}  ${passed} of ${total}  ${name}  ${secondsSince(start)}`);
      // All that a file printed at once, as others print at the same time.
      if (hasFailed) process.stdout.write(output);
      process.stdout.write(errors);
      if (code === 0 && isIncomplete) console.log(`  ${name}: a hook threw, or there is no test\n`);
      done({ name, hasFailed, passed, total });
    });
  });

const sumOf = (what: "Passed" | "Total", output: string): number =>
  Number(new RegExp(`^ +${what}: +(\\d+)$`, "m").exec(stripVTControlCharacters(output))?.[1] ?? 0);

const start = performance.now();
const outcomes: Outcome[] = [];
const runSome = async (): Promise<void> => {
  for (let name = names.shift(); name !== undefined; name = names.shift()) outcomes.push(await run(name));
};
// Where an event type lacks something nearly all fail: the one that says what comes first, and alone if it fails.
const first = names.indexOf(join("test", "infra", "workflows.test.ts"));
if (first !== -1) outcomes.push(...(await Promise.all(names.splice(first, 1).map(run))));
if (outcomes.every(({ hasFailed }) => !hasFailed))
  await Promise.all(Array.from({ length: Math.min(availableParallelism() + 1, 5) }, runSome));

const failed = outcomes.filter(({ hasFailed }) => hasFailed);
if (failed.length > 0) {
  console.log(`\nFailed:\n${failed.map(({ name }) => `  ${name}`).join("\n")}`);
  process.exitCode = 1;
}
const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((all, outcome) => all + of(outcome), 0);
console.log(`
  Files:     ${outcomes.length - failed.length} of ${outcomes.length} passed
  Tests:     ${sum(({ passed }) => passed)} of ${sum(({ total }) => total)} passed
  Duration:  ${secondsSince(start)}
`);
