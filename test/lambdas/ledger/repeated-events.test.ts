import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bounds, emptyLedger, type EventLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { writeLedger } from "../../../lambdas/ledger/ledger-format.ts";
import { recordEvent } from "../../../lambdas/ledger/record-event.ts";
import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import { Subscription } from "../../../lambdas/ledger/subscription-state.ts";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { envelope } from "../../../lambdas/stripe/stripe-event.ts";
import { toSubscriptionEvent } from "../../../lambdas/subscriptions/subscription-event.ts";
import { randomFrom, shuffled, withDoubles, withDuplicates } from "../../../samples/random.ts";
import { type Json, sampleEvent, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { changesRecord, makeSubscriptionHistory, matchesGroundTruth } from "../../../samples/subscription-history.ts";
import { playLife, rowAfter } from "../../helpers/play-life.ts";

const Event = envelope(Subscription);

const test = suite("a change that Stripe tells of by two Event objects");

type Gaps = "apart" | "half" | "none";

const histories = (gaps: Gaps, count: number, { late = 0, isOneLost = false } = {}) =>
  Array.from({ length: count }, (_, seed) => {
    const random = randomFrom(seed);
    const { events, end } = makeSubscriptionHistory({ name: `${gaps}_${seed}`, random, gaps, late });
    const middle = events.slice(1, -1).filter(changesRecord);
    const lost = isOneLost ? middle[seed % Math.max(1, middle.length)] : undefined;
    const doubled = withDoubles(
      events.filter((event) => event !== lost),
      0.2,
      random,
    );
    return { doubled, end, random };
  });

test("counts once where changes are a second apart: no false gap, every row right and certain", () => {
  for (const { doubled, end, random } of histories("apart", 200)) {
    const row = rowAfter(shuffled(withDuplicates(doubled, 0.1, random), random));
    assert.ok(matchesGroundTruth(row, end));
    assert.equal([row.order, row.gap_since], ["certain", null]);
  }
});

test("is never certain and wrong, whatever is in one second, late or lost, and the ledger is the same in any order", () => {
  for (const gaps of ["apart", "half", "none"] as const) {
    for (const kind of [{}, { late: 0.1 }, { isOneLost: true }]) {
      for (const { doubled, end, random } of histories(gaps, 40, kind)) {
        const row = rowAfter(doubled);
        if (row.order === "certain") assert.ok(matchesGroundTruth(row, end), JSON.stringify(doubled));
        assert.equal(playLife(shuffled(doubled, random)), playLife(doubled));
      }
    }
  }
});

test("shows few false gaps where all of a history is in one second", () => {
  const rows = histories("none", 300).map(({ doubled, end }) => ({ row: rowAfter(doubled), end }));
  assert.ok(rows.filter(({ row }) => row.gap_since !== null).length <= 6);
  assert.ok(rows.filter(({ row, end }) => matchesGroundTruth(row, end)).length >= 285);
});

const second = 1_767_225_600;

const inState = (index: number): Json => sampleSubscription({ start: index, end: index + 1 });

const change = (id: string, from: number, to: number, created: number): Json => {
  const { items } = inState(from);
  return sampleEvent(id, "customer.subscription.updated", created, inState(to), { items });
};

const begun = sampleEvent("evt_begun", "customer.subscription.created", second - 1, inState(0));

test("is right with 100 updates in one second between up to 40 states, in any order", () => {
  for (const states of [2, 7, 40]) {
    const random = randomFrom(states);
    let at = 0;
    const updates = Array.from({ length: 100 }, (_, index) => {
      // Each state once first, then any other.
      const to = index + 1 < states ? index + 1 : (at + 1 + Math.floor(random() * (states - 1))) % states;
      const event = change(`evt_${index}`, at, to, second);
      at = to;
      return event;
    });
    const events = [begun, ...updates];
    const row = rowAfter(events);
    assert.equal([row.current_period_start, row.gap_since], [at, null], `${states} states`);
    for (const seed of [1, 2]) assert.equal(playLife(shuffled(events, randomFrom(seed))), playLife(events));
  }
});

test("is right with 300 states open at once, as a busy history comes shuffled", () => {
  const events = [
    begun,
    ...Array.from({ length: 300 }, (_, index) => change(`evt_${index}`, index, index + 1, second + index)),
  ];
  const [stored] = Object.values(playLife(events));
  const evenFirst = [...events.filter((_, index) => index % 2 === 0), ...events.filter((_, index) => index % 2 === 1)];
  for (const order of [evenFirst, shuffled(events, randomFrom(1)), events.toReversed()]) {
    const row = rowAfter(order);
    assert.equal([row.current_period_start, row.order, row.gap_since], [300, "certain", null]);
    assert.equal(Object.values(playLife(order))[0], stored);
  }
});

test("assumes beyond its bounds, whatever the order, and is right again with the next second", () => {
  const crowd = Array.from({ length: 60 }, (_, index) => change(`evt_${index}`, index, index + 1, second));
  const events = [begun, ...crowd];
  const orders = [events, events.toReversed(), shuffled(events, randomFrom(1))];
  const rows = orders.map((order) => rowAfter(order));
  for (const row of rows) assert.is(row.order, "assumed");
  assert.equal(rows[1], rows[0]);
  assert.equal(rows[2], rows[0]);
  const next = change("evt_next", 60, 61, second + 1);
  for (const order of orders) {
    const row = rowAfter([...order, next]);
    assert.equal([row.current_period_start, row.order, row.gap_since], [61, "certain", null]);
  }
});

test("keeps a ledger under 70 KB, however much is open, repeated and in one second", () => {
  const random = randomFrom(1);
  const many = Array.from({ length: 1100 }, (_, index) => {
    const [from, to] = [3000 + 2 * index, 3001 + 2 * index];
    return change(`evt_open_${index}`, from, to, second + Math.floor(index / 4));
  });
  const repeated = withDoubles(many, 0.5, random);
  const crowd = Array.from({ length: 400 }, (_, index) => change(`evt_${index}`, index, index + 1, second + 1000));
  const ledger = shuffled([...repeated, ...crowd], random).reduce<EventLedger>(
    (before, detail) => recordEvent(before, toSubscriptionEvent(parse({ detail }, Event).detail)) ?? before,
    emptyLedger,
  );
  assert.is(resolveState(ledger).order, "assumed");
  assert.is(Object.keys(ledger.states).length, bounds.states);
  assert.is(ledger.transitions.length, bounds.transitions);
  assert.ok(ledger.untrackedFrom !== null);
  assert.ok(writeLedger(ledger).length < 70_000, `${writeLedger(ledger).length} bytes`);
});

test.run();
