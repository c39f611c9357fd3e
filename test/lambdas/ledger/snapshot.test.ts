import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { envelope } from "../../../lambdas/stripe/stripe-event.ts";
import { bounds, emptyLedger, type EventLedger, type Transition } from "../../../lambdas/ledger/event-ledger.ts";
import { recordEvent } from "../../../lambdas/ledger/record-event.ts";
import { readLedger, writeLedger } from "../../../lambdas/ledger/ledger-format.ts";
import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import { type Snapshot, takeSnapshot } from "../../../lambdas/ledger/snapshot.ts";
import { hashOf } from "../../../lambdas/ledger/state-hash.ts";
import { toSubscriptionEvent } from "../../../lambdas/subscriptions/subscription-event.ts";
import { stateOf, Subscription, type SubscriptionState } from "../../../lambdas/ledger/subscription-state.ts";
import { randomFrom, shuffled, withDoubles, withDuplicates } from "../../../samples/random.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import {
  changesRecord,
  makeSubscriptionHistory,
  type SubscriptionHistory,
} from "../../../samples/subscription-history.ts";
import { readFromStripe } from "../../helpers/read-from-stripe.ts";
import { stateFields } from "./states.ts";

const test = suite("a subscription that was read from Stripe's API");

const Event = envelope(Subscription);

const stored = (ledger: EventLedger): EventLedger => readLedger(writeLedger(ledger));

const play = (events: readonly Json[], first: EventLedger = emptyLedger): EventLedger =>
  events.reduce<EventLedger>(
    (ledger, detail) => stored(recordEvent(ledger, toSubscriptionEvent(parse({ detail }, Event).detail)) ?? ledger),
    first,
  );

const stateIn = (object: unknown): SubscriptionState => stateOf(parse(object, Subscription));

interface Read {
  snapshot: Snapshot;
  /** The event after which it was read. */
  index: number;
}

// Right after an event, answered after up to some seconds.
const readAfter = (history: SubscriptionHistory, index: number, answerSeconds: number): Read => ({
  index,
  snapshot: readFromStripe(history, { index, waitSeconds: 0, answerSeconds }),
});

type Gaps = "apart" | "half" | "none";
const allGaps: Gaps[] = ["apart", "half", "none"];

interface Kind {
  late?: number;
  doubles?: number;
  lost?: "none" | "one" | "many";
}

const kinds: Kind[] = [{}, { lost: "one" }, { lost: "many" }, { late: 0.1 }, { doubles: 0.2, late: 0.1, lost: "one" }];

const delivered = ({ events }: SubscriptionHistory, { doubles = 0, lost = "none" }: Kind, random: () => number) => {
  const middle = events.slice(1, -1).filter(changesRecord);
  const one = middle[Math.floor(random() * middle.length)];
  const arrive = events.filter((event) => (lost === "many" ? random() < 0.7 : lost === "none" || event !== one));
  return withDuplicates(withDoubles(arrive, doubles, random), 0.1, random);
};

const histories = (gaps: Gaps, { late = 0 }: Kind, count: number) =>
  Array.from({ length: count }, (_, seed) => {
    const random = randomFrom(seed);
    return { random, history: makeSubscriptionHistory({ name: `read_${seed}`, random, gaps, late }) };
  });

test("leaves every life right, certain and without a gap when it was read after the last event, whatever was lost", () => {
  for (const gaps of allGaps) {
    for (const kind of kinds) {
      for (const { random, history } of histories(gaps, kind, 30)) {
        const snapshot = readFromStripe(history, { waitSeconds: 20, answerSeconds: Math.floor(random() * 5) });
        const ledger = takeSnapshot(play(shuffled(delivered(history, kind, random), random)), snapshot);
        assert.ok(ledger);
        const { state, order, gapSince, missing } = resolveState(stored(ledger));
        assert.equal(
          [hashOf(state), order, gapSince, missing],
          [hashOf(snapshot.state), "certain", null, { after: [], before: [] }],
        );
        // What comes again, or late, changes nothing.
        assert.equal(resolveState(play(shuffled(history.events, random), ledger)), resolveState(ledger));
      }
    }
  }
});

// The events before and after a read that is taken in between; null where it is not.
const aroundRead = (history: SubscriptionHistory, arriving: Json[], { index, snapshot }: Read) => {
  const split = arriving.filter((event) => history.events.findIndex(({ id }) => isOf(event, id)) <= index);
  const rest = arriving.filter((event) => !split.includes(event));
  const before = split.filter(({ created }) => Number(created) < snapshot.from);
  const within = split.filter((event) => !before.includes(event));
  const ledger = takeSnapshot(play(before), snapshot);
  return ledger && { ledger: stored(ledger), after: [...within, ...rest] };
};

