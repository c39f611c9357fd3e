import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type EventName,
  isProcessed,
  isRepeated,
  namesOfVersion1,
  type ProcessedEvents,
  remember,
} from "../../../lambdas/ledger/processed-events.ts";

const test = suite("the events that a ledger remembers");

const none: ProcessedEvents = { processedEvents: "", prunedUpTo: -1 };
const day = 24 * 3600;
const start = 1_767_225_600;

const named = (id: string, created: number, transition = `a>${id}`): EventName => ({
  eventId: `evt_${id}`,
  created,
  transition,
});

const all = (events: EventName[], first = none): ProcessedEvents => events.reduce(remember, first);

const many = (count: number, from = start, seconds = 1): EventName[] =>
  Array.from({ length: count }, (_, index) => named(`${from}_${index}`, from + seconds * index));

test("are known by their id and time, and no other is", () => {
  const events = many(30);
  const known = all(events);
  for (const event of events) assert.ok(isProcessed(known, event));
  assert.not(isProcessed(known, named("other", start)));
  assert.not(isProcessed(known, { ...named("x", start + 1), eventId: events[0]?.eventId ?? "" }));
  assert.not(isProcessed(none, named("x", start)));
});

test("are the same text in whatever order they came", () => {
  const events = [...many(20), named("old", 5), named("also", start)];
  assert.equal(all(events.toReversed()), all(events));
  assert.equal(all(events.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1))), all(events));
});

test("are found at the beginning of a name only", () => {
  const { processedEvents: name } = all([named("a", start)]);
  const shifted = (name.slice(1) + name.slice(0, 1)).repeat(2);
  assert.not(isProcessed({ ...none, processedEvents: shifted }, named("a", start)));
  assert.ok(isProcessed({ ...none, processedEvents: shifted + name }, named("a", start)));
});

test("tell whether another event of the same second was the same transition", () => {
  const known = all([named("a", start, "x>y"), named("b", start + 1, "y>x"), named("old", 5, "v>w")]);
  assert.ok(isRepeated(known, named("c", start, "x>y")));
  assert.ok(isRepeated(known, named("c", 5, "v>w")));
  assert.not(isRepeated(known, named("c", start + 1, "x>y")));
  assert.not(isRepeated(known, named("c", start, "y>x")));
  assert.not(isRepeated(none, named("c", start, "x>y")));
});

test("are pruned after 35 days, but for the newest 200 of them", () => {
  const old = many(3, start, day);
  const later = (count: number) => many(count, start + 36 * day + 1);
  assert.is(all([...old, ...later(197)]).prunedUpTo, -1);
  const pruned = all([...old, ...later(199)]);
  assert.is(pruned.prunedUpTo, start + day);
  assert.not(isProcessed(pruned, old[0] ?? named("x", 0)));
  assert.not(isProcessed(pruned, old[1] ?? named("x", 0)));
  assert.ok(isProcessed(pruned, old[2] ?? named("x", 0)));
  const kept = all([...old, ...many(250, start + 35 * day)]);
  assert.is(kept.prunedUpTo, start);
  // Several at once: up to the last of them.
  assert.is(all([...many(203), named("late", start + 40 * day)]).prunedUpTo, start + 3);
});

test("are kept at exactly 35 days, to the second", () => {
  const first = named("first", start);
  const until = (last: number) => all([first, ...many(250, last - 249)]).prunedUpTo;
  assert.is(until(start + 35 * day), -1);
  assert.is(until(start + 35 * day + 1), start);
});

test("are pruned beyond 1,000, however new", () => {
  const events = many(1001);
  assert.is(all(events.slice(0, 1000)).prunedUpTo, -1);
  const pruned = all(events);
  assert.is(pruned.prunedUpTo, start);
  assert.not(isProcessed(pruned, events[0] ?? named("x", 0)));
  assert.ok(isProcessed(pruned, events[1] ?? named("x", 0)));
  // The watermark never falls.
  assert.is(remember({ ...pruned, prunedUpTo: start + 7 }, named("next", start + 2000)).prunedUpTo, start + 7);
});

test("of version 1 are known by id and time as before, and repeat no transition", () => {
  const names = all([named("a", start), named("b", start + 1)]).processedEvents;
  const length = names.length / 2;
  const version1 = names.slice(0, 11) + names.slice(length, length + 11);
  const carried = { ...none, processedEvents: namesOfVersion1(version1) };
  assert.is(carried.processedEvents.length, names.length);
  for (const event of [named("a", start), named("b", start + 1)]) {
    assert.ok(isProcessed(carried, event));
    assert.not(isRepeated(carried, { ...event, eventId: "evt_other" }));
  }
  assert.is(namesOfVersion1(""), "");
});

test.run();
