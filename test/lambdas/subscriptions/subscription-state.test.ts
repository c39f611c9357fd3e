import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import {
  accessOf,
  isCancellationScheduled,
  isEnded,
  stateOf,
  Subscription,
} from "../../../lambdas/subscriptions/subscription-state.ts";
import { type Json, sampleItem, samplePrices, sampleSubscription } from "../../../samples/stripe-objects.ts";

const test = suite("subscription");

const period = { start: 100, end: 200 };
const read = (more: Json) => stateOf(parse({ ...sampleSubscription(period), ...more }, Subscription));

const items = (...data: Json[]) => ({ items: { data } });

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

test("keeps a pause of the collection beside the status, which stays, and until when it lasts", () => {
  const paused = read({ pause_collection: { behavior: "void", resumes_at: 170 } });
  assert.equal([paused.status, paused.pause_collection, paused.pause_resumes_at], ["active", "void", 170]);
  const open = read({ pause_collection: { behavior: "keep_as_draft", resumes_at: null } });
  assert.equal([open.pause_collection, open.pause_resumes_at], ["keep_as_draft", null]);
  for (const none of [{}, { pause_collection: null }]) {
    assert.equal([read(none).pause_collection, read(none).pause_resumes_at], [null, null]);
  }
  assert.is(read({ status: "paused" }).status, "paused");
});

test("grants the most access while it is active or in trial, some while past due, and none in any other status", () => {
  const access = ["active", "trialing", "past_due", "unpaid", "incomplete", "paused", "canceled", "new_to_us"];
  assert.equal(
    access.map((status) => accessOf({ status })),
    [2, 2, 1, 0, 0, 0, 0, 0],
  );
});

test("has ended when it is canceled, or expired before its first payment, and else never", () => {
  const statuses = ["canceled", "incomplete_expired", "unpaid", "paused", "incomplete", "past_due", "active"];
  assert.equal(
    statuses.map((status) => isEnded({ status })),
    [true, true, false, false, false, false, false],
  );
});

test.run();
