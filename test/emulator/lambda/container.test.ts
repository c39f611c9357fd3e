import { once } from "node:events";
import { createServer } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Container, type ContainerArgs, startContainer } from "../../../emulator/lambda/container.ts";
import { LambdaError } from "../../../emulator/lambda/errors.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("container");

const started: Container[] = [];
test.after.each(async () => {
  for (const container of started.splice(0)) await container.end();
});

/** Starts a Lambda with this code, and keeps what it logs. */
const startCode = (code: string, more: Partial<ContainerArgs> = {}) => {
  const lines: string[] = [];
  const onLog = (line: string) => void lines.push(line);
  const limits = { environment: {}, memoryMegabytes: 64, timeoutSeconds: 5, onLog };
  const container = startContainer({ name: "write-payment", code, ...limits, ...more });
  started.push(container);
  const call = (event: unknown = {}) => container.call(JSON.stringify(event));
  return { lines, call, isTerminated: () => container.isTerminated() };
};

/** Starts a Lambda whose handler does this; `event` is what it is called with. */
const start = (body: string, more: Partial<ContainerArgs> = {}) =>
  startCode(`exports.handler = async (event) => { ${body} };`, more);

/** How a call fails, but for the id of the request. */
const failureOf = async (answer: Promise<unknown>) => {
  const error = await rejects(answer);
  assert.instance(error, LambdaError);
  const message = error.message.replace(/^RequestId: [\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12} Error: /, "<id> ");
  return { name: error.name, message, trace: error instanceof LambdaError ? error.trace : null };
};

test("answers what the Lambda returns, as JSON", async () => {
  const { call, isTerminated } = start("return event.empty ? undefined : { event, at: new Date(0), gone: undefined }");
  assert.equal(await call({ a: ["ほめ", null] }), { event: { a: ["ほめ", null] }, at: "1970-01-01T00:00:00.000Z" });
  assert.is(await call({ empty: true }), null);
  assert.is(isTerminated(), false);
});

test("runs a handler that is not asynchronous, and code that requires what Node has", async () => {
  const { call } = startCode("const { basename } = require('node:path'); exports.handler = (path) => basename(path);");
  assert.is(await call("/var/task/index.js"), "index.js");
});

test("takes the exports of code that sets them as a whole", async () => {
  assert.is(await startCode("module.exports = { handler: async () => 'whole' };").call(), "whole");
});

test("keeps what a Lambda holds from call to call", async () => {
  const { call } = startCode("let calls = 0; exports.handler = async () => (calls += 1);");
  assert.equal([await call(), await call()], [1, 2]);
});

test("gives a Lambda its own environment and no other", async () => {
  const { call } = start("process.env.CHANGED = 'yes'; return { ...process.env }", { environment: { TABLE: "core" } });
  assert.equal(await call(), { TABLE: "core", CHANGED: "yes" });
  assert.not("CHANGED" in process.env);
});

test("answers what a Lambda throws, by name, message and trace, and goes on", async () => {
  const { call, isTerminated } = startCode(`
    class CustomerNotFound extends Error { name = "CustomerNotFound"; }
    exports.handler = async ({ id }) => {
      if (id) throw new CustomerNotFound("no user of " + id);
      return "found";
    };`);
  const { name, message, trace } = await failureOf(call({ id: "cus_1" }));
  assert.equal([name, message], ["CustomerNotFound", "no user of cus_1"]);
  assert.equal([trace?.[0], trace?.[1]?.includes("index.js:4")], ["CustomerNotFound: no user of cus_1", true]);
  assert.is(await call(), "found");
  assert.is(isTerminated(), false);
});

test("answers a thrown value that is not an error as Lambda does", async () => {
  const { call } = start("throw event");
  assert.equal(await failureOf(call("a text")), { name: "string", message: "a text", trace: [] });
  assert.equal(await failureOf(call(null)), { name: "object", message: "null", trace: [] });
});

test("answers with an error for a result that is not JSON", async () => {
  const { name, message } = await failureOf(start("return 1n").call());
  assert.equal([name, message], ["TypeError", "Do not know how to serialize a BigInt"]);
});

test("is terminated after its process ended", async () => {
  const { call, isTerminated } = start("process.exit(3)");
  const ended = { name: "Runtime.ExitError", message: "<id> Runtime exited with error: exit status 3", trace: [] };
  assert.equal(await failureOf(call()), ended);
  assert.is(isTerminated(), true);
  assert.equal(await failureOf(call()), ended);
});

test("is terminated after an error that nothing in the Lambda awaits", async () => {
  const { call, isTerminated } = start("setImmediate(() => { throw new Error('late') }); await new Promise(() => {})");
  const { name, message } = await failureOf(call());
  assert.equal([name, message, isTerminated()], ["Runtime.ExitError", "<id> write-payment crashed: late", true]);
});