const isOf = ({ id }: Json, eventId: string): boolean => id === eventId || id === `${eventId}_double`;

test("is never certain and wrong, nor depends on the order, whatever is read when, and shows no gap where nothing is lost", () => {
  for (const gaps of allGaps) {
    for (const kind of [{}, { doubles: 0.2 }, { late: 0.1 }, { lost: "one" }] satisfies Kind[]) {
      for (const { random, history } of histories(gaps, kind, 60)) {
        const index = Math.floor(random() * history.events.length);
        const read = readAfter(history, index, Math.floor(random() * 5));
        const taken = aroundRead(history, delivered(history, kind, random), read);
        assert.ok(taken);
        const resolved = resolveState(play(shuffled(taken.after, random), taken.ledger));
        assert.equal(resolveState(play(shuffled(taken.after, random), taken.ledger)), resolved);
        const truth = hashOf(stateIn(history.objects.at(-1)));
        const told = JSON.stringify({ gaps, kind, read, events: taken.after });
        assert.ok(resolved.order === "assumed" || hashOf(resolved.state) === truth, told);
        if (!("lost" in kind) && !("late" in kind)) assert.is(resolved.gapSince, null, told);
        if (gaps === "apart" && Object.keys(kind).length === 0) assert.is(hashOf(resolved.state), truth, told);
      }
    }
  }
});

// The same life, but that nothing happens for a minute after one of its events.
const quietAfter = (history: SubscriptionHistory, index: number): SubscriptionHistory => ({
  ...history,
  events: history.events.map((event, at) =>
    at > index ? { ...event, created: Number(event["created"]) + 60 } : event,
  ),
  times: history.times.map((time, at) => (at > index ? time + 60 : time)),
});

test("that heals a life in the middle leaves no gap, whatever of what happened before comes after it, or never", () => {
  for (const gaps of allGaps) {
    for (const kind of [{}, { doubles: 0.2 }, { lost: "one" }, { lost: "many" }] satisfies Kind[]) {
      for (const { random, history } of histories(gaps, kind, 40)) {
        const index = Math.floor(random() * history.events.length);
        const life = quietAfter(history, index);
        const isBefore = (event: Json) => life.events.slice(0, index + 1).some(({ id }) => isOf(event, id));
        const burst = delivered(life, kind, random).filter(isBefore);
        const since = withDuplicates(life.events.slice(index + 1), 0.1, random);
        const snapshot = readFromStripe(life, { index, waitSeconds: 30, answerSeconds: Math.floor(random() * 5) });
        const ledger = takeSnapshot(play(burst.filter(() => random() < 0.5)), snapshot);
        assert.ok(ledger);
        const resolved = resolveState(play(shuffled([...burst, ...since], random), ledger));
        const told = JSON.stringify({ gaps, kind, index, id: life.subscriptionId });
        assert.equal(resolveState(play(since, ledger)), resolved, told);
        const truth = hashOf(stateIn(life.objects.at(-1)));
        assert.equal([hashOf(resolved.state), resolved.gapSince], [truth, null], told);
        if (gaps === "apart" || since.length === 0) assert.is(resolved.order, "certain", told);
      }
    }
  }
});

const active: SubscriptionState = { ...stateFields, status: "active" };
const pastDue: SubscriptionState = { ...stateFields, status: "past_due" };
const canceled: SubscriptionState = { ...stateFields, status: "canceled", ended_at: 90 };

const change = (
  created: number,
  from: SubscriptionState | null,
  to: SubscriptionState,
  type: Transition["type"] = "updated",
): Transition => ({ eventId: `evt_${created}_${hashOf(to)}`, created, type, from, to });

const after = (ledger: EventLedger | null, ...changes: Transition[]) =>
  changes.reduce((before, transition) => recordEvent(before, transition) ?? before, ledger ?? emptyLedger);

test("is not taken where an event of its first second or later is known, or it was read before the last one", () => {
  const known = after(emptyLedger, change(100, active, pastDue));
  assert.is(takeSnapshot(known, { state: active, from: 100, to: 104 }), null);
  assert.is(takeSnapshot(known, { state: active, from: 99, to: 103 }), null);
  const taken = takeSnapshot(known, { state: active, from: 101, to: 105 });
  assert.is(taken?.newest, 101);
  assert.is(takeSnapshot(taken ?? emptyLedger, { state: active, from: 101, to: 105 }), null);
});

