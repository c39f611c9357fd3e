import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import {
  accessOf,
  isCancellationScheduled,
  isEnded,
  stateOf,
  Subscription,
} from "../../../lambdas/ledger/subscription-state.ts";
import { type Json, sampleItem, samplePrices, sampleSubscription } from "../../../samples/stripe-objects.ts";

const test = suite("subscription");

const period = { start: 100, end: 200 };
const read = (more: Json) => stateOf(parse({ ...sampleSubscription(period), ...more }, Subscription));

const items = (...data: Json[]) => ({ items: { data } });

const periodOf = (state: ReturnType<typeof read>) => [state.current_period_start, state.current_period_end];

test("takes the period of the item that ends last, where each has its own", () => {
  const state = read(items(sampleItem(samplePrices.monthly, 100, 130), sampleItem(samplePrices.yearly, 90, 465)));
  assert.equal([state.current_period_start, state.current_period_end], [90, 465]);
});

test("reads what Stripe says, null for what it leaves out, and its prices by their ids", () => {
  const bare = stateOf(parse({ object: "subscription", id: "sub_1", status: "active", created: 1 }, Subscription));
  const nothing = {
    customer_id: null,
    status: "active",
    prices: [],
    current_period_start: null,
    current_period_end: null,
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    ended_at: null,
    trial_start: null,
    trial_end: null,
    pause_collection: null,
    pause_resumes_at: null,
  };
  assert.equal(bare, nothing);
  const times = { cancel_at: 1, canceled_at: 2, ended_at: 3, trial_start: 4, trial_end: 5, cancel_at_period_end: true };
  const { customer_id: customer, prices, ...rest } = read({ ...times, current_period_start: 7, current_period_end: 8 });
  const { customer_id: _, prices: __, ...left } = nothing;
  assert.equal(rest, { ...left, ...times, current_period_start: 100, current_period_end: 200 });
  assert.equal([customer, prices.length], ["cus_sample", 1]);
  const ids = ["price_b", "price_d", "price_a", "price_c"];
  for (const order of [ids, ids.toReversed(), ids.toSorted()]) {
    const state = read(items(...order.map((price) => ({ price }))));
    assert.equal(
      state.prices.map(({ id }) => id),
      ids.toSorted(),
    );
  }
});

test("takes the period at the top where no item has one, and of items that end together the one that begins later", () => {
  const top = { current_period_start: 7, current_period_end: 8 };
  assert.equal(periodOf(read({ ...top, ...items({ price: "price_a" }) })), [7, 8]);
  assert.equal(periodOf(read({ ...top, items: null })), [7, 8]);
  assert.equal(periodOf(read({ ...top, ...items({ current_period_start: 5, current_period_end: null }) })), [7, 8]);
  assert.equal(periodOf(read({ ...top, ...items({ current_period_start: 0, current_period_end: 1 }) })), [0, 1]);
  const both = [
    { current_period_start: 1, current_period_end: 9 },
    { current_period_start: 2, current_period_end: 9 },
  ];
  for (const order of [both, both.toReversed()]) {
    assert.equal(periodOf(read(items(...order))), [2, 9]);
    assert.equal(periodOf(read(items({ current_period_end: 8 }, ...order))), [2, 9]);
  }
  assert.equal(periodOf(read(items({ current_period_end: 9 }, ...both))), [2, 9]);
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
