import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  bounds,
  emptyLedger,
  type EventLedger,
  repeatOf,
  type Transition,
} from "../../../lambdas/ledger/event-ledger.ts";
import { remember } from "../../../lambdas/ledger/processed-events.ts";
import { recordEvent } from "../../../lambdas/ledger/record-event.ts";
import { hashesBeforeVersion2, hashOf } from "../../../lambdas/ledger/state-hash.ts";
import type { SubscriptionState } from "../../../lambdas/ledger/subscription-state.ts";
import { stateFields } from "./states.ts";

const test = suite("an event that is put into a ledger");

const state = (index: number, more: Partial<SubscriptionState> = {}): SubscriptionState => ({
  ...stateFields,
  current_period_end: index,
  ...more,
});
const byHash = (x: SubscriptionState, y: SubscriptionState): number => (hashOf(x) < hashOf(y) ? -1 : 1);
// In the order of their hashes, so that a test can name that.
const [a = state(1), b = state(2), c = state(3), d = state(4)] = [1, 2, 3, 4]
  .map((index) => state(index))
  .toSorted(byHash);
const [A, B, C, D] = [hashOf(a), hashOf(b), hashOf(c), hashOf(d)];

let events = 0;
const event = (
  created: number,
  from: SubscriptionState | null,
  to: SubscriptionState,
  more: Partial<Transition> = {},
) => {
  events += 1;
  return { eventId: `evt_${events}`, created, type: "updated" as const, from, to, ...more };
};
const begin = (created: number, to: SubscriptionState) => event(created, null, to, { type: "created" });
const remove = (created: number, to: SubscriptionState) => event(created, null, to, { type: "deleted" });

const record = (all: Transition[], first: EventLedger = emptyLedger): EventLedger =>
  all.reduce((ledger, one) => recordEvent(ledger, one) ?? ledger, first);

const shown = (ledger: EventLedger) => {
  const { processedEvents: _, prunedUpTo: __, ...rest } = ledger;
  return rest;
};

const started = { ...shown(emptyLedger), started: true };

test("is counted by the state that it leaves and the one that it shows, and the newest second is kept whole", () => {
  const [first, second, third] = [begin(100, a), event(200, a, b), event(200, b, c)];
  assert.equal(shown(record([first])), {
    ...started,
    newest: 100,
    transitions: [`>${A}`],
    states: { [A]: a },
    balance: { [A]: [1, 100] },
  });
  assert.equal(shown(record([first, second, third])), {
    ...started,
    newest: 200,
    transitions: [`${A}>${B}`, `${B}>${C}`],
    states: { [B]: b, [C]: c },
    balance: { [A]: [0, 200], [B]: [0, 200], [C]: [1, 200] },
  });
  for (const order of [
    [third, second, first],
    [second, first, third],
  ]) {
    assert.equal(record(order), record([first, second, third]));
  }
  const { started: isStarted, newest } = record([second]);
  assert.equal([isStarted, newest], [false, 200]);
});

test("counts once, and is no event any more where its time is pruned", () => {
  const first = begin(100, a);
  const ledger = record([first]);
  assert.is(recordEvent(ledger, first), null);
  const pruned = { ...ledger, processedEvents: "", prunedUpTo: 100 };
  assert.is(recordEvent(pruned, event(100, a, b)), pruned);
  assert.not.equal(recordEvent(pruned, event(101, a, b)), pruned);
});

test("is kept as a repeat where another of its second was the same transition", () => {
  const ledger = record([begin(100, a), event(200, a, b), event(200, a, b), event(200, a, b)]);
  assert.equal(ledger.repeats, { [`200:${A}>${B}`]: 2 });
  assert.equal(ledger.balance, { [A]: [-2, 200], [B]: [3, 200] });
  assert.equal(ledger.transitions, [`${A}>${B}`]);
  assert.equal(record([event(200, a, b), event(201, a, b)]).repeats, {});
  const older = record([event(100, a, b), event(200, b, c), event(100, a, b)]);
  assert.equal(older.repeats, { [`100:${A}>${B}`]: 1 });
  // What changes nothing is no change that could be told of twice.
  const still = record([event(200, a, a), event(200, a, a)]);
  assert.equal([still.repeats, still.balance], [{}, { [A]: [0, 200] }]);
});

test("is the first one or the last one once, however often that is told of", () => {
  const twice = record([begin(100, a), begin(100, a)]);
  assert.equal([twice.repeats, twice.balance], [{}, { [A]: [1, 100] }]);
  const canceled = state(9, { status: "canceled" });
  const ends = record([remove(100, canceled), remove(100, canceled)]);
  assert.equal([ends.repeats, ends.balance], [{}, { [hashOf(canceled)]: [1, 100] }]);
});