test("is terminated after it took longer than it may", async () => {
  const { call, isTerminated } = start("for (;;);", { timeoutSeconds: 0.3 });
  assert.equal(await failureOf(call()), {
    name: "Sandbox.Timedout",
    message: "<id> Task timed out after 0.30 seconds",
    trace: [],
  });
  assert.is(isTerminated(), true);
});

test("is terminated after it took more memory than it has", async () => {
  const fill = "const all = []; for (;;) all.push(new Array(1000).fill({}))";
  const { call, isTerminated } = start(fill, { memoryMegabytes: 16 });
  const { name, message } = await failureOf(call());
  assert.is(name, "Runtime.OutOfMemory");
  assert.match(message, "<id> write-payment crashed: Worker terminated due to reaching memory limit");
  assert.is(isTerminated(), true);
});

test("is terminated from the beginning if its code fails while it loads", async () => {
  const cases = [
    ["throw new Error('no table')", "no table"],
    ["exports.handle = async () => 1;", "index.handler is undefined or not exported"],
    ["not code", "Unexpected identifier 'code'"],
  ] as const;
  for (const [code, reason] of cases) {
    const { call, isTerminated } = startCode(code);
    const failure = { name: "Runtime.ExitError", message: `<id> write-payment crashed: ${reason}`, trace: [] };
    assert.equal(await failureOf(call()), failure);
    assert.is(isTerminated(), true);
    assert.equal(await failureOf(call()), failure);
  }
});

test("does not count the time that its code takes to load", async () => {
  const slow = "const until = Date.now() + 350; while (Date.now() < until); exports.handler = async () => 'loaded';";
  assert.is(await startCode(slow, { timeoutSeconds: 0.3 }).call(), "loaded");
});

test("logs what is printed as Lambda does, a line of JSON each, before the answer", async () => {
  const { call, lines } = start(`
    console.info({ outcome: "applied", at: { a: 1 } });
    console.warn("%s of %d", "one", 2, { b: [1] });
    console.warn({ a: 1 }, "and more");
    console.log("text\\nand more");
    console.debug(null);
    console.error(5);`);
  await call();
  const logged = lines.map((line) => JSON.parse(line));
  assert.equal(
    logged.map(({ level, message }) => [level, message]),
    [
      ["INFO", { outcome: "applied", at: { a: 1 } }],
      ["WARN", "one of 2 { b: [ 1 ] }"],
      ["WARN", "{ a: 1 } and more"],
      ["INFO", "text\nand more"],
      ["DEBUG", null],
      ["ERROR", "5"],
    ],
  );
  for (const line of logged) {
    assert.equal(Object.keys(line), ["timestamp", "level", "requestId", "message"]);
    assert.match(line.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(line.requestId, /^[\da-f-]{36}$/);
  }
});

test("logs under one id what one call prints", async () => {
  const { call, lines } = start("console.info(1); console.info(2)");
  await call();
  await call();
  const [one, two, three, four] = lines.map((line) => JSON.parse(line).requestId);
  assert.equal([one === two, two === three, three === four], [true, false, true]);
});

test("logs what is written to stdout or stderr itself as it is, line by line", async () => {
  const { call, lines } = start(`
    process.stdout.write('{"_aws":{}}\\n');
    process.stderr.write("one\\ntwo\\n");`);
  await call();
  assert.equal(lines, ['{"_aws":{}}', "one", "two"]);
});

// What a Lambda waits for by these lines, which the emulator does at once.
const waitsOf = async (body: string, more: Partial<ContainerArgs> = {}) => {
  const waits: number[] = [];
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  const { call } = start(body, { sleep, ...more });
  return { answer: await call().catch((error: unknown) => Object(error).name), waits };
};

const wait = "(milliseconds) => new Promise((done) => setTimeout(done, milliseconds, 'done'))";

test("leaves a wait to the emulator, such as the backoff before a retry", async () => {
  const { answer, waits } = await waitsOf(`const wait = ${wait}; await wait(3_000); return await wait(1_500);`);
  assert.equal([answer, waits], ["done", [3_000, 1_500]]);
});

test("leaves no timer that was cleared to it, and none beside a request, which is a timeout", async () => {
  const server = createServer((_, response) => setTimeout(() => response.end("answer"), 50));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = Object(server.address());
  const { answer, waits } = await waitsOf(`
    clearTimeout(setTimeout(() => {}, 2_000));
    const response = new Promise((done) => require("node:http").get("http://127.0.0.1:${port}", done));
    const timeout = setTimeout(() => {}, 4_000);
    const { statusCode } = (await response).resume();
    clearTimeout(timeout);
    return statusCode;`);
  server.close();
  assert.equal([answer, waits], [200, []]);
});

test("times out where its waits take longer than it may", async () => {
  const body = `const wait = ${wait}; await wait(150); await wait(100);`;
  const { answer, waits } = await waitsOf(body, { timeoutSeconds: 0.2 });
  assert.equal([answer, waits], ["Sandbox.Timedout", [150]]);
});

test.run();
