import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ContainerArgs } from "../../../emulator/lambda/container.ts";
import { type Sandbox, startSandbox } from "../../../emulator/lambda/container-pool.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("sandbox");

const started: Sandbox[] = [];
test.after.each(async () => {
  for (const sandbox of started.splice(0)) await sandbox.stop();
});

const startCode = (code: string, more: Partial<ContainerArgs> = {}): Sandbox => {
  const limits = { environment: {}, memoryMegabytes: 64, timeoutSeconds: 5, onLog: () => {} };
  const sandbox = startSandbox({ name: "write-payment", code, ...limits, ...more });
  started.push(sandbox);
  return sandbox;
};

/** Starts a Lambda whose handler does this; `event` is what it is called with. */
const start = (body: string, more: Partial<ContainerArgs> = {}): Sandbox =>
  startCode(`exports.handler = async (event) => { ${body} };`, more);

test("answers calls one after the other from one container", async () => {
  const sandbox = startCode("let calls = 0; exports.handler = async (event) => [event, (calls += 1)];");
  assert.equal(
    [await sandbox.invoke("a"), await sandbox.invoke("b")],
    [
      ["a", 1],
      ["b", 2],
    ],
  );
});

test("goes on in the same container after a Lambda threw an error of its own", async () => {
  const sandbox = startCode(`
    let calls = 0;
    exports.handler = async () => {
      calls += 1;
      if (calls === 1) throw new RangeError("the first");
      return calls;
    };`);
  const { name, message } = await rejects(sandbox.invoke({}));
  assert.equal([name, message], ["RangeError", "the first"]);
  assert.is(await sandbox.invoke({}), 2);
});

test("starts another container after a crash, a timeout, or when the memory is full", async () => {
  const cases = [
    ["process.exit(1)", "Runtime.ExitError"],
    ["for (;;)", "Sandbox.Timedout"],
    ["const all = []; for (;;) all.push(new Array(1000).fill({}))", "Runtime.OutOfMemory"],
  ] as const;
  for (const [trouble, expected] of cases) {
    const limits = { memoryMegabytes: 16, timeoutSeconds: 0.3 };
    const sandbox = start(`if (event.isTrouble) { ${trouble}; } return "alive"`, limits);
    for (let call = 0; call < 2; call += 1) {
      assert.is((await rejects(sandbox.invoke({ isTrouble: true }))).name, expected);
      assert.is(await sandbox.invoke({}), "alive");
    }
  }
});

/** Resolves when the next thread that starts has come to its end. */
const nextThreadEnds = () =>
  new Promise<unknown>((done) => process.once("worker", (worker) => worker.once("exit", done)));

test("starts another container after one that crashed while nobody called it", async () => {
  const channel = new BroadcastChannel("sandbox.test.crash");
  let ended = nextThreadEnds();
  const sandbox = startCode(`
    let calls = 0;
    new BroadcastChannel("sandbox.test.crash").onmessage = () => { throw new Error("late"); };
    exports.handler = async () => (calls += 1);`);
  for (let call = 0; call < 3; call += 1) {
    assert.is(await sandbox.invoke({}), 1);
    channel.postMessage("crash");
    await ended;
    ended = nextThreadEnds();
  }
  assert.is(await sandbox.invoke({}), 1);
  channel.close();
});

test("tells every caller of code that fails while it loads, also when that was long ago", async () => {
  const ended = nextThreadEnds();
  const sandbox = startCode("throw new Error('no table')");
  await ended;
  for (let call = 0; call < 3; call += 1) {
    const { name, message } = await rejects(sandbox.invoke({}));
    assert.is(name, "Runtime.ExitError");
    assert.match(message, "write-payment crashed: no table");
  }
});

test("runs two calls side by side, and those that come then when there is a place", async () => {
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
  const channel = new BroadcastChannel("sandbox.test");
  const sandbox = start(
    `const channel = new BroadcastChannel("sandbox.test");
    const told = new Promise((done) => { channel.onmessage = ({ data }) => data === event && done(); });
    process.stdout.write(event);
    await told;
    channel.close();
    return [event, require("node:worker_threads").threadId];`,
    { onLog },
  );
  const calls = ["a", "b", "c", "d"].map((name) => sandbox.invoke(name));
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
