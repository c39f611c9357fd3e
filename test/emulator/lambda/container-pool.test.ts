import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ContainerArgs } from "../../../emulator/lambda/container.ts";
import { type ContainerPool, startContainerPool } from "../../../emulator/lambda/container-pool.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("a container pool");

const started: ContainerPool[] = [];
test.after.each(async () => {
  for (const pool of started.splice(0)) await pool.stop();
});

const startCode = (code: string, more: Partial<ContainerArgs> = {}): ContainerPool => {
  const limits = { environment: {}, memoryMegabytes: 64, timeoutSeconds: 5, onLog: () => {} };
  const pool = startContainerPool({ name: "write-payment", code, ...limits, ...more });
  started.push(pool);
  return pool;
};

/** Starts a Lambda whose handler does this; `event` is what it is called with. */
const start = (body: string, more: Partial<ContainerArgs> = {}): ContainerPool =>
  startCode(`exports.handler = async (event) => { ${body} };`, more);

test("answers calls one after the other from one container", async () => {
  const pool = startCode("let calls = 0; exports.handler = async (event) => [event, (calls += 1)];");
  assert.equal(
    [await pool.invoke("a"), await pool.invoke("b")],
    [
      ["a", 1],
      ["b", 2],
    ],
  );
});

test("goes on in the same container after a Lambda threw an error of its own", async () => {
  const pool = startCode(`
    let calls = 0;
    exports.handler = async () => {
      calls += 1;
      if (calls === 1) throw new RangeError("the first");
      return calls;
    };`);
  const { name, message } = await rejects(pool.invoke({}));
  assert.equal([name, message], ["RangeError", "the first"]);
  assert.is(await pool.invoke({}), 2);
});

test("starts another container after a crash, a timeout, or when the memory is full", async () => {
  const cases = [
    ["process.exit(1)", "Runtime.ExitError", 60],
    ["for (;;)", "Sandbox.Timedout", 0.3],
    ["const all = []; for (;;) all.push(new Array(1000).fill({}))", "Runtime.OutOfMemory", 60],
  ] as const;
  for (const [trouble, expected, timeoutSeconds] of cases) {
    const limits = { memoryMegabytes: 16, timeoutSeconds };
    const pool = start(`if (event.isTrouble) { ${trouble}; } return "alive"`, limits);
    for (let call = 0; call < 2; call += 1) {
      assert.is((await rejects(pool.invoke({ isTrouble: true }))).name, expected);
      assert.is(await pool.invoke({}), "alive");
    }
  }
});

/** Resolves when the next thread that starts has come to its end. */
const nextThreadEnds = () =>
  new Promise<unknown>((done) => process.once("worker", (worker) => worker.once("exit", done)));

test("starts another container after one that crashed while it was idle", async () => {
  const channel = new BroadcastChannel("pool.test.crash");
  let ended = nextThreadEnds();
  const pool = startCode(`
    let calls = 0;
    new BroadcastChannel("pool.test.crash").onmessage = () => { throw new Error("late"); };
    exports.handler = async () => (calls += 1);`);
  for (let call = 0; call < 3; call += 1) {
    assert.is(await pool.invoke({}), 1);
    channel.postMessage("crash");
    await ended;
    ended = nextThreadEnds();
  }
  assert.is(await pool.invoke({}), 1);
  channel.close();
});

test("fails every call of code that fails while it loads, also when that was long ago", async () => {
  const ended = nextThreadEnds();
  const pool = startCode("throw new Error('no table')");
  await ended;
  for (let call = 0; call < 3; call += 1) {
    const { name, message } = await rejects(pool.invoke({}));
    assert.is(name, "Runtime.ExitError");
    assert.match(message, "write-payment crashed: no table");
  }
});

test("runs two calls concurrently, and the others once a container is free", async () => {
  const begun: string[] = [];
  let onBegun = () => {};
  const onLog = (line: string) => {
    begun.push(line);
    onBegun();
  };
  const untilBegun = (count: number) =>
    new Promise<void>((done) => {
      onBegun = () => void (begun.length >= count && done());
      onBegun();
    });
  const channel = new BroadcastChannel("pool.test");
  const pool = start(
    `const channel = new BroadcastChannel("pool.test");
    const arrived = new Promise((done) => { channel.onmessage = ({ data }) => data === event && done(); });
    process.stdout.write(event);
    await arrived;
    channel.close();
    return [event, require("node:worker_threads").threadId];`,
    { onLog },
  );
  const calls = ["a", "b", "c", "d"].map((name) => pool.invoke(name));
  await untilBegun(2);
  assert.equal(begun.toSorted(), ["a", "b"]);
  channel.postMessage("b");
  await calls[1];
  await untilBegun(3);
  assert.is(begun[2], "c");
  for (const name of ["a", "c"]) channel.postMessage(name);
  await untilBegun(4);
  channel.postMessage("d");
  channel.close();
  const answers = (await Promise.all(calls)).map(Object);
  assert.equal(
    answers.map(([name]) => name),
    ["a", "b", "c", "d"],
  );
  assert.is(new Set(answers.map(([, thread]) => thread)).size, 2);
});

test.run();
