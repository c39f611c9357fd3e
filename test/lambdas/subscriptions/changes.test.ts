import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changesBetween } from "../../../lambdas/subscriptions/changes.ts";
import type { SubscriptionState } from "../../../lambdas/ledger/subscription-state.ts";
import { stateFields } from "../ledger/states.ts";

const test = suite("what changed between two states of a subscription");

const nothingSold = { monthly: [], yearly: [] };
const price = (id: string) => ({ id, months: 1, isMetered: false });

const between = (before: Partial<SubscriptionState> | null, after: Partial<SubscriptionState>) =>
  changesBetween(before && { ...stateFields, ...before }, { ...stateFields, ...after }, nothingSold);

test("is the status alone of one that is new, and its end where it has ended", () => {
  assert.equal(between(null, { status: "trialing", cancel_at: 5, pause_collection: "void" }), [
    { change: "status_changed", from: null, to: "trialing" },
  ]);
  assert.equal(between(null, { status: "canceled" }), [
    { change: "status_changed", from: null, to: "canceled" },
    { change: "cancelled", from: null, to: "canceled" },
  ]);
});

test("is nothing where nothing of it differs, or only what is no change of its own", () => {
  for (const same of [{}, { status: "canceled" }, { cancel_at: 5 }, { cancel_at_period_end: true }]) {
    assert.equal(between(same, same), []);
  }
  assert.equal(between({ current_period_end: 200 }, { current_period_end: 300 }), []);
  assert.equal(between({ canceled_at: null }, { canceled_at: 150 }), []);
});

test("is the price that tells the plan, from none and to none too", () => {
  const [a, b] = [[price("price_a")], [price("price_b")]];
  assert.equal(between({ prices: a }, { prices: b }), [{ change: "plan_changed", from: "price_a", to: "price_b" }]);
  assert.equal(between({ prices: [] }, { prices: b }), [{ change: "plan_changed", from: null, to: "price_b" }]);
  assert.equal(between({ prices: a }, { prices: [] }), [{ change: "plan_changed", from: "price_a", to: null }]);
  const sold = { monthly: ["price_b"], yearly: [] };
  const state = { ...stateFields, prices: [...a, ...b] };
  assert.equal(changesBetween(state, { ...state, prices: b }, sold), []);
});

test("is a cancellation, by the time that it will end, and its return by the time that it would have", () => {
  const until = { current_period_end: 200 };
  const scheduled = [{ change: "cancellation_scheduled", from: null, to: 200 }];
  assert.equal(between(until, { ...until, cancel_at_period_end: true }), scheduled);
  assert.equal(between(until, { ...until, cancel_at: 180 }), [{ ...scheduled[0], to: 180 }]);
  const back = [{ change: "reactivated", from: 200, to: null }];
  assert.equal(between({ ...until, cancel_at_period_end: true }, until), back);
  assert.equal(between({ ...until, cancel_at: 180 }, until), [{ ...back[0], from: 180 }]);
  assert.equal(between({ cancel_at: 180 }, { cancel_at: 190 }), []);
});

test("is no return where it has ended", () => {
  assert.equal(
    between({ cancel_at: 180 }, { status: "canceled" }).map(({ change }) => change),
    ["status_changed", "cancelled"],
  );
});

test("is a pause of its collection, another behaviour or time of it, and its end", () => {
  const paused = { pause_collection: "void", pause_resumes_at: 500 };
  assert.equal(between({}, paused), [{ change: "collection_paused", from: null, to: "void" }]);
  assert.equal(between(paused, {}), [{ change: "collection_resumed", from: "void", to: null }]);
  assert.equal(between(paused, { ...paused, pause_resumes_at: 600 }), [
    { change: "collection_paused", from: "void", to: "void" },
  ]);
  assert.equal(between(paused, { ...paused, pause_collection: "keep_as_draft" }), [
    { change: "collection_paused", from: "void", to: "keep_as_draft" },
  ]);
  assert.equal(between(paused, paused), []);
});

test.run();
