import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request, type Server } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { NotAnEvent } from "../../../local/stripe-envelope.ts";
import { listen } from "../../../local/http/server.ts";
import type { Outcome } from "../../../local/print/outcome.ts";
import { captured } from "../../helpers/captured.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("http");

const outcome: Outcome = {
  eventId: "evt_1",
  type: "invoice.payment_succeeded",
  customerId: "cus_1",
  userId: "u",
  outcome: "applied",
  states: ["ResolveCustomer", "WritePayment"],
  retries: 0,
  written: ["payments INVOICE#in_1 SUCCEEDED"],
  published: [],
  error: null,
  ms: 1.5,
};

const secret = "whsec_test";

let taken: unknown[] = [];

const take = async (value: unknown): Promise<Outcome> => {
  if (Object(value).id === undefined) throw new NotAnEvent("expected a Stripe event");
  if (Object(value).id === "evt_mistake") throw new TypeError("a mistake\u001b[31m");
  taken.push(value);
  return outcome;
};

const outputs = { bus: { name: "bus" } };

// Answers with what it was asked; test/local/aws-api.test.ts has the real one.
const aws = async (target: string, input: unknown) => ({ status: 200, headers: {}, body: { target, input } });

let server: Server;
let signed: Server;
test.before(async () => {
  server = await listen(0, { take, webhookSecret: undefined, aws, outputs });
  signed = await listen(0, { take, webhookSecret: secret, aws, outputs });
});
test.before.each(() => {
  taken = [];
});
test.after(() => {
  for (const one of [server, signed]) {
    one.closeAllConnections();
    one.close();
  }
});

const portOf = (one: Server): number => {
  const address = one.address();
  if (typeof address !== "object" || address === null) throw new Error("It does not listen");
  return address.port;
};

const json = { "content-type": "application/json" };

const ask = async (path: string, init: { method?: string; body?: string; headers?: object } = {}, one = server) => {
  const url = `http://127.0.0.1:${portOf(one)}${path}`;
  const response = await fetch(url, { method: "POST", ...init, headers: { ...json, ...init.headers } });
  const body: unknown = await response.json();
  return { status: response.status, body, error: Object(body).error };
};

const post = (path: string, body: string, one = server) => ask(path, { body }, one);

test("takes an event, and answers 202 and what became of it", async () => {
  const { status, body } = await post("/events", '{"id":"evt_1","name":"ほめびより"}');
  assert.is(status, 202);
  assert.equal(body, outcome);
  assert.equal(taken, [{ id: "evt_1", name: "ほめびより" }]);
});

test("answers in JSON, a line of it", async () => {
  const url = `http://127.0.0.1:${portOf(server)}/events`;
  const response = await fetch(url, { method: "POST", headers: json, body: '{"id":"evt_1"}' });
  assert.is(response.headers.get("content-type"), "application/json");
  assert.is(await response.text(), `${JSON.stringify(outcome)}\n`);
});

test("refuses a body that is no JSON", async () => {
  for (const body of ["", "{", "id=evt_1"]) {
    const { status, error } = await post("/events", body);
    assert.is(status, 400);
    assert.match(error, "The body is not valid JSON");
  }
  assert.equal(taken, []);
});

test("refuses what is no event, with the reason", async () => {
  const { status, body } = await post("/events", "[]");
  assert.equal([status, body], [400, { error: "expected a Stripe event" }]);
});

