import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("npm test");

const run = (file: string, ...args: string[]) => {
  // A terminal's settings would be inherited.
  const { FORCE_COLOR: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: "utf8", env });
  return {
    status,
    stdout,
    stderr,
    failed: [...stdout.matchAll(/^FAILED .*(test\/\S+)/gm)].map(([, name = ""]) => name),
  };
};

const runHere = (...args: string[]) => run(join(import.meta.dirname, "run.ts"), ...args);

// Runs these files as all tests of a project.
const runFiles = (files: Record<string, string>, ...args: string[]) => {
  const directory = mkdtempSync(join(tmpdir(), "run-"));
  try {
    for (const room of ["infra", "browser"]) mkdirSync(join(directory, "test", room), { recursive: true });
    for (const [name, code] of Object.entries(files)) writeFileSync(join(directory, "test", name), code);
    cpSync(join(import.meta.dirname, "run.ts"), join(directory, "test/run.ts"));
    symlinkSync(join(import.meta.dirname, "../node_modules"), join(directory, "node_modules"), "junction");
    writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
    return run(join(directory, "test/run.ts"), ...args);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const fileWith = (code: string): string =>
  `import { suite } from "uvu";\nconst test = suite("a suite");\n${code}\ntest.run();\n`;

test("runs the files that any of its arguments is in the path of, and prints no colours into a file", () => {
  const { status, stdout } = runHere("test/emulator/graph/json.test.ts", "lambdas/stripe/previous");
  assert.is(status, 0);
  const names = [...stdout.matchAll(/^passed .*(test\/\S+)/gm)].map(([, name = ""]) => name);
  assert.equal(names.toSorted(), ["test/emulator/graph/json.test.ts", "test/lambdas/stripe/previous-object.test.ts"]);
  assert.not(stdout.includes("\u001B"));
});

test("leaves out what needs a browser, unless it is named", () => {
  const files = {
    "well.test.ts": fileWith('test("is well", () => {});'),
    "browser/page.test.ts": fileWith('test("is well", () => {});'),
  };
  assert.match(runFiles(files).stdout, "Files:     1 of 1 passed");
  assert.match(runFiles(files, "page").stderr, "There is no test file");
  assert.match(runFiles(files, "test/browser/page").stdout, "test/browser/page.test.ts");
});

test("says how to get a browser where there is none", () => {
  const file = join(import.meta.dirname, "browser/test-browser.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", env: { PATH: "" } });
  assert.equal([status, stdout], [2, ""]);
  for (const text of ["apt-get install", "brew install --cask", "PLAYWRIGHT_CHROMIUM="]) assert.match(stderr, text);
});

test("says in a line that there is no such file", () => {
  const { status, stdout, stderr } = runHere("nonesuch");
  assert.equal([status, stdout, stderr], [2, "", "There is no test file whose path has nonesuch in it\n"]);
});

test("fails by each file that fails, in whatever way, and says at the end which ones and how many tests passed", () => {
  const { status, stdout, failed } = runFiles({
    "well.test.ts": fileWith('test("is well", () => {});'),
    "test.test.ts": fileWith('test("is well", () => {}); test("is not well", () => { throw new Error("It broke"); });'),
    "top.test.ts": fileWith('test("is never run", () => {}); throw new Error("The top broke");'),
    "before.test.ts": fileWith('test.before(() => { throw new Error("lost"); }); test("is never run", () => {});'),
    "after-each.test.ts": fileWith('test.after.each(() => { throw new Error("lost"); }); test("is well", () => {});'),
    "exit.test.ts": fileWith('test("ends early", () => process.exit(0));'),
    "empty.test.ts": "",
  });
  assert.is(status, 1);
  const bad = ["after-each", "before", "empty", "exit", "test", "top"].map((name) => `test/${name}.test.ts`);
  assert.equal(failed.toSorted(), bad);
  for (const text of ["It broke", "The top broke", "Files:     1 of 7 passed", "Tests:     2 of 5 passed"]) {
    assert.match(stdout, text);
  }
  const end = stdout.slice(stdout.indexOf("\nFailed:\n"));
  for (const name of bad) assert.match(end, name);
});

test("runs first what says what an event type lacks, and nothing else where that fails", () => {
  const { status, stdout } = runFiles({
    "infra/workflows.test.ts": fileWith('test("is not well", () => { throw new Error("It lacks a sample"); });'),
    "well.test.ts": fileWith('test("is well", () => {});'),
  });
  assert.is(status, 1);
  for (const text of ["It lacks a sample", "Files:     0 of 1 passed"]) assert.match(stdout, text);
});

test.run();
