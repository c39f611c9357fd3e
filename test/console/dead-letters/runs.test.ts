import { setImmediate } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeRuns } from "../../../console/dead-letters/runs.ts";

const test = suite("the runs of a console");

const open = () =>
  makeRuns(
    () => 1000,
    (error) => `failed by ${error}`,
  );

test("are one at a time", async () => {
  const runs = open();
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = runs.start("first", () => promise);
  assert.equal([first.isNew, first.run.number, first.run.isDone], [true, 1, false]);
  assert.equal(
    runs.start("second", async () => assert.unreachable()),
    { run: first.run, isNew: false },
  );
  resolve();
  await setImmediate();
  assert.ok(first.run.isDone);
  assert.is(runs.start("third", async () => {}).run.number, 2);
});

test("say what they failed with", async () => {
  const runs = open();
  const { run } = runs.start("it", () => Promise.reject(new Error("no queue")));
  await setImmediate();
  assert.equal([run.isDone, run.remarks], [true, ["failed by Error: no queue"]]);
});

test("are kept, the newest 20 of them", async () => {
  const runs = open();
  for (let n = 1; n <= 22; n += 1) {
    runs.start(`run ${n}`, async () => {});
    await setImmediate();
  }
  const numbers = runs.all().map(({ number }) => number);
  assert.equal([numbers.length, numbers[0], numbers.at(-1)], [20, 22, 3]);
  assert.equal([runs.of(2), runs.of(3)?.title], [undefined, "run 3"]);
});

test.run();