test("says of a mistake of its own that it is one, and goes on", async () => {
  const { result, logs } = await captured(() => post("/events", '{"id":"evt_mistake"}'));
  assert.equal([result.status, result.error], [500, "TypeError: a mistake\u001b[31m"]);
  assert.match(`${logs[0]}`, /^TypeError: a mistake\\u001b\[31m\n {4}at /);
  assert.is((await post("/events", '{"id":"evt_1"}')).status, 202);
});

test("takes events at two paths, and only by POST", async () => {
  for (const path of ["/", "/event", "/events/", "/events/1"]) {
    const { status, error } = await post(path, "{}");
    assert.is(status, 404, path);
    const known =
      "POST /events, POST /webhook, GET /stack, AWS's calls at POST /, and the console's pages from GET / on";
    assert.is(error, `No POST ${path}. There are ${known}`);
  }
  for (const method of ["GET", "PUT", "DELETE"]) {
    const { status, error } = await ask("/events", { method });
    assert.equal([status, error], [405, `/events takes POST, not ${method}`]);
  }
});

test("answers what the program exports, and only to GET", async () => {
  assert.equal(await ask("/stack", { method: "GET" }), { status: 200, body: outputs, error: undefined });
  assert.is((await post("/stack", "{}")).status, 405);
});

test("hands AWS's calls on by their target", async () => {
  const call = (body: string) => ask("/", { body, headers: { "x-amz-target": "AmazonSQS.SendMessage" } });
  const { status, body } = await call('{"QueueUrl":"x"}');
  assert.equal([status, body], [200, { target: "AmazonSQS.SendMessage", input: { QueueUrl: "x" } }]);
  assert.match((await call("{")).error, "The body is not valid JSON");
  // A message of 1 MiB is a text within JSON here.
  assert.is((await call(JSON.stringify({ MessageBody: '"'.repeat(1024 * 1024) }))).status, 200);
  assert.is((await call(" ".repeat(3 * 1024 * 1024))).status, 413);
});

test("takes a body of EventBridge's greatest size, and refuses one over the limit", async () => {
  const largest = 1024 * 1024 + 64 * 1024;
  const sized = (bytes: number) => `{"id":"evt_1"}`.padEnd(bytes);
  assert.is((await post("/events", sized(largest))).status, 202);
  const { status, error } = await post("/events", sized(largest + 1));
  assert.equal([status, error], [413, `The body is larger than ${largest} bytes`]);
  assert.is((await post("/events", sized(3 * largest))).status, 413);
  assert.is(taken.length, 1);
  assert.is((await post("/events", '{"id":"evt_1"}')).status, 202);
});

// Not by fetch, which sends no other Host.
const statusWith = async (headers: object, path = "/events", method = "POST") => {
  const sent = request({ port: portOf(server), host: "127.0.0.1", method, path, headers: { ...json, ...headers } });
  sent.end(method === "POST" ? '{"id":"evt_1"}' : "");
  const [response] = await once(sent, "response");
  await text(response);
  return Number(response.statusCode);
};

// Every path, and one that is none.
const paths = ["/events", "/webhook", "/stack", "/", "/nothing"] as const;

const assertForbidden = async (headers: object): Promise<void> => {
  for (const path of paths) {
    for (const method of ["POST", "GET", "OPTIONS"]) {
      const target = { "x-amz-target": "AmazonSQS.SendMessage" };
      const status = await statusWith({ ...target, ...headers }, path, method);
      assert.is(status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
    }
  }
  assert.equal(taken, []);
};

test("answers only under this machine's own names, whatever name a page has made point here", async () => {
  for (const host of ["127.0.0.1", "localhost", "LOCALHOST:4400", "[::1]", "[::1]:4400"]) {
    assert.is(await statusWith({ host }), 202, host);
    assert.is(await statusWith({ host }, "/stack", "GET"), 200, host);
  }
  taken = [];
  for (const host of [
    "evil.example",
    "evil.example:4400",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "no-localhost",
    "127.0.0.2",
  ]) {
    await assertForbidden({ host });
  }
  // It is no host at all.
  assert.is(await statusWith({ host: "::1" }), 400);
  assert.equal(taken, []);
});

test("answers no page of another site", async () => {
  const own = `127.0.0.1:${portOf(server)}`;
  for (const headers of [
    { origin: `http://${own}` },
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ]) {
    assert.is(await statusWith({ host: own, ...headers }), 202, JSON.stringify(headers));
  }
  taken = [];
  for (const origin of ["https://evil.example", "http://localhost:3000", `https://${own}`, "null", ""]) {
    await assertForbidden({ host: own, origin });
  }
  for (const site of ["cross-site", "same-site"]) await assertForbidden({ host: own, "sec-fetch-site": site });
});

test("takes JSON only, which no page can send without asking first", async () => {
  for (const type of ["application/json; charset=utf-8", "Application/JSON", "application/x-amz-json-1.0"])
    assert.is(await statusWith({ "content-type": type }), 202, type);
  taken = [];
  for (const type of ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "", "application/jsonp"]) {
    for (const path of ["/events", "/webhook", "/"]) {
      const headers = { "x-amz-target": "AmazonSQS.SendMessage", "content-type": type };
      assert.is(await statusWith(headers, path), 415, `${path} ${type}`);
    }
  }
  const { error } = await ask("/events", { body: "{}", headers: { "content-type": "text/plain" } });
  assert.is(error, "/events takes the content type application/json, not text/plain");
  assert.equal(taken, []);
});

const webhook = (body: string, header?: string) =>
  ask("/webhook", { body, ...(header !== undefined && { headers: { "stripe-signature": header } }) }, signed);

const sign = (body: string, key = secret): string => {
  const time = Math.floor(Date.now() / 1000);
  return `t=${time},v1=${createHmac("sha256", key).update(`${time}.${body}`).digest("hex")}`;
};

test("takes a webhook that Stripe signed, and answers 200", async () => {
  const body = '{ "id": "evt_1", "name": "ほめびより" }';
  const answer = await webhook(body, sign(body));
  assert.equal([answer.status, answer.body], [200, outcome]);
  assert.equal(taken, [JSON.parse(body)]);
});

test("refuses a webhook without a good signature, before it reads what it says", async () => {
  const body = '{"id":"evt_1"}';
  const cases: [string | undefined, string][] = [
    [undefined, "there is no Stripe-Signature"],
    ["nonsense", "there is no Stripe-Signature"],
    [sign(body, "whsec_other"), "the signature is not that of this body"],
    [sign("{}"), "the signature is not that of this body"],
  ];
  for (const [header, message] of cases) {
    const { status, error } = await webhook(body, header);
    assert.is(status, 400);
    assert.match(error, message);
  }
  assert.match((await webhook("{", "nonsense")).error, "there is no Stripe-Signature");
  assert.equal(taken, []);
});

test("checks no signature without a secret, nor of what is posted to /events", async () => {
  assert.is((await post("/webhook", '{"id":"evt_1"}')).status, 200);
  assert.is((await post("/events", '{"id":"evt_1"}', signed)).status, 202);
});

test("outlives bytes that are no request at all", async () => {
  for (const garbage of [Buffer.from([0, 255, 22, 3, 1]), Buffer.from("POST /events HTTP/9.9\r\n\r\n")]) {
    const socket = connect(portOf(server), "127.0.0.1");
    socket.write(garbage);
    assert.match(await text(socket), "400 Bad Request");
  }
  assert.is((await post("/events", '{"id":"evt_1"}')).status, 202);
});

test("says that a port is taken", async () => {
  const { message } = await rejects(listen(portOf(server), { take, webhookSecret: undefined, aws, outputs }));
  assert.match(message, /^Port \d+ is in use, perhaps by another npm start: end that, or say --port <number>$/);
});

test.run();
