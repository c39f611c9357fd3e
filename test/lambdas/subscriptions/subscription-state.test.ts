import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { isCancellationScheduled, stateOf, Subscription } from "../../../lambdas/subscriptions/subscription-state.ts";
import { type Json, sampleItem, samplePrices, sampleSubscription } from "../../../samples/stripe-objects.ts";

const test = suite("subscription");

const period = { start: 100, end: 200 };
const none = { monthly: [], yearly: [] };

const read = (more: Json, prices: Parameters<typeof stateOf>[1] = none) =>
  stateOf(parse({ ...sampleSubscription(period), ...more }, Subscription), prices);

const items = (...data: Json[]) => ({ items: { data } });

const priceOf = (id: string, interval: string | null): Json => ({ price: { id, recurring: interval && { interval } } });

test("calls a plan by configuration first, by the price's interval next, and else trial", () => {
  const cases: [Json, Parameters<typeof stateOf>[1], string, string | null][] = [
    [items(priceOf("price_a", "month")), none, "monthly", "price_a"],
    [items(priceOf("price_a", "year")), none, "yearly", "price_a"],
    [items(priceOf("price_a", "month")), { monthly: [], yearly: ["price_a"] }, "yearly", "price_a"],
    [items(priceOf("price_a", "year")), { monthly: ["price_a"], yearly: [] }, "monthly", "price_a"],
    [items(priceOf("price_a", "week")), none, "trial", "price_a"],
    [items(priceOf("price_a", null)), none, "trial", "price_a"],
    [items(), none, "trial", null],
    [{ items: null, plan: { id: "plan_old", interval: "year" } }, none, "yearly", "plan_old"],
    [items({ plan: { id: "plan_old", interval: "month" } }), none, "monthly", "plan_old"],
    [items({ price: "price_named" }), { monthly: ["price_named"], yearly: [] }, "monthly", "price_named"],
  ];
  for (const [more, prices, plan, priceId] of cases) {
    const state = read(more, prices);
    assert.equal([state.plan, state.price_id], [plan, priceId], JSON.stringify(more));
  }
});

test("takes of several items the one that we sell, whatever their order", () => {
  const sold = { monthly: ["price_b"], yearly: [] };
  const [a, b] = [priceOf("price_a", "year"), priceOf("price_b", "week")];
  for (const data of [
    [a, b],
    [b, a],
  ])
    assert.is(read(items(...data), sold).price_id, "price_b");
  for (const data of [
    [a, b],
    [b, a],
  ])
    assert.is(read(items(...data)).price_id, "price_a");
});

test("takes the period of the item that ends last, where each has its own", () => {
  const state = read(items(sampleItem(samplePrices.monthly, 100, 130), sampleItem(samplePrices.yearly, 90, 465)));
  assert.equal([state.current_period_start, state.current_period_end], [90, 465]);
});

test("knows that it will end by the flag or by the date alone, unless it has ended", () => {
  const cases: [Json, boolean][] = [
    [{}, false],
    [{ cancel_at_period_end: true, cancel_at: 200 }, true],
    [{ cancel_at_period_end: true }, true],
    [{ cancel_at: 180 }, true],
    [{ cancel_at: 180, status: "canceled" }, false],
  ];
  for (const [more, isScheduled] of cases) assert.is(isCancellationScheduled(read(more)), isScheduled);
});

test("keeps a pause of the collection as Stripe does: the status stays", () => {
  assert.is(read({ pause_collection: { behavior: "void" } }).status, "active");
  assert.is(read({ status: "paused" }).status, "paused");
});

test.run();