const canceled = state(5, { status: "canceled" });
const expired = state(5, { status: "incomplete_expired" });

test("ends it where the subscription is deleted, or its status is one that ends, and nothing takes that back", () => {
  const end = (at: number, to: SubscriptionState) => ({ at, state: to, hash: hashOf(to) });
  for (const last of [remove(300, canceled), event(300, a, canceled), event(300, a, expired)]) {
    const ledger = record([begin(100, a), last]);
    assert.equal(
      [ledger.ended, ledger.transitions, ledger.states, ledger.isCrowded],
      [end(300, last.to), [], {}, false],
    );
    assert.equal(record([event(400, b, c)], ledger).ended, end(300, last.to));
    assert.equal(record([event(400, b, c), begin(100, a), last]).ended, end(300, last.to));
  }
  // The state that a deleted event shows is of no second's walk.
  assert.is(record([begin(100, a), remove(300, canceled)]).newest, 100);
  assert.is(record([remove(300, b)]).ended?.hash, B);
});

test("is the later end, or of one second the one of the larger hash, in any order", () => {
  const [small, large] = [canceled, expired].toSorted(byHash);
  assert.ok(small && large);
  for (const all of [
    [remove(300, small), remove(300, large)],
    [remove(300, large), remove(300, small)],
    [remove(300, large), remove(299, small)],
    [remove(299, small), remove(300, large)],
    [remove(300, large), remove(300, large)],
  ]) {
    assert.is(record(all).ended?.hash, hashOf(large));
    assert.is(record(all).ended?.at, 300);
  }
  const later = record([remove(300, small), remove(299, large)]).ended;
  assert.equal([later?.hash, later?.at], [hashOf(small), 300]);
});

test("keeps of two equal states the one whose prices say more, whichever comes first", () => {
  const known = state(1, { prices: [{ id: "price_1", months: 1, isMetered: false }] });
  const named = state(1, { prices: [{ id: "price_1", months: null, isMetered: false }] });
  const states = [
    [known, named],
    [named, known],
  ].map(([x, y]) => record([event(100, a, x ?? a), event(100, b, y ?? b)]).states);
  for (const found of states) assert.equal(found, { [hashOf(known)]: known });
});

const many = (count: number) => Array.from({ length: count }, (_, index) => state(1000 + index)).toSorted(byHash);

test("keeps so many states and transitions of one second, those of the smallest hashes, and says that there were more", () => {
  const states = many(bounds.states + 1);
  const full = record(states.slice(0, -1).map((to) => event(100, a, to)));
  assert.equal([full.isCrowded, Object.keys(full.states).length], [false, bounds.states]);
  for (const order of [states, states.toReversed()]) {
    const crowded = record(order.map((to) => event(100, a, to)));
    assert.is(crowded.isCrowded, true);
    assert.equal(Object.keys(crowded.states), states.slice(0, -1).map(hashOf));
    assert.is(record([event(100, a, states[0] ?? a)], crowded).isCrowded, true);
    assert.is(record([event(101, a, b)], crowded).isCrowded, false);
    assert.is(record([remove(100, canceled)], crowded).isCrowded, false);
  }
  const froms = many(bounds.transitions + 1);
  const edges = record(froms.map((from) => event(100, from, a)));
  assert.equal(
    edges.transitions,
    froms.slice(0, -1).map((from) => `${hashOf(from)}>${A}`),
  );
  assert.is(edges.isCrowded, true);
  assert.is(record(froms.slice(0, -1).map((from) => event(100, from, a))).isCrowded, false);
});

test("keeps so many repeats, those of the newest seconds", () => {
  const all = Array.from({ length: bounds.repeats + 2 }, (_, index) => [event(index, a, b), event(index, a, b)]).flat();
  for (const order of [all, all.toReversed()]) {
    const { repeats } = record(order);
    const seconds = Object.keys(repeats).map((key) => repeatOf(key).second);
    assert.equal([seconds.length, Math.min(...seconds)], [bounds.repeats, 2]);
  }
  const [x, y] = [`5:${A}>${B}`, `5:${C}>${D}`];
  const rest = Object.fromEntries(Array.from({ length: bounds.repeats - 1 }, (_, index) => [`${100 + index}:x>y`, 1]));
  const [twiceX, twiceY] = [
    [event(5, a, b), event(5, a, b)],
    [event(5, c, d), event(5, c, d)],
  ];
  for (const order of [
    [...twiceX, ...twiceY],
    [...twiceY, ...twiceX],
  ]) {
    const tie = record(order, { ...emptyLedger, repeats: rest });
    assert.equal([x in tie.repeats, y in tie.repeats], [true, false]);
  }
});

