import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeKeyedQueue } from "../../../emulator/time/keyed-queue.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("a keyed queue");

const turn = () => new Promise((done) => setImmediate(done));

/** Work that ends when it is told to, and notes that it began. */
const makeWork = () => {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const work = (name: string) => {
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    return () => {
      begun.push(name);
      return end.promise;
    };
  };
  const finish = async (name: string) => {
    ends.get(name)?.resolve(name);
    await turn();
  };
  const fail = async (name: string) => {
    ends.get(name)?.reject(new Error(`${name} failed`));
    await turn();
  };
  return { begun, work, finish, fail };
};

test("answers what the work answers", async () => {
  const schedule = makeKeyedQueue(2);
  assert.is(await schedule("a", async () => 42), 42);
});

test("does what has the same key one after the other, in the order of asking", async () => {
  const { begun, work, finish } = makeWork();
  const schedule = makeKeyedQueue(16);
  const done = Promise.all([schedule("a", work("a1")), schedule("a", work("a2")), schedule("a", work("a3"))]);
  await turn();
  assert.equal(begun, ["a1"]);
  await finish("a3");
  await finish("a2");
  assert.equal(begun, ["a1"]);
  await finish("a1");
  assert.equal(begun, ["a1", "a2", "a3"]);
  assert.equal(await done, ["a1", "a2", "a3"]);
});

test("keeps the order of a key for what is asked while an earlier one goes on", async () => {
  const { begun, work, finish } = makeWork();
  const schedule = makeKeyedQueue(16);
  const first = [schedule("a", work("a1")), schedule("a", work("a2"))];
  await finish("a1");
  const last = schedule("a", work("a3"));
  await turn();
  assert.equal(begun, ["a1", "a2"]);
  await finish("a2");
  await finish("a3");
  assert.equal(await Promise.all([...first, last]), ["a1", "a2", "a3"]);
});

test("runs work of different keys concurrently, up to the limit", async () => {
  const { begun, work, finish } = makeWork();
  const schedule = makeKeyedQueue(2);
  const done = Promise.all(["a", "b", "c", "d"].map((key) => schedule(key, work(key))));
  await turn();
  assert.equal(begun, ["a", "b"]);
  await finish("b");
  assert.equal(begun, ["a", "b", "c"]);
  await finish("a");
  assert.equal(begun, ["a", "b", "c", "d"]);
  await finish("c");
  await finish("d");
  assert.equal(await done, ["a", "b", "c", "d"]);
});

test("takes no place for what waits for its own key", async () => {
  const { begun, work, finish } = makeWork();
  const schedule = makeKeyedQueue(2);
  const done = Promise.all([schedule("a", work("a1")), schedule("a", work("a2")), schedule("b", work("b1"))]);
  await turn();
  assert.equal(begun, ["a1", "b1"]);
  for (const name of ["a1", "a2", "b1"]) await finish(name);
  assert.equal(await done, ["a1", "a2", "b1"]);
});

test("never does more than the limit, however the places come and go", async () => {
  const schedule = makeKeyedQueue(3);
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    running -= 1;
  };
  const keys = Array.from({ length: 30 }, (_, index) => `${index % 7}`);
  await Promise.all(keys.map((key) => schedule(key, work)));
  await schedule("after", work);
  assert.equal([running, most], [0, 3]);
});

test("goes on with the next of a key after a failure, which only its own caller gets", async () => {
  const { begun, work, finish, fail } = makeWork();
  const schedule = makeKeyedQueue(1);
  const failing = rejects(schedule("a", work("a1")));
  const next = schedule("a", work("a2"));
  await fail("a1");
  assert.is((await failing).message, "a1 failed");
  assert.equal(begun, ["a1", "a2"]);
  await finish("a2");
  assert.is(await next, "a2");
});

test("gives the place of failed work back", async () => {
  const schedule = makeKeyedQueue(1);
  for (const key of ["a", "b", "a"]) {
    const error = await rejects(schedule(key, () => Promise.reject(new Error(key))));
    assert.is(error.message, key);
  }
  assert.is(await schedule("a", async () => "done"), "done");
});

test.run();
