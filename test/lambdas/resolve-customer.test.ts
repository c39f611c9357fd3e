import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler, resolveCustomer } from "../../lambdas/resolve-customer.ts";
import { handle } from "../../lambdas/runtime/handle.ts";
import { type Json, sampleEvent, sampleInvoice, sampleSubscription } from "../../samples/stripe-objects.ts";
import { invoiceBeforeBasil } from "../../samples/before-basil.ts";
import { onTheBus, taskInput } from "../events/envelope.ts";
import { captured } from "../helpers/captured.ts";
import { rejects } from "../helpers/rejects.ts";
import { startTables, type Tables } from "../helpers/tables.ts";

const test = suite("resolve-customer");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const period = { start: 1, end: 2 };

const invoiceOf = (customer: unknown, more: Json = {}): Json => ({
  ...sampleInvoice({ id: "in_resolve", amount: 580, created: 1, ...period }),
  customer,
  ...more,
});

const printed = (event: unknown) => captured(() => handler(taskInput(event)));

const resolvedBy = async (logic: ReturnType<typeof resolveCustomer>, event: unknown) =>
  (await captured(() => handle(taskInput(event), logic))).result;

const resolve = async (object: Json, type = "invoice.payment_succeeded") =>
  (await printed(onTheBus(sampleEvent("evt_resolve", type, 1, object)))).result;

const knownAs = (customerId: string, userId: string, SK = "SUBSCRIPTION") =>
  tables.add(tables.core, { PK: `USER#${userId}`, SK, customer_id: customerId });

const nothingSold = { monthly: [], yearly: [] };

// The customer of a user, as if it were read.
const known = { usersOf: async () => [{ userId: "user", isLinked: true }], link: async () => {} };

const naming = (userId: string) => ({
  parent: { subscription_details: { subscription: "sub_sample", metadata: { user_id: userId } } },
});

test("finds the user of the customer, with every key of the answer there", async () => {
  await knownAs("cus_known", "known");
  assert.equal(await resolve(invoiceOf("cus_known")), {
    outcome: "found",
    userId: "known",
    customerId: "cus_known",
    subscriptionId: "sub_sample",
    reason: null,
  });
});

test("finds the user of a customer that is expanded, or deleted", async () => {
  await knownAs("cus_object", "object");
  assert.is((await resolve(invoiceOf({ id: "cus_object", name: "A B" }))).userId, "object");
  assert.is((await resolve(invoiceOf({ id: "cus_object", deleted: true }))).userId, "object");
});

test("takes only subscription items for a customer's", async () => {
  await knownAs("cus_profile", "profile", "PROFILE");
  const error = await rejects(resolve(invoiceOf("cus_profile")));
  assert.is(error.name, "CustomerNotFound");
});

test("ignores items that are no user's", async () => {
  await tables.add(tables.core, { PK: "TEAM#1", SK: "SUBSCRIPTION", customer_id: "cus_team" });
  assert.is((await rejects(resolve(invoiceOf("cus_team")))).name, "CustomerNotFound");
});

test("takes the user that the subscription's metadata names, where the index knows none", async () => {
  assert.is((await resolve(invoiceOf("cus_new", naming("named")))).userId, "named");
  const old = invoiceBeforeBasil({ ...invoiceOf("cus_new"), ...naming("named") });
  assert.is((await resolve(old)).userId, "named");
  const metadata = { user_id: "named" };
  const subscription = sampleSubscription({ customer: "cus_new", ...period, more: { metadata } });
  assert.is((await resolve(subscription, "customer.subscription.created")).userId, "named");
});

test("takes the user that metadata names for an event without a customer", async () => {
  assert.equal(await resolve(invoiceOf(null, naming("accounted"))), {
    outcome: "found",
    userId: "accounted",
    customerId: null,
    subscriptionId: "sub_sample",
    reason: null,
  });
});

test("refuses a customer that two users claim", async () => {
  await knownAs("cus_twice", "first");
  await knownAs("cus_twice", "second");
  const { outcome, userId, reason } = await resolve(invoiceOf("cus_twice"));
  assert.is(outcome, "refused");
  assert.is(userId, null);
  assert.match(`${reason}`, "cus_twice");
});

