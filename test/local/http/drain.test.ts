import { once } from "node:events";
import { createServer } from "node:http";
import { setImmediate as polled } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { urlOf } from "../../../console/http/listen.ts";
import { trackRequests } from "../../../local/http/drain.ts";

const test = suite("a server's last requests");

const listening = async () => {
  const server = createServer((_, response) => response.end());
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

// A thread of its own, as a client whose request is with the operating system while the server has no time to look.
const client = `
const { subscribe } = require("node:diagnostics_channel");
const { parentPort, workerData: { url, sent } } = require("node:worker_threads");
subscribe("undici:client:sendHeaders", () => { Atomics.store(sent, 0, 1); Atomics.notify(sent, 0); });
fetch(url).then(({ status }) => parentPort.postMessage(status), ({ message }) => parentPort.postMessage(message));
`;

test("are answered if the process was so busy that it has not seen them yet", async () => {
  const { server, drain } = await listening();
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const answer = once(new Worker(client, { eval: true, workerData: { url: urlOf(server), sent } }), "message");
  const drained = drain();
  await polled();
  Atomics.wait(sent, 0, 0, 10_000);
  // Longer than the server waits.
  Atomics.wait(sent, 0, 1, 1000);
  assert.equal(await answer, [200]);
  await drained;
});

test.run();
