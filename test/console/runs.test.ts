import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeRuns } from "../../console/runs.ts";
import { UserError } from "../../ops/command/errors.ts";

const test = suite("the runs of a console");

const open = () => makeRuns<{ count: number }>(20, () => 1000);

test("go on until their work is done", async () => {
  const runs = open();
  const { promise, resolve } = Promise.withResolvers<void>();
  const { run, done } = runs.start("first", { count: 0 }, async (one) => {
    await promise;
    one.count += 1;
  });
  assert.equal(run, { number: 1, title: "first", at: 1000, count: 0, isDone: false, problem: null });
  resolve();
  await done;
  assert.equal(run, { number: 1, title: "first", at: 1000, count: 1, isDone: true, problem: null });
});

test("say what they failed with", async () => {
  const { run, done } = open().start("it", { count: 0 }, () => Promise.reject(new UserError("no queue")));
  await done;
  assert.equal([run.isDone, run.problem], [true, "no queue"]);
});

test("are kept, the newest 20 of them", async () => {
  const runs = open();
  for (let n = 1; n <= 22; n += 1) await runs.start(`run ${n}`, { count: n }, async () => {}).done;
  const numbers = runs.all.map(({ number }) => number);
  assert.equal([numbers.length, numbers[0], numbers.at(-1)], [20, 22, 3]);
});

test.run();
