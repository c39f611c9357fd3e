import { suite } from "uvu";
import * as assert from "uvu/assert";
import { paced } from "../../../ops/redrive/paced.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("a pace");

const never = () => new AbortController().signal;

test("runs a task for each item once, in order, with at most its concurrency", async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  await paced([1, 2, 3, 4, 5], { perSecond: Infinity, concurrency: 2, signal: never() }, async (item) => {
    begun.push(item);
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
  });
  assert.equal([begun, most, running], [[1, 2, 3, 4, 5], 2, 0]);
});

test("keeps to its rate, starts nothing more once its signal is aborted, and waits for what it has started", async () => {
  const stop = new AbortController();
  const done: number[] = [];
  await paced([1, 2, 3], { perSecond: 0.001, concurrency: 3, signal: stop.signal }, async (item) => {
    await new Promise(setImmediate);
    stop.abort();
    await new Promise(setImmediate);
    done.push(item);
  });
  assert.equal(done, [1]);
});

test("passes an error on", async () => {
  const pace = { perSecond: Infinity, concurrency: 1, signal: never() };
  const { message } = await rejects(paced([1], pace, () => Promise.reject(new Error("an error"))));
  assert.is(message, "an error");
});

test.run();
