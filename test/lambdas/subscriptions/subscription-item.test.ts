import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SubscriptionItem } from "../../../lambdas/subscriptions/core-table.ts";
import { emptyLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { nextItem } from "../../../lambdas/subscriptions/next-item.ts";
import { isSettled, overflowOf } from "../../../lambdas/subscriptions/overflow.ts";
import { planPricesFrom } from "../../../lambdas/subscriptions/plan.ts";
import type { ResolvedState } from "../../../lambdas/ledger/reading.ts";
import {
  byPrecedence,
  currentSubscriptionFields,
  type StoredSubscription,
  type SubscriptionEvent,
  sync,
} from "../../../lambdas/subscriptions/subscription-item.ts";
import type { SubscriptionState } from "../../../lambdas/ledger/subscription-state.ts";
import { thrown } from "../../helpers/rejects.ts";
import { stateFields } from "../ledger/states.ts";

const test = suite("a user's subscriptions together");

const sold = { monthly: [], yearly: [] };
const price = (id: string) => ({ id, months: 1, isMetered: false });

const stored = (
  state: Partial<SubscriptionState> = {},
  more: Partial<ResolvedState> = {},
  created = 10,
): StoredSubscription => ({
  created,
  ledger: emptyLedger,
  resolved: {
    state: { ...stateFields, ...state },
    hash: "",
    updatedAt: 100,
    order: "certain",
    gapSince: null,
    missing: { after: [], before: [] },
    ...more,
  },
});

test("show first what is ours, then what lives, then what grants more access, then the newest, then the larger id", () => {
  const ours = { monthly: ["price_ours"], yearly: [] };
  const prices = [price("price_ours")];
  const inOrder: [string, StoredSubscription][] = [
    ["sub_f", stored({ prices, status: "past_due" })],
    ["sub_a", stored({ prices, status: "canceled" })],
    ["sub_c", stored({ status: "trialing" }, {}, 20)],
    ["sub_e", stored({ status: "active" })],
    ["sub_d", stored({ status: "active" })],
    ["sub_g", stored({ status: "past_due" }, {}, 30)],
    ["sub_h", stored({ status: "unpaid" }, {}, 40)],
    ["sub_i", stored({ status: "incomplete_expired" }, {}, 50)],
    ["sub_b", stored({ status: "canceled" }, {}, 45)],
  ];
  const ids = inOrder.map(([id]) => id);
  for (const entries of [inOrder, inOrder.toReversed(), inOrder.toSorted(([a], [b]) => (a < b ? -1 : 1))]) {
    assert.equal(byPrecedence(Object.fromEntries(entries), ours), ids);
  }
  const unsold = byPrecedence(Object.fromEntries(inOrder), sold);
  assert.equal(unsold.indexOf("sub_a"), ids.length - 1);
  assert.is(unsold[0], "sub_c");
});

test("show the fields of one, and the earliest gap of all", () => {
  const subscriptions = {
    sub_1: stored({ status: "unpaid", prices: [price("price_1")] }, { gapSince: 70 }),
    sub_2: stored({ status: "active", prices: [price("price_2")] }, { order: "assumed", updatedAt: 90, gapSince: 80 }),
  };
  const { prices: _, ...fields } = subscriptions.sub_2.resolved.state;
  assert.equal(currentSubscriptionFields("user_1", subscriptions, sold), {
    user_id: "user_1",
    subscription_id: "sub_2",
    ...fields,
    plan: "monthly",
    price_id: "price_2",
    updated_at: 90,
    order: "assumed",
    gap_since: 70,
  });
  assert.is(currentSubscriptionFields("user_1", { sub_3: stored() }, sold).gap_since, null);
  assert.match(thrown(() => currentSubscriptionFields("user_1", {}, sold)).message, "user_1");
});

const event = (id: string, created: number, more: Partial<SubscriptionEvent>): SubscriptionEvent => ({
  eventId: id,
  created,
  type: "updated",
  from: null,
  to: stateFields,
  subscriptionId: "sub_1",
  subscriptionCreated: 10,
  ...more,
});

test("take an event as applied where it shows the state, or changes it; else it is stale, and nothing twice", () => {
  const pastDue = { ...stateFields, status: "past_due" };
  const begun = sync({ sub_0: stored() }, event("evt_1", 100, { type: "created" }), sold);
  assert.equal([begun.outcome, begun.changes.length], ["applied", 1]);
  assert.equal(Object.keys(begun.subscriptions ?? {}), ["sub_0", "sub_1"]);
  assert.is(begun.subscriptions?.["sub_1"]?.created, 10);
  const subscriptions = begun.subscriptions ?? {};
  const again = sync(subscriptions, event("evt_1", 100, { type: "created" }), sold);
  assert.equal([again.outcome, again.changes, again.subscriptions], ["duplicate", [], undefined]);
  assert.equal(again.resolved, begun.resolved);
  const same = sync(subscriptions, event("evt_2", 110, { from: stateFields }), sold);
  assert.equal([same.outcome, same.changes], ["applied", []]);
  const changed = sync(subscriptions, event("evt_3", 120, { from: stateFields, to: pastDue }), sold);
  assert.equal(
    [changed.outcome, changed.changes],
    ["applied", [{ change: "status_changed", from: "active", to: "past_due" }]],
  );
  assert.is(changed.resolved.updatedAt, 120);
  const late = sync(changed.subscriptions ?? {}, event("evt_4", 90, { from: stateFields }), sold);
  assert.equal([late.outcome, late.changes], ["stale", []]);
  const equal = sync(changed.subscriptions ?? {}, event("evt_5", 115, { from: stateFields, to: pastDue }), sold);
  assert.is(equal.outcome, "stale");
});

test("say of an event of the newest second that it is stale where another of that second shows", () => {
  const unpaid = { ...stateFields, status: "unpaid" };
  const pastDueThen = { ...stateFields, status: "past_due" };
  const last = sync({}, event("evt_1", 100, { from: pastDueThen, to: unpaid }), sold);
  const first = sync(last.subscriptions ?? {}, event("evt_2", 100, { from: stateFields, to: pastDueThen }), sold);
  assert.equal([first.outcome, first.changes, first.resolved.state.status], ["stale", [], "unpaid"]);
});

test("say of an older event that it is applied where by it another state shows", () => {
  const other = { ...stateFields, status: "past_due" };
  const outcomes = [stateFields, other].map((begun) => {
    // A second that ends as it began: where that was, the first event says.
    const there = sync({}, event("evt_1", 100, { from: stateFields, to: other }), sold);
    const back = sync(there.subscriptions ?? {}, event("evt_2", 100, { from: other, to: stateFields }), sold);
    const late = sync(back.subscriptions ?? {}, event("evt_3", 90, { type: "created", from: null, to: begun }), sold);
    assert.equal([late.resolved.updatedAt, late.resolved.state.status], [100, begun.status]);
    return [late.outcome, late.changes.length];
  });
  assert.equal(
    outcomes.toSorted(([a], [b]) => (`${a}` < `${b}` ? -1 : 1)),
    [
      ["applied", 1],
      ["stale", 0],
    ],
  );
});

test("are new to us with the state that their first event left", () => {
  const pastDue = { ...stateFields, status: "past_due" };
  const { changes } = sync({}, event("evt_1", 100, { from: pastDue }), sold) ?? {};
  assert.equal(changes, [{ change: "status_changed", from: "past_due", to: "active" }]);
});

const item = (more: Partial<SubscriptionItem> = {}): SubscriptionItem => ({
  stripe_version: null,
  stripe_customers: [],
  stripe_overflow: null,
  customer_id: null,
  subscriptions: {},
  ...more,
});
const next = (
  before: SubscriptionItem,
  subscriptions: Record<string, StoredSubscription>,
  customerId: string | null,
  returned?: StoredSubscription,
) => nextItem(before, { subscriptions, eventOf: "sub_1", returned, customerId, sold });

test("raise the item's version with each write, and name all of their customers in order", () => {
  const subscriptions = {
    sub_1: stored({ customer_id: "cus_b" }),
    sub_2: stored({ customer_id: "cus_a", status: "past_due" }),
    sub_3: stored({ customer_id: "cus_b", status: "past_due" }),
    sub_4: stored({ customer_id: null, status: "past_due" }),
  };
  const first = next(item(), subscriptions, "cus_b");
  assert.equal(first.item, {
    stripe_version: 1,
    stripe_customers: ["cus_a", "cus_b"],
    stripe_overflow: null,
    customer_id: "cus_b",
    subscriptions,
  });
  assert.equal([first.unlinked, first.overflow], [["cus_a"], {}]);
  assert.is(next(item({ stripe_version: 4 }), subscriptions, null).item.stripe_version, 5);
  assert.equal(next(item({ stripe_customers: ["cus_a"] }), subscriptions, null).unlinked, ["cus_b"]);
});

test("tie each customer that leaves, or that the product has put there, to the user too", () => {
  const ended = (customer: string, created: number) =>
    stored({ customer_id: customer, status: "canceled" }, {}, created);
  const all = { sub_1: stored({ customer_id: "cus_3" }), sub_2: ended("cus_1", 1), sub_3: ended("cus_2", 2) };
  const { item: written, overflow, unlinked } = next(item({ customer_id: "cus_product" }), all, "cus_3");
  assert.equal(Object.keys(overflow), ["sub_2"]);
  assert.equal(written.stripe_customers, ["cus_2", "cus_3"]);
  assert.equal(unlinked, ["cus_1", "cus_2", "cus_product"]);
  assert.equal(next(item({ customer_id: "cus_3", stripe_customers: ["cus_1", "cus_2"] }), all, "cus_3").unlinked, []);
});

test("leave the product's customer in the index until a subscription of it has come", () => {
  const own = { sub_1: stored({ customer_id: "cus_own" }) };
  const indexed = (before: Partial<SubscriptionItem>, subscriptions = own) =>
    next(item(before), subscriptions, null).item.customer_id;
  assert.is(indexed({}), "cus_own");
  assert.is(indexed({ customer_id: "cus_product" }), "cus_product");
  assert.is(indexed({ customer_id: "cus_product", stripe_customers: ["cus_product"] }), "cus_own");
  const before = { sub_0: stored({ customer_id: "cus_product" }) };
  assert.is(indexed({ customer_id: "cus_product", subscriptions: before }), "cus_own");
  const both = { ...own, sub_2: stored({ customer_id: "cus_product", status: "canceled" }) };
  assert.is(indexed({ customer_id: "cus_product" }, both), "cus_own");
  assert.is(indexed({}, { sub_1: stored({ customer_id: null as never }) }), null);
});

test("leave the item when they have ended, but for the newest and the event's own, and say that they did", () => {
  const ended = (created: number) => stored({ status: "canceled" }, {}, created);
  const all = { sub_1: ended(10), sub_2: ended(20), sub_3: ended(30), sub_4: ended(40), sub_5: stored() };
  const written = next(item(), all, null);
  assert.equal(Object.keys(written.item.subscriptions), ["sub_1", "sub_4", "sub_5"]);
  assert.equal(Object.keys(written.overflow), ["sub_2", "sub_3"]);
  assert.is(written.item.stripe_overflow, 0);
  const overflowAfter = (before: number | null, returned?: StoredSubscription) =>
    next(item({ stripe_overflow: before }), { sub_1: stored() }, null, returned).item.stripe_overflow;
  assert.is(overflowAfter(null), null);
  assert.is(overflowAfter(0), 0);
  assert.is(overflowAfter(2), 2);
  assert.is(overflowAfter(2, stored()), 1);
  assert.is(overflowAfter(2, ended(10)), 2);
});

test("have ended for good only where no event of them is missing", () => {
  assert.ok(isSettled(stored({ status: "canceled" })));
  assert.not(isSettled(stored({ status: "canceled" }, { gapSince: 5 })));
  assert.not(isSettled(stored()));
  assert.not(isSettled(undefined));
});

test("leave the item from the last that would show, until there is room, and never the first", () => {
  const live = Object.fromEntries([1, 2, 3, 4].map((index) => [`sub_${index}`, stored({}, {}, index)]));
  const leaving = (bytes: number) => overflowOf(live, { eventOf: "sub_1", sold, sizeOf: () => bytes });
  assert.equal(leaving(20_000), []);
  assert.equal(leaving(20_001), ["sub_1"]);
  assert.equal(leaving(40_001), ["sub_1", "sub_2", "sub_3"]);
  assert.equal(leaving(100_000), ["sub_1", "sub_2", "sub_3"]);
});

test("are sold by the prices of the environment", () => {
  const env = (name: string) => JSON.stringify([`${name}_1`]);
  assert.equal(planPricesFrom(env), { monthly: ["MONTHLY_PRICES_1"], yearly: ["YEARLY_PRICES_1"] });
});

test.run();
