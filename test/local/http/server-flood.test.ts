import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { Server } from "node:http";
import { text } from "node:stream/consumers";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { listen } from "../../../local/http/server.ts";
import type { Outcome } from "../../../local/print/outcome.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("http under attack");

const outcome: Outcome = {
  eventId: "evt_1",
  type: "invoice.paid",
  customerId: "cus_1",
  userId: "u",
  outcome: "applied",
  states: [],
  retries: 0,
  written: [],
  published: [],
  error: null,
  ms: 1,
};

let server: Server;
let port = 0;
let taken = 0;
test.before(async () => {
  const take = async () => {
    taken += 1;
    return outcome;
  };
  const aws = async () => ({ status: 200, headers: {}, body: {} });
  server = await listen(0, { take, webhookSecret: undefined, aws, outputs: {} });
  const address = server.address();
  port = typeof address === "object" ? (address?.port ?? 0) : 0;
});
test.before.each(() => {
  taken = 0;
});
test.after(() => {
  server.closeAllConnections();
  server.close();
});

const open = async (bytes: string): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  // It may be closed on us, in whatever way.
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(bytes, "latin1");
  return socket;
};

const answerTo = async (request: string): Promise<string> => text(await open(request));

const requestOf = (head: string, body = ""): string => `${head}\r\nConnection: close\r\n\r\n${body}`;

const json = "Content-Type: application/json";

const event = '{"id":"evt_1"}';

// On a connection of its own, which is accepted after those that were opened before.
const post = async (): Promise<number> => {
  const answer = await answerTo(
    requestOf(`POST /events HTTP/1.1\r\nHost: localhost\r\n${json}\r\nContent-Length: 14`, event),
  );
  return Number(/^HTTP\/1.1 (\d+) /.exec(answer)?.[1]);
};

test("is there for this machine alone", async () => {
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all);
  const others = addresses.filter(({ family, internal }) => family === "IPv4" && !internal);
  for (const { address } of others) {
    const socket = connect(port, address);
    assert.match((await rejects(once(socket, "connect"))).message, "ECONNREFUSED");
  }
  assert.equal(Object(server.address()).address, "127.0.0.1");
});

test("answers what is no HTTP, or not as it should be, with a refusal, and takes nothing of it", async () => {
  const cases: [string, number][] = [
    ["\0\xff\x16\x03\x01\r\n\r\n", 400],
    [requestOf("POST /events HTTP/1.1"), 400],
    [requestOf("POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1"), 400],
    [
      requestOf("POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\nTransfer-Encoding: chunked", event),
      400,
    ],
    [requestOf("POST /events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked", "zz\r\n"), 400],
    [requestOf(`POST /events HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}`), 431],
    [requestOf("POST /events HTTP/1.0\r\nContent-Length: 14", event), 400],
    [requestOf("POST http://evil.example/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14", event), 415],
    [requestOf("POST /events HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 14", event), 403],
    [requestOf("DELETE / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.SendMessage"), 405],
  ];
  for (const [request, status] of cases) {
    assert.match(await answerTo(request), new RegExp(`^HTTP/1.1 ${status} `), request.slice(0, 60));
  }
  assert.is(taken, 0);
  assert.is(await post(), 202);
});

test("goes on when a client disconnects in the middle of a request", async () => {
  const half = "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
  for (const bytes of [half, "POST /events HTT"]) (await open(bytes)).resetAndDestroy();
  assert.is(await post(), 202);
  assert.is(taken, 1);
});

test("answers among a thousand connections that stay open, and after they have gone", async () => {
  const unfinished = [
    "",
    "POST /events HTTP/1.1\r\nHost: loc",
    `POST /events HTTP/1.1\r\nHost: localhost\r\n${json}\r\nContent-Length: 100\r\n\r\n{`,
    `POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.SendMessage\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ];
  const sockets: Socket[] = [];
  // All at once would wait for the kernel, which queues no more than some hundred.
  for (let n = 0; n < 10; n += 1) {
    const batch = Array.from({ length: 100 }, (_, index) => open(unfinished[index % unfinished.length] ?? ""));
    sockets.push(...(await Promise.all(batch)));
  }
  assert.is(await post(), 202);
  const count = await new Promise((done) => server.getConnections((_, connections) => done(connections)));
  assert.is(count, 1000);
  for (const socket of sockets) socket.resetAndDestroy();
  assert.is(await post(), 202);
  assert.is(taken, 2);
});

test("takes a thousand events that come at once, each on a connection of its own", async () => {
  for (let n = 0; n < 10; n += 1) {
    const statuses = await Promise.all(Array.from({ length: 100 }, post));
    assert.equal(new Set(statuses), new Set([202]));
  }
  assert.is(taken, 1000);
});

test.run();
