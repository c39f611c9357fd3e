import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { Invoice, paymentIntentOf, subscriptionOf } from "../../../lambdas/stripe/invoice.ts";
import { rejectTestMode, skipConnectedAccount } from "../../../lambdas/stripe/origin.ts";
import { Owned, ownerOf } from "../../../lambdas/stripe/owner.ts";
import { pricesOf, subscriptionPrices } from "../../../lambdas/stripe/prices.ts";
import { type } from "superstruct";
import { type Json, sampleInvoice, samplePrices, sampleSubscription } from "../../../samples/stripe-objects.ts";

const test = suite("what an object says about whose it is");

const period = { start: 100, end: 200 };
const invoice = (more: Json = {}): Json => ({
  ...sampleInvoice({ id: "in_owner", amount: 580, created: 1, ...period }),
  ...more,
});
const owner = (object: Json) => ownerOf(parse(object, Owned));

test("of a subscription: its own id, its customer, the user in its metadata, and all its prices", () => {
  assert.equal(owner(sampleSubscription({ ...period, more: { metadata: { user_id: "user_1" } } })), {
    subscriptionId: "sub_sample",
    customerId: "cus_sample",
    metadataUserId: "user_1",
    priceIds: [samplePrices.monthly],
  });
  assert.equal(owner({ object: "subscription", id: "sub_bare" }), {
    subscriptionId: "sub_bare",
    customerId: null,
    metadataUserId: null,
    priceIds: [],
  });
});

test("of an invoice: the subscription that it bills, and the user in that one's metadata", () => {
  const lines = { data: [{ price: "price_a" }, { price: "price_b" }] };
  const details = { subscription: "sub_head", metadata: { user_id: "user_1" } };
  const old = { subscription: "sub_old", subscription_details: { metadata: { user_id: "user_2" } } };
  assert.equal(owner(invoice({ lines, parent: { subscription_details: details }, ...old })), {
    subscriptionId: "sub_head",
    customerId: "cus_sample",
    metadataUserId: "user_1",
    priceIds: ["price_a", "price_b"],
  });
  assert.equal(owner(invoice({ customer: null, lines: null, parent: null, ...old })), {
    subscriptionId: "sub_old",
    customerId: null,
    metadataUserId: "user_2",
    priceIds: [],
  });
  assert.is(owner(invoice({ parent: null, metadata: { user_id: "user_3" } })).metadataUserId, null);
});

test("names no price of an invoice or a subscription of which only a part is in sight", () => {
  const items = { data: [{ price: "price_a" }] };
  const subscription = sampleSubscription(period);
  assert.equal(owner({ ...subscription, items: { ...items, has_more: true } }).priceIds, []);
  assert.equal(owner({ ...subscription, items: { ...items, has_more: false } }).priceIds, ["price_a"]);
  const data = [{ price: "price_a" }];
  assert.equal(owner(invoice({ lines: { data, has_more: true } })).priceIds, []);
  assert.equal(owner(invoice({ lines: { data, has_more: false } })).priceIds, ["price_a"]);
});

test("of a subscription: the prices that it had before its event too, and none where only some are named", () => {
  const subscription = parse({ ...sampleSubscription(period), items: { data: [{ price: "price_b" }] } }, Owned);
  const prices = (previous: unknown, object = subscription) => ownerOf(object, previous).priceIds;
  assert.equal(prices({}), ["price_b"]);
  assert.equal(prices({ status: "trialing" }), ["price_b"]);
  assert.equal(prices({ items: { data: [{ price: "price_a" }] } }), ["price_b", "price_a"]);
  assert.equal(prices({ items: { data: [{ price: "price_a" }], has_more: true } }), []);
  // What makes no subscription is refused where the state is read.
  assert.equal(prices({ items: 1 }), ["price_b"]);
  const partly = { ...subscription, items: { data: [{ price: { id: "price_b" } }, {}] } };
  assert.equal(prices({}, partly), []);
  assert.equal(prices({ items: { data: [{ price: "price_a" }, {}] } }), []);
  const atTop = { ...subscription, items: { data: [{}] }, plan: { id: "plan_top" } };
  assert.equal(prices({}, atTop), ["plan_top"]);
});

test("takes an invoice's subscription from its head, else from its lines", () => {
  const read = (more: Json) => subscriptionOf(parse(invoice({ parent: null, ...more }), Invoice));
  const lines = { data: [{ subscription: "sub_line" }] };
  const parent = { subscription_details: { subscription: "sub_head" } };
  assert.is(read({ parent, subscription: "sub_old", lines }), "sub_head");
  assert.is(read({ subscription: "sub_old", lines }), "sub_old");
  assert.is(read({ lines }), "sub_line");
  assert.is(read({ lines: null }), null);
});

test("takes the intent at an invoice's top, else that of its default payment", () => {
  const read = (more: Json) => paymentIntentOf(parse(invoice(more), Invoice))?.id ?? null;
  const other = { is_default: false, payment: { payment_intent: "pi_other" } };
  const unnamed = { payment: { payment_intent: "pi_unnamed" } };
  const own = { is_default: true, payment: { payment_intent: "pi_own" } };
  assert.is(read({ payment_intent: "pi_top", payments: { data: [own] } }), "pi_top");
  assert.is(read({ payments: { data: [other, unnamed, own] } }), "pi_own");
  for (const more of [{}, { payments: { data: [] } }, { payments: { data: [other] } }]) assert.is(read(more), null);
  for (const payment of [null, {}]) assert.is(read({ payments: { data: [{ is_default: true, payment }] } }), null);
});

test("tells the prices of the items in their order, and only where there is none the plan at the top", () => {
  const read = (object: Json) => pricesOf(parse(object, type(subscriptionPrices)));
  const plan = { id: "plan_top", interval: "year", usage_type: "licensed" };
  const data = [
    { price: { id: "price_b", recurring: { interval: "month", interval_count: 6 } } },
    {},
    { price: "price_a", plan: { id: "plan_x", interval: "year", interval_count: 2, usage_type: "metered" } },
    { plan: "plan_c" },
  ];
  assert.equal(read({ items: { data }, plan }), [
    { id: "price_b", months: 6, isMetered: false },
    { id: "price_a", months: 24, isMetered: true },
    { id: "plan_c", months: null, isMetered: false },
  ]);
  const atTop = [{ id: "plan_top", months: 12, isMetered: false }];
  assert.equal(read({ items: { data: [{}] }, plan }), atTop);
  assert.equal(read({ plan }), atTop);
  for (const none of [{}, { items: null, plan: null }, { items: { data: [] } }]) assert.equal(read(none), []);
});

test("rejects the test mode where live events only are taken, and skips connected accounts by their id", () => {
  assert.is(rejectTestMode({ livemode: true }, true), null);
  for (const livemode of [true, false, null]) assert.is(rejectTestMode({ livemode }, false), null);
  for (const livemode of [false, null, undefined]) assert.match(`${rejectTestMode({ livemode }, true)}`, "test mode");
  assert.match(`${skipConnectedAccount({ account: "acct_1" })}`, "acct_1");
  for (const account of [null, undefined]) assert.is(skipConnectedAccount({ account }), null);
});

test.run();