// Two transitions from a state of which the ledger's list of events has the same characters.
const collision = (): [SubscriptionState, SubscriptionState] => {
  const seen = new Map<string, SubscriptionState>();
  for (let index = 0; ; index += 1) {
    const to = state(5000 + index);
    const { processedEvents } = remember(emptyLedger, {
      eventId: "",
      created: 0,
      transition: `updated:${A}>${hashOf(to)}`,
    });
    const other = seen.get(processedEvents);
    if (other) return [other, to];
    seen.set(processedEvents, to);
  }
};

test("is told from another of the newest second by the whole of its transition, where all of those are known", () => {
  const [x, y] = collision();
  const both = [event(100, a, x), event(100, a, y)];
  assert.equal(record(both).repeats, {});
  assert.equal(record([...both, event(100, a, y)]).repeats, { [`100:${A}>${hashOf(y)}`]: 1 });
  // Of an older second, of one that had too many, and after an end the list of events is all that there is.
  const key = `100:${A}>${hashOf(y)}`;
  assert.equal(record([event(100, a, x), event(200, b, c), event(100, a, y)]).repeats, { [key]: 1 });
  const crowded = { ...record([event(100, a, x)]), isCrowded: true };
  assert.equal(record([event(100, a, y)], crowded).repeats, { [key]: 1 });
  const ended = { ...record([event(100, a, x)]), ended: { at: 90, state: canceled, hash: hashOf(canceled) } };
  assert.equal(record([event(100, a, y)], ended).repeats, { [key]: 1 });
});

test("names the second and the edge of a repeat", () => {
  assert.equal(repeatOf(`1767225600:${A}>${B}`), { second: 1_767_225_600, from: A, to: B });
});

const at = (excess: number, time: number): [number, number] => [excess, time];

test("follows so many open states, and from then on the half of the smallest hashes", () => {
  const open = Object.fromEntries(many(bounds.openStates).map((one) => [hashOf(one), at(1, 50)]));
  const hashes = Object.keys(open).toSorted();
  const ledger = { ...emptyLedger, balance: open };
  assert.is(record([event(100, null, many(1)[0] ?? a)], ledger).untrackedFrom, null);
  const crowded = record([event(100, null, a)], ledger);
  const half = [...hashes, A].toSorted()[bounds.openStates / 2];
  assert.is(crowded.untrackedFrom, half);
  assert.ok(Object.keys(crowded.balance).every((hash) => hash < `${half}`));
  assert.is(Object.keys(crowded.balance).length, bounds.openStates / 2);
  const limited = { ...emptyLedger, untrackedFrom: C };
  assert.equal(record([event(100, b, c), event(101, c, d)], limited).balance, { [B]: [-1, 100] });
  assert.is(record([event(100, b, c)], limited).untrackedFrom, C);
});

test("keeps so many states that are met, the newest, as a late event may open them again", () => {
  const met = many(bounds.balancedStates + 1);
  const balance = Object.fromEntries(met.map((one, index) => [hashOf(one), at(0, 50 + index)]));
  const { balance: kept } = record([event(1000, null, a)], { ...emptyLedger, balance });
  const hashes = met.slice(1).map(hashOf);
  assert.equal(Object.keys(kept), [...hashes, A].toSorted());
  for (const order of [met, met.toReversed()]) {
    const tied = Object.fromEntries(order.map((one) => [hashOf(one), at(0, 50)]));
    const sorted = record([event(10, null, a)], { ...emptyLedger, balance: tied }).balance;
    assert.equal(Object.keys(sorted), [...met.slice(0, -1).map(hashOf), A].toSorted());
  }
});

test("keeps the latest time of a state, whatever comes when", () => {
  assert.equal(record([event(200, null, a), event(100, a, b)]).balance[A], [0, 200]);
});

test("meets the names that a ledger of version 1 has for its states", () => {
  const [old] = hashesBeforeVersion2(a);
  const ledger: EventLedger = {
    ...emptyLedger,
    newest: 100,
    transitions: [`>${old}`],
    states: { [`${old}`]: a },
    balance: { [`${old}`]: [1, 100] },
    version1: { open: [`${old}`], known: {} },
  };
  const later = record([event(200, a, b)], ledger);
  assert.equal(later.version1, { open: [old], known: { [A]: old } });
  assert.equal(later.balance, { [`${old}`]: [1, 100], [A]: [-1, 200], [B]: [1, 200] });
  assert.equal(record([event(300, c, a)], later).version1, later.version1);
  const same = record([event(100, a, b)], ledger);
  assert.equal(same.balance, { [`${old}`]: [0, 100], [B]: [1, 100] });
  assert.equal(same.transitions.toSorted(), [`>${old}`, `${old}>${B}`].toSorted());
  assert.equal(record([event(100, b, a)], ledger).balance, { [`${old}`]: [2, 100], [B]: [-1, 100] });
  assert.is(record([event(100, a, b)]).version1, null);
});

test.run();
