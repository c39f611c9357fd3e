import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bandsOf, inStripesOrder } from "../../../console/customers/bands.ts";
import type { LoggedState } from "../../../ops/show/subscription-history.ts";

const test = suite("the bands of a subscription's life");

const state = (
  created: number | null,
  changes: [string, unknown, unknown][],
  more: Partial<LoggedState> = {},
): LoggedState => ({
  at: 9_000_000,
  eventId: created === null ? null : `evt_${created}`,
  created,
  by: created === null ? "heal" : "event",
  subscriptionId: "sub_1",
  outcome: "applied",
  changes: changes.map(([change, from, to]) => ({ change, from, to })),
  gapSince: null,
  ...more,
});

const status = (from: string | null, to: string): [string, unknown, unknown] => ["status_changed", from, to];

const bands = (states: LoggedState[], all: string | null = null) =>
  bandsOf(inStripesOrder(states), { begin: 0, end: 100, status: all }).map(({ word, from, to }) => [word, from, to]);

test("are in the order of Stripe's time, not of the log's", () => {
  const trial = state(10, [status(null, "trialing")], { at: 2 });
  const active = state(20, [status("trialing", "active")], { at: 1 });
  assert.equal(bands([active, trial]), [
    ["trialing", 10, 20],
    ["active", 20, 100],
  ]);
});

test("begin with the status before the first change that is logged", () => {
  assert.equal(bands([state(30, [status("active", "past_due")])]), [
    ["active", 0, 30],
    ["past_due", 30, 100],
  ]);
});

test("are one where no change is logged", () => {
  assert.equal(bands([], "active"), [["active", 0, 100]]);
  assert.equal(bands([]), []);
});

test("place what was healed after the events that were known then", () => {
  const events = [state(10, [status(null, "active")]), state(50, [["cancellation_scheduled", null, 99]])];
  const heal = state(null, [status("active", "past_due")], { outcome: "healed" });
  assert.equal(bands([...events, heal, state(60, [status("past_due", "active")])]).slice(0, 3), [
    ["active", 10, 50],
    ["past_due", 50, 60],
    ["active", 60, 100],
  ]);
});

test("say from when to when a cancellation was to come, and its collection was paused", () => {
  const states = [
    state(10, [status(null, "active")]),
    state(20, [["cancellation_scheduled", null, 99]]),
    state(30, [["reactivated", 99, null]]),
    state(40, [["collection_paused", null, "void"]]),
    state(50, [["collection_paused", "void", "keep_as_draft"]]),
    state(60, [status("active", "canceled"), ["cancelled", "active", "canceled"]]),
  ];
  assert.equal(bands(states).slice(2), [
    ["to be cancelled", 20, 30],
    ["collection paused", 40, 50],
    ["collection paused", 50, 60],
  ]);
});

test.run();
