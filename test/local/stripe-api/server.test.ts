import { Stripe } from "stripe";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type StripeServer, startStripeServer, type StripeServerArgs } from "../../../local/stripe-api/server.ts";
import { readStripeFile } from "../../../local/stripe-api/stripe-file.ts";
import { sampleEvent, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("the runner's answer to Stripe's API");

const day = 24 * 3600;
const now = Date.UTC(2026, 10, 1) / 1000;

const subscription = (id: string, created: number, status: string, customer = "cus_a") =>
  sampleSubscription({ id, customer, status, start: created, end: created + 30 * day, more: { created } });

const invoice = (id: string, created: number, whose: { customer?: string; subscription?: string } = {}, more = {}) =>
  sampleInvoice({ id, amount: 580, created, start: created, end: created + 30 * day, ...whose, more });

const payments = { object: "list", data: [{ id: "inpay_1", object: "invoice_payment" }], has_more: false };

const failed = (id: string, created: number) =>
  sampleEvent(id, "invoice.payment_failed", created, invoice("in_2", created));

const reversal = (object: string, id: string, created: number, intent: string | null) => ({
  id,
  object,
  created,
  charge: `ch_${intent ?? "alone"}`,
  payment_intent: intent,
  status: "succeeded",
});

const file = {
  subscriptions: [
    subscription("sub_1", now - 90 * day, "canceled"),
    subscription("sub_2", now - 80 * day, "active", "cus_gone"),
    subscription("sub_3", now - 70 * day, "past_due"),
    subscription("sub_4", now - 70 * day, "incomplete_expired", "cus_b"),
  ],
  invoices: [
    invoice("in_1", now - 60 * day, { subscription: "sub_3" }, { payments }),
    invoice("in_2", now - 50 * day, { customer: "cus_b", subscription: "sub_4" }),
  ],
  customers: [{ id: "cus_gone", object: "customer", deleted: true, name: "Alt" }],
  events: [failed("evt_old", now - 31 * day), failed("evt_new", now - 29 * day), failed("evt_newer", now - day)],
  refunds: [
    reversal("refund", "re_1", now - 3 * day, "pi_1"),
    reversal("refund", "re_2", now - 2 * day, "pi_1"),
    reversal("refund", "re_3", now - day, null),
  ],
  disputes: [reversal("dispute", "dp_1", now - day, "pi_1"), reversal("dispute", "dp_2", now - day, "pi_2")],
};

const servers: StripeServer[] = [];
test.after(() => {
  for (const server of servers) server.stop();
});

const start = async (args: Partial<StripeServerArgs> = {}) => {
  const { objects } = readStripeFile(file, "file");
  const server = await startStripeServer({ objects, key: "rk_test_local", now: () => now * 1000, ...args });
  servers.push(server);
  return server;
};

const clientOf = ({ url }: StripeServer, key = "rk_test_local", maxNetworkRetries = 0): Stripe => {
  const { hostname: host, port } = new URL(url);
  return new Stripe(key, { apiVersion: "2026-10-28.endive", protocol: "http", host, port, maxNetworkRetries });
};

const idsOf = ({ data }: { data: { id: string }[] }): string[] => data.map(({ id }) => id);

test("lists subscriptions newest first, without those that are canceled unless they are asked for", async () => {
  const { subscriptions } = clientOf(await start());
  assert.equal(idsOf(await subscriptions.list()), ["sub_4", "sub_3", "sub_2"]);
  assert.equal(idsOf(await subscriptions.list({ status: "all" })), ["sub_4", "sub_3", "sub_2", "sub_1"]);
  assert.equal(idsOf(await subscriptions.list({ status: "canceled" })), ["sub_1"]);
  assert.equal(idsOf(await subscriptions.list({ status: "ended" })), ["sub_4", "sub_1"]);
  assert.equal(idsOf(await subscriptions.list({ status: "all", customer: "cus_a" })), ["sub_3", "sub_1"]);
});

test("goes through a list page by page, as the SDK asks for it", async () => {
  const { subscriptions } = clientOf(await start());
  const first = await subscriptions.list({ status: "all", limit: 2 });
  assert.equal([idsOf(first), first.has_more], [["sub_4", "sub_3"], true]);
  const next = await subscriptions.list({ status: "all", limit: 2, starting_after: "sub_3" });
  assert.equal([idsOf(next), next.has_more, next.url], [["sub_2", "sub_1"], false, "/v1/subscriptions"]);
  const all = await subscriptions.list({ status: "all", limit: 1 }).autoPagingToArray({ limit: 100 });
  assert.is(all.length, 4);
});

test("lists invoices by customer, subscription, status and time", async () => {
  const { invoices } = clientOf(await start());
  assert.equal(idsOf(await invoices.list()), ["in_2", "in_1"]);
  assert.equal(idsOf(await invoices.list({ customer: "cus_b" })), ["in_2"]);
  assert.equal(idsOf(await invoices.list({ subscription: "sub_3" })), ["in_1"]);
  assert.equal(idsOf(await invoices.list({ status: "paid" })), []);
  assert.equal(idsOf(await invoices.list({ created: { gte: now - 50 * day } })), ["in_2"]);
  assert.equal(idsOf(await invoices.list({ created: { lte: now - 60 * day } })), ["in_1"]);
});

test("lists the events of a type of the last 30 days", async () => {
  const { events } = clientOf(await start());
  assert.equal(idsOf(await events.list({ type: "invoice.payment_failed" })), ["evt_newer", "evt_new"]);
  const since = { types: ["invoice.payment_failed"], created: { gte: now - 2 * day } };
  assert.equal(idsOf(await events.list(since)), ["evt_newer"]);
  assert.equal(idsOf(await events.list({ type: "invoice.paid" })), []);
});

test("lists refunds and disputes by payment intent, charge and time, and expands nothing of them", async () => {
  const { refunds, disputes } = clientOf(await start());
  assert.equal(idsOf(await refunds.list()), ["re_3", "re_2", "re_1"]);
  assert.equal(idsOf(await refunds.list({ payment_intent: "pi_1" })), ["re_2", "re_1"]);
  assert.equal(idsOf(await refunds.list({ charge: "ch_alone" })), ["re_3"]);
  assert.equal(idsOf(await refunds.list({ created: { gte: now - 2 * day }, limit: 1 })), ["re_3"]);
  const next = await refunds.list({ created: { gte: now - 2 * day }, starting_after: "re_3" });
  assert.equal([idsOf(next), next.has_more, next.url], [["re_2"], false, "/v1/refunds"]);
  assert.equal(idsOf(await disputes.list()), ["dp_2", "dp_1"]);
  assert.equal(idsOf(await disputes.list({ payment_intent: "pi_2" })), ["dp_2"]);
  assert.equal(idsOf(await disputes.list({ charge: "ch_pi_1", created: { gt: now - day } })), []);
  for (const list of [refunds.list({ expand: ["data.charge"] }), disputes.list({ expand: ["data.charge"] })])
    assert.match((await rejects(list)).message, "This property cannot be expanded (charge).");
  assert.match((await rejects(disputes.list(Object({ customer: "cus_1" })))).message, "unknown parameter: customer");
  assert.match((await rejects(refunds.list({ starting_after: "re_9" }))).message, "No such refund: 're_9'");
});

test("shows a customer's id, or the customer where that is expanded", async () => {
  const { subscriptions } = clientOf(await start());
  assert.is((await subscriptions.retrieve("sub_2")).customer, "cus_gone");
  const { customer } = await subscriptions.retrieve("sub_2", { expand: ["customer"] });
  assert.equal(customer, { id: "cus_gone", object: "customer", deleted: true });
  const { data } = await subscriptions.list({ expand: ["data.customer"] });
  assert.equal(
    data.map((one) => one.customer),
    [customerOf("cus_b"), customerOf("cus_a"), customer],
  );
});

const customerOf = (id: string) => ({ id, object: "customer", livemode: true, metadata: {} });

test("shows the payments of an invoice only where they are expanded", async () => {
  const { invoices } = clientOf(await start());
  const { data } = await invoices.list();
  assert.not.ok(data.some((one) => "payments" in one));
  const expanded = await invoices.list({ expand: ["data.payments"] });
  const none = { object: "list", data: [], has_more: false, url: "/v1/invoice_payments?invoice=in_2" };
  assert.equal(
    expanded.data.map((one) => one.payments),
    [none, payments],
  );
});

test("answers in Stripe's words where there is no such object, parameter, value or call", async () => {
  const server = await start();
  const { subscriptions, products } = clientOf(server);
  const refused = async (promise: Promise<unknown>) => {
    const { type, statusCode, code, param, message } = Object(await rejects(promise));
    return [type, statusCode, code, param, message];
  };
  const invalid = "StripeInvalidRequestError";
  assert.equal(await refused(subscriptions.retrieve("sub_9")), [
    invalid,
    404,
    "resource_missing",
    "id",
    "No such subscription: 'sub_9'",
  ]);
  const cursor = await refused(subscriptions.list({ starting_after: "sub_9" }));
  assert.equal(cursor.slice(1, 4), [400, "resource_missing", "starting_after"]);
  const unknown = await refused(subscriptions.list(Object({ colour: "red" })));
  assert.equal(unknown.slice(1), [400, "parameter_unknown", "colour", "Received unknown parameter: colour"]);
  const limit = await refused(subscriptions.list({ limit: 101 }));
  assert.equal(limit.slice(1, 4), [400, undefined, "limit"]);
  const nested = await refused(subscriptions.list(Object({ created: { since: 1 } })));
  assert.equal(nested.slice(2, 4), ["parameter_unknown", "created[since]"]);
  assert.match(`${await refused(subscriptions.list({ expand: ["customer"] }))}`, /try expanding 'data\.customer'/);
  assert.match(
    `${await refused(subscriptions.retrieve("sub_1", { expand: ["plan"] }))}`,
    /cannot be expanded \(plan\)/,
  );
  assert.match(`${await refused(products.list())}`, /404.*GET: \/v1\/products/);
});

test("refuses a call without its key, and never says the key", async () => {
  const server = await start();
  const error = await rejects(clientOf(server, "rk_test_other").subscriptions.list());
  assert.equal([Object(error).type, Object(error).statusCode], ["StripeAuthenticationError", 401]);
  const without = await fetch(`${server.url}/v1/subscriptions`);
  assert.is(without.status, 401);
  assert.not.match(`${error.message}${await without.text()}`, /rk_test/);
});

test("refuses a page in a browser", async () => {
  const { url } = await start();
  const headers = { authorization: "Bearer rk_test_local", "sec-fetch-site": "cross-site" };
  assert.is((await fetch(`${url}/v1/subscriptions`, { headers })).status, 403);
});

test("fails the calls of its plan, and the SDK retries 5xx, but no rate limit, which Stripe does not say to retry", async () => {
  const faults = [
    { call: 2, status: 500, times: 2 },
    { call: 5, status: 429 },
    { call: 7, status: 403 },
  ];
  const server = await start({ faults });
  const patient = clientOf(server, "rk_test_local", 2);
  for (const _ of [1, 2]) await patient.subscriptions.list();
  assert.is(Object(await rejects(patient.subscriptions.list())).type, "StripeRateLimitError");
  await patient.subscriptions.list();
  assert.equal(server.calls(), {
    "GET /v1/subscriptions 200": 3,
    "GET /v1/subscriptions 500": 2,
    "GET /v1/subscriptions 429": 1,
  });
  assert.is(Object(await rejects(patient.events.list())).type, "StripePermissionError");
  await patient.subscriptions.retrieve("sub_1");
  assert.is(server.calls()["GET /v1/subscriptions/{id} 200"], 1);
});

test("has a date that is later than all that its objects show, and an id for each answer", async () => {
  const { objects } = readStripeFile(file, "file");
  const { subscriptions } = clientOf(await start({ objects }));
  const { headers, requestId, apiVersion } = (await subscriptions.list()).lastResponse;
  assert.is(Date.parse(`${headers["date"]}`) / 1000, now);
  assert.equal([requestId, apiVersion], ["req_local_1", "2026-10-28.endive"]);
  objects.newestEventAt = now + 3600;
  const later = await subscriptions.list();
  assert.is(Date.parse(`${later.lastResponse.headers["date"]}`) / 1000, now + 3610);
});

test.run();