test("refuses where the index and the metadata name different users", async () => {
  await knownAs("cus_differs", "indexed");
  const { outcome, reason } = await resolve(invoiceOf("cus_differs", naming("other")));
  assert.is(outcome, "refused");
  assert.match(`${reason}`, "indexed, other");
});

test("refuses an event of the test mode where live ones only are taken, before any lookup", async () => {
  const resolveLive = resolveCustomer(known, { liveOnly: true, sold: nothingSold });
  const eventOf = (more: Json) =>
    onTheBus({ ...sampleEvent("evt_mode", "invoice.paid", 1, invoiceOf("cus_1")), ...more });
  for (const livemode of [false, null, undefined]) {
    const { outcome, userId, reason } = await resolvedBy(resolveLive, eventOf({ livemode }));
    assert.equal([outcome, userId], ["refused", null]);
    assert.match(`${reason}`, "test mode");
  }
  assert.is((await resolvedBy(resolveLive, eventOf({ livemode: true }))).outcome, "found");
  const unasked = { ...known, usersOf: () => Promise.reject(new Error("was asked")) };
  assert.is(
    (await resolvedBy(resolveCustomer(unasked, { liveOnly: true, sold: nothingSold }), eventOf({ livemode: false })))
      .outcome,
    "refused",
  );
});

test("takes both modes where any is taken", async () => {
  const resolveAny = resolveCustomer(known, { liveOnly: false, sold: nothingSold });
  for (const livemode of [true, false]) {
    const event = { ...sampleEvent("evt_mode", "invoice.paid", 1, invoiceOf("cus_1")), livemode };
    assert.is((await resolvedBy(resolveAny, onTheBus(event))).outcome, "found");
  }
});

test("skips an invoice without a subscription before any lookup", async () => {
  for (const none of [{ parent: null }, { parent: null, subscription: null }]) {
    const { outcome, reason } = await resolve(invoiceOf("cus_nobody", none));
    assert.is(outcome, "skipped");
    assert.match(`${reason}`, "no subscription");
  }
});

test("throws CustomerNotFound for a customer that is unknown", async () => {
  const error = await rejects(resolve(invoiceOf("cus_nobody")));
  assert.is(error.name, "CustomerNotFound");
  assert.match(error.message, "cus_nobody");
});

test("throws CustomerNotFound, and skips nothing, where the price before the event is one of ours", async () => {
  const nobody = { usersOf: async () => [], link: async () => {} };
  const logic = resolveCustomer(nobody, { liveOnly: false, sold: { monthly: ["price_ours"], yearly: [] } });
  const itemsOf = (price: string) => ({ data: [{ price: { id: price } }] });
  const changed = { ...sampleSubscription(period), items: itemsOf("price_other") };
  const event = (previous: Json) =>
    onTheBus(sampleEvent("evt_price", "customer.subscription.updated", 1, changed, previous));
  assert.is((await resolvedBy(logic, event({ items: itemsOf("price_third") }))).outcome, "skipped");
  const error = await rejects(resolvedBy(logic, event({ items: itemsOf("price_ours") })));
  assert.is(error.name, "CustomerNotFound");
});

test("throws InvalidEvent, with the path, for what is no event of its kind", async () => {
  const cases: [unknown, string][] = [
    [null, "event"],
    [{ detail: {} }, "detail.id"],
    [onTheBus({ ...sampleEvent("evt_1", "x", 1, invoiceOf("cus_1")), object: "v2.core.event" }), "detail.object"],
    [onTheBus(sampleEvent("evt_1", "x", 1, { object: "charge", id: "ch_1" })), "detail.data.object.object"],
    [onTheBus(sampleEvent("evt_1", "x", 1, invoiceOf("cus_1", { id: null }))), "detail.data.object.id"],
    [onTheBus(sampleEvent("evt_1", "x", 1, invoiceOf(17))), "detail.data.object.customer"],
  ];
  for (const [event, path] of cases) {
    const error = await rejects(printed(event));
    assert.is(error.name, "InvalidEvent");
    assert.match(error.message, path);
  }
});

test.run();
