import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("npm start -- --empty");

const start = (...args: string[]) => {
  const main = join(import.meta.dirname, "../../local/main.ts");
  return spawnSync(process.execPath, [main, "--empty", "--json", ...args], { encoding: "utf8" });
};

test("plays nothing", () => {
  const { status, stdout, stderr } = start("--exit");
  assert.equal([status, stdout], [0, ""]);
  assert.match(stderr, /^0 events in /);
});

test("plays no files either, and says so", () => {
  const { status, stderr } = start("--exit", "--events", "some.json");
  assert.is(status, 2);
  assert.match(stderr, "option '--empty' cannot be used with option '--events");
});

test.run();