test("of a subscription that goes on is not taken where it has ended, and an end is, with its own time", () => {
  const ended = after(emptyLedger, change(100, null, { ...canceled, ended_at: 100 }, "deleted"));
  assert.is(takeSnapshot(ended, { state: active, from: 200, to: 204 }), null);
  assert.is(takeSnapshot(ended, { state: canceled, from: 100, to: 104 }), null);
  const again = takeSnapshot(ended, { state: canceled, from: 101, to: 105 });
  assert.equal(again && resolveState(again).updatedAt, 90);
  const unknown = takeSnapshot(emptyLedger, { state: { ...canceled, ended_at: null }, from: 200, to: 204 });
  assert.equal(unknown && [resolveState(unknown).updatedAt, resolveState(unknown).order], [200, "certain"]);
  assert.equal(unknown && after(unknown, change(204, active, pastDue)), unknown);
});

test("may hold an event of its seconds already, or not: both leave no gap, and only a later one makes it certain", () => {
  const read = takeSnapshot(emptyLedger, { state: pastDue, from: 98, to: 102 });
  const held = resolveState(after(read, change(100, active, pastDue)));
  assert.equal([held.state.status, held.order, held.gapSince], ["past_due", "certain", null]);
  const since = resolveState(after(read, change(100, pastDue, active)));
  assert.equal([since.state.status, since.order, since.gapSince], ["active", "assumed", null]);
  const later = resolveState(after(read, change(100, active, pastDue), change(103, pastDue, active)));
  assert.equal([later.state.status, later.order, later.gapSince], ["active", "certain", null]);
});

test("and an event of its seconds that it has nothing to do with show a gap, until a later second", () => {
  const unpaid: SubscriptionState = { ...stateFields, status: "unpaid" };
  const read = takeSnapshot(emptyLedger, { state: active, from: 98, to: 102 });
  const apart = after(read, change(102, unpaid, pastDue));
  assert.equal([resolveState(apart).order, resolveState(apart).gapSince], ["assumed", 98]);
});

test("is followed by the first event of its subscription where that is of its seconds", () => {
  const read = takeSnapshot(emptyLedger, { state: active, from: 98, to: 102 });
  const begun = after(read, change(100, null, active, "created"));
  assert.equal([resolveState(begun).order, resolveState(begun).gapSince], ["certain", null]);
});

test("keeps the distinct transitions of its seconds in their order, and those of no other second", () => {
  const read = takeSnapshot(emptyLedger, { state: active, from: 98, to: 102 });
  const states = [active, pastDue, { ...stateFields, status: "unpaid" }, active];
  const all = [98, 100, 102].map((at, index) => change(at, states[index] ?? active, states[index + 1] ?? active));
  const names = states.map(hashOf);
  for (const order of [all, all.toReversed()]) {
    const known = after(
      read,
      ...order,
      change(103, active, canceled),
      change(97, active, { ...pastDue, cancel_at: 1 }),
    );
    const transitions = [`${names[0]}>${names[1]}`, `${names[1]}>${names[2]}`, `${names[2]}>${names[3]}`];
    assert.equal(known.snapshot?.transitions, transitions.toSorted());
  }
  const removed = after(read, change(100, null, canceled, "deleted"));
  assert.equal(removed.snapshot?.transitions, []);
});

test("that has ended is followed by what changes the end, without a gap", () => {
  const read = takeSnapshot(emptyLedger, { state: canceled, from: 98, to: 102 });
  const changed = resolveState(after(read, change(103, canceled, { ...canceled, cancel_at: 90 })));
  assert.equal([changed.state.cancel_at, changed.order, changed.gapSince], [90, "certain", null]);
});

test("ends with an end that comes after it", () => {
  const read = takeSnapshot(emptyLedger, { state: active, from: 98, to: 102 });
  const ended = resolveState(after(read, change(101, null, { ...canceled, ended_at: 101 }, "deleted")));
  assert.equal([ended.state.status, ended.order, ended.gapSince], ["canceled", "certain", null]);
});

test("keeps no more transitions of its seconds than of another, and assumes beyond", () => {
  const many = Array.from({ length: bounds.transitions + 5 }, (_, index) =>
    change(100, { ...active, current_period_end: index }, active),
  ).map((one, index) => ({ ...one, eventId: `evt_${index}` }));
  const read = takeSnapshot(emptyLedger, { state: active, from: 98, to: 102 });
  const full = after(read, ...many.slice(0, bounds.transitions - 1));
  assert.is(full.snapshot?.transitions.length, bounds.transitions - 1);
  const crowded = after(read, ...many);
  assert.is(crowded.snapshot?.transitions.length, bounds.transitions);
  assert.is(resolveState(crowded).order, "assumed");
});

test.run();
