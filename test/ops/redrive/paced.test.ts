import { suite } from "uvu";
import * as assert from "uvu/assert";
import { paced } from "../../../ops/redrive/paced.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("a pace");

const never = () => new AbortController().signal;

test("runs each item once, in order, and no more side by side than it may", async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  await paced([1, 2, 3, 4, 5], { perSecond: Infinity, sideBySide: 2, signal: never() }, async (item) => {
    begun.push(item);
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
  });
  assert.equal([begun, most, running], [[1, 2, 3, 4, 5], 2, 0]);
});

test("keeps to its rate, starts nothing more once it is told to stop, and waits for what it has started", async () => {
  const stop = new AbortController();
  const done: number[] = [];
  await paced([1, 2, 3], { perSecond: 0.001, sideBySide: 3, signal: stop.signal }, async (item) => {
    await new Promise(setImmediate);
    stop.abort();
    await new Promise(setImmediate);
    done.push(item);
  });
  assert.equal(done, [1]);
});

test("passes a mistake on", async () => {
  const pace = { perSecond: Infinity, sideBySide: 1, signal: never() };
  const { message } = await rejects(paced([1], pace, () => Promise.reject(new Error("a mistake"))));
  assert.is(message, "a mistake");
});

test.run();
