import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bandsOf } from "../../../console/customers/bands.ts";
import { inStripesOrder, stepOf } from "../../../console/customers/placed-states.ts";
import type { LoggedState } from "../../../ops/show/subscription-history.ts";

const test = suite("the bands of a subscription's life");

const state = (
  created: number | null,
  changes: [string, unknown, unknown][],
  more: Partial<LoggedState> = {},
): LoggedState => {
  const named = changes.map(([change, from, to]) => ({ change, from, to }));
  return {
    at: 9_000_000,
    eventId: created === null ? null : `evt_${created}`,
    created,
    by: created === null ? "heal" : "event",
    subscriptionId: "sub_1",
    outcome: created === null ? "healed" : "applied",
    changes: named,
    gapSince: null,
    status: null,
    says: named,
    ...more,
  };
};

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
  const heal = state(null, [status("active", "past_due")]);
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

const late = { outcome: "stale", changes: [] };

test("are those of the events themselves, in whatever order they came", () => {
  const [created, active, pastDue, again, failed, unpaid] = [
    state(0, [status(null, "incomplete")]),
    state(10, [status("incomplete", "active")], late),
    state(10, [status("active", "past_due")], late),
    state(20, [status("past_due", "active")], late),
    state(30, [status("active", "past_due")], late),
    state(40, [status("past_due", "unpaid")], {
      changes: [{ change: "status_changed", from: "incomplete", to: "unpaid" }],
    }),
  ];
  for (const order of [
    [created, unpaid, failed, again, active, pastDue],
    [unpaid, pastDue, active, again, created, failed],
  ])
    assert.equal(bands(order, "unpaid"), [
      ["incomplete", 0, 10],
      ["past_due", 10, 20],
      ["active", 20, 30],
      ["past_due", 30, 40],
      ["unpaid", 40, 100],
    ]);
});

test("are not known where an event is missing, or does not say its status", () => {
  const created = state(0, [status(null, "incomplete")]);
  const missing = [created, state(20, [status("active", "past_due")])];
  assert.equal(bands(missing, "past_due"), [
    ["incomplete → active", 0, 20],
    ["past_due", 20, 100],
  ]);
  assert.equal(bands([created], "active"), [["incomplete → active", 0, 100]]);
  assert.equal(bands([created, state(20, [["plan_changed", "a", "b"]], { status: "active" })]), [
    ["incomplete → active", 0, 20],
    ["active", 20, 100],
  ]);
  const silent = [10, 20].map((time) => state(time, [], { ...late, says: null }));
  assert.equal(bands([created, ...silent, state(40, [status("incomplete", "unpaid")])], "unpaid"), [
    ["incomplete", 0, 10],
    ["not known", 10, 40],
    ["unpaid", 40, 100],
  ]);
  const twoWays = [state(20, [status("incomplete", "active")]), state(20, [status("past_due", "unpaid")])];
  assert.equal(bands([created, ...twoWays]), [
    ["incomplete", 0, 20],
    ["not known", 20, 100],
  ]);
});

test("end with what ends the subscription, whatever else is of its second", () => {
  const ended = state(20, [status(null, "canceled"), ["cancelled", null, "canceled"]]);
  const events = [state(0, [status(null, "active")]), ended, state(20, [status("active", "past_due")], late)];
  assert.equal(bands(events, "canceled"), [
    ["active", 0, 20],
    ["canceled", 20, 100],
  ]);
});

test("place a heal after the late event that it stood in for", () => {
  const events = [state(10, [status(null, "active")]), state(50, [["plan_changed", "a", "b"]])];
  const heal = state(null, [status("active", "past_due")]);
  assert.equal(bands([...events, heal, state(70, [status("active", "past_due")], late)], "past_due"), [
    ["active", 10, 70],
    ["past_due", 70, 100],
  ]);
  assert.equal(bands([...events, heal, state(70, [status("unpaid", "past_due")], late)], "past_due"), [
    ["active → unpaid", 10, 70],
    ["past_due", 70, 100],
  ]);
});

test("chain what is of one second, whatever order it came in", () => {
  const ended = state(10, [status(null, "canceled")]);
  const [active, pastDue] = [
    state(10, [status("incomplete", "active")]),
    state(10, [["plan_changed", "a", "b"], status("active", "past_due")]),
  ];
  for (const before of [[], [state(0, [status(null, "incomplete")])]])
    assert.equal(
      inStripesOrder([ended, pastDue, ...before, active])
        .slice(-3)
        .map(stepOf),
      [
        { from: "incomplete", to: "active" },
        { from: "active", to: "past_due" },
        { from: null, to: "canceled" },
      ],
    );
});

test("say at what a gap opened and closed in the order of handling", () => {
  const gap = { gapSince: 0 };
  const events = [
    state(0, []),
    state(40, [], gap),
    state(20, [], { ...late, ...gap }),
    state(null, [], { outcome: "closed", ...gap }),
    state(10, [], late),
  ];
  const told = (states: LoggedState[]) =>
    inStripesOrder(states).map(({ time, opened, closed }) => [time, opened, closed]);
  assert.equal(told(events), [
    [0, null, null],
    [10, null, 0],
    [20, null, null],
    [40, 0, null],
    [40, null, null],
  ]);
  const healed = [...events.slice(0, 2), state(null, [], { outcome: "healed", ...gap })];
  assert.equal(told(healed).slice(1), [
    [40, 0, null],
    [40, null, 0],
  ]);
});

test.run();
