import { once } from "node:events";
import { createServer } from "node:http";
import { setImmediate as polled } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { urlOf } from "../../../console/http/listen.ts";
import { trackRequests } from "../../../local/http/drain.ts";

const test = suite("a server's last requests");

const block = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

const listening = async (busyMilliseconds = 0) => {
  const server = createServer((_, response) => {
    block(busyMilliseconds);
    response.end();
  });
  const drain = trackRequests(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, drain };
};

test("are answered if a client began them before the server ends", async () => {
  const { server, drain } = await listening();
  const response = fetch(urlOf(server));
  await Promise.all([drain(), response]);
  assert.is((await response).status, 200);
  assert.not.ok(server.listening);
});

// A thread of its own, as a client whose requests are with the operating system while the server has no time to look.
const client = `
const { subscribe } = require("node:diagnostics_channel");
const { parentPort, workerData: { url, count, sent } } = require("node:worker_threads");
subscribe("undici:client:sendHeaders", () => { Atomics.add(sent, 0, 1); Atomics.notify(sent, 0); });
const answers = Array.from({ length: count }, () => fetch(url).then(({ status }) => status, ({ cause }) => String(cause)));
Promise.all(answers).then((all) => parentPort.postMessage([...new Set(all)]));
`;

const startClient = (url: string, count: number) => {
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const message = once(new Worker(client, { eval: true, workerData: { url, count, sent } }), "message");
  return {
    /** Gives the server no time until all is sent. */
    blockUntilSent: () => {
      for (let seen = 0; seen < count; seen = Atomics.load(sent, 0)) {
        assert.is.not(Atomics.wait(sent, 0, seen, 10_000), "timed-out");
      }
    },
    /** The answers that differ. */
    answers: async (): Promise<unknown> => (await message)[0],
  };
};

test("are answered if the process was so busy that it has not seen them yet", async () => {
  const { server, drain } = await listening();
  const { blockUntilSent, answers } = startClient(urlOf(server), 1);
  const drained = drain();
  await polled();
  blockUntilSent();
  // Longer than the server waits.
  block(1000);
  assert.equal(await answers(), [200]);
  await drained;
});

test("are answered though it takes long until all of them are accepted", async () => {
  const { server, drain } = await listening(20);
  const { blockUntilSent, answers } = startClient(urlOf(server), 200);
  blockUntilSent();
  await drain();
  assert.equal(await answers(), [200]);
});

test.run();
