import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { isNoneOfOurs, type PlanPrices, soldPlan } from "../../../lambdas/subscriptions/plan.ts";
import { stateOf, Subscription } from "../../../lambdas/ledger/subscription-state.ts";
import { type Json, sampleSubscription } from "../../../samples/stripe-objects.ts";

const test = suite("the plan of a subscription");

const none: PlanPrices = { monthly: [], yearly: [] };

const items = (...data: Json[]) => ({ items: { data } });

const priceOf = (id: string, interval: string | null, more: Json = {}): Json => ({
  price: { id, recurring: interval === null ? null : { interval, ...more } },
});

const planOf = (more: Json, sold: PlanPrices) =>
  soldPlan(stateOf(parse({ ...sampleSubscription({ start: 1, end: 2 }), ...more }, Subscription)).prices, sold);

test("is by the time that a price pays for, where no price is configured", () => {
  const cases: [Json, "monthly" | "yearly" | null, string | null][] = [
    [items(priceOf("price_a", "month")), "monthly", "price_a"],
    [items(priceOf("price_a", "month", { interval_count: 1 })), "monthly", "price_a"],
    [items(priceOf("price_a", "year")), "yearly", "price_a"],
    [items(priceOf("price_a", "month", { interval_count: 12 })), "yearly", "price_a"],
    [items(priceOf("price_a", "month", { interval_count: 3 })), null, "price_a"],
    [items(priceOf("price_a", "year", { interval_count: 2 })), null, "price_a"],
    [items(priceOf("price_a", "week")), null, "price_a"],
    [items(priceOf("price_a", "day", { interval_count: 30 })), null, "price_a"],
    [items(priceOf("price_a", "constructor")), null, "price_a"],
    [items(priceOf("price_a", null)), null, "price_a"],
    [items(), null, null],
    [{ items: null, plan: { id: "plan_old", interval: "year", interval_count: 1 } }, "yearly", "plan_old"],
    [items({ plan: { id: "plan_old", interval: "month", interval_count: 3 } }), null, "plan_old"],
    [items({ price: "price_named" }), null, "price_named"],
    [items({ price: "price_named", plan: { id: "price_named", interval: "month" } }), "monthly", "price_named"],
  ];
  for (const [more, plan, priceId] of cases) {
    assert.equal(planOf(more, none), { plan, price_id: priceId }, JSON.stringify(more));
  }
});

test("is by configuration alone where any price is configured, whatever a price pays for", () => {
  const sold = { monthly: ["price_month"], yearly: ["price_year"] };
  const cases: [Json, "monthly" | "yearly" | null, string][] = [
    [items(priceOf("price_month", "year")), "monthly", "price_month"],
    [items(priceOf("price_year", "month")), "yearly", "price_year"],
    [items(priceOf("price_other", "month")), null, "price_other"],
    [items(priceOf("price_a_addon", "month"), priceOf("price_year", "year")), "yearly", "price_year"],
    [items(priceOf("price_a_usage", "month", { usage_type: "metered" }), priceOf("price_b", "week")), null, "price_b"],
  ];
  for (const [more, plan, priceId] of cases) {
    assert.equal(planOf(more, sold), { plan, price_id: priceId }, JSON.stringify(more));
  }
  assert.is(planOf(items(priceOf("price_a", "year")), { monthly: ["price_b"], yearly: [] }).plan, null);
  assert.is(planOf(items(priceOf("price_a", "month")), { monthly: [], yearly: ["price_b"] }).plan, null);
});

test("is never that of a price by usage, if there is another", () => {
  const metered = { usage_type: "metered" };
  const both = items(priceOf("price_a", "month", metered), priceOf("price_b", "month", { interval_count: 3 }));
  assert.equal(planOf(both, none), { plan: null, price_id: "price_b" });
  assert.equal(planOf(items(priceOf("price_a", "month", metered)), none), { plan: "monthly", price_id: "price_a" });
});

test("is that of the price that we sell, whatever the order of the items", () => {
  const sold = { monthly: ["price_b"], yearly: [] };
  const [a, b] = [priceOf("price_a", "year"), priceOf("price_b", "week")];
  for (const data of [
    [a, b],
    [b, a],
  ]) {
    assert.equal(planOf(items(...data), sold), { plan: "monthly", price_id: "price_b" });
    assert.equal(planOf(items(...data), none), { plan: "yearly", price_id: "price_a" });
  }
});

test("is none of ours where prices are configured and named, and none of them is configured", () => {
  const sold = { monthly: ["price_month"], yearly: ["price_year"] };
  assert.is(isNoneOfOurs(["price_other"], sold), true);
  assert.is(isNoneOfOurs(["price_other"], { monthly: [], yearly: ["price_year"] }), true);
  for (const [priceIds, prices] of [
    [["price_other", "price_month"], sold],
    [["price_year"], sold],
    [[], sold],
    [["price_other"], none],
  ] as const) {
    assert.is(isNoneOfOurs(priceIds, prices), false, JSON.stringify(priceIds));
  }
});

test.run();
