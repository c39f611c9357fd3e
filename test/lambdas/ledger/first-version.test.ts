import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { carryOver, knownFromVersion1, namesInVersion1 } from "../../../lambdas/ledger/first-version.ts";
import { hashesBeforeVersion2, hashOf } from "../../../lambdas/ledger/state-hash.ts";
import { stateFields } from "./states.ts";

const test = suite("what a ledger of version 1 has left open");

// What is left for each name when the open `old` is put to the states of today that it stands for.
const carried = (sums: Record<string, number>, names: string[], shown: string[] = []): Record<string, number> => {
  const after = new Map(Object.entries(sums));
  const known = Object.fromEntries(names.map((name) => [name, "old"]));
  carryOver(after, known, Object.fromEntries(shown.map((name) => [name, stateFields])));
  return Object.fromEntries([...after].filter(([, sum]) => sum !== 0));
};

test("meets the states of today that it balances, and none of the same sign", () => {
  assert.equal(carried({ old: 1, a: -1 }, ["a"]), {});
  assert.equal(carried({ old: -1, a: 1 }, ["a"]), {});
  assert.equal(carried({ old: 1, a: 1 }, ["a"]), { a: 2 });
  assert.equal(carried({ old: -1 }, ["a"]), { a: -1 });
  assert.equal(carried({ old: 1, b: 1 }, ["a", "b"]), { a: 1, b: 1 });
  assert.equal(carried({ old: 1, a: 1, b: -1 }, ["a", "b"]), { a: 1 });
  assert.equal(carried({ old: 3, a: -1, b: -4 }, ["a", "b"]), { b: -2 });
  assert.equal(carried({ old: -3, a: 5, b: -4 }, ["a", "b"]), { a: 2, b: -4 });
});

test("is left to the first of them: to one that is shown, then by its name", () => {
  assert.equal(carried({ old: 1 }, ["b", "a"]), { a: 1 });
  assert.equal(carried({ old: 1 }, ["a", "b"]), { a: 1 });
  assert.equal(carried({ old: 1 }, ["a", "b"], ["b"]), { b: 1 });
  assert.equal(carried({ old: 1 }, ["b", "a"], ["b"]), { b: 1 });
  assert.equal(carried({ old: 1 }, ["b", "a"], ["a", "b"]), { a: 1 });
  assert.equal(carried({ old: 2, a: -1 }, ["a", "b"], ["b"]), { b: 1 });
  assert.equal(carried({ a: 1, b: -1 }, ["a", "b"]), { a: 1, b: -1 });
});

test("is known by its old names, of both ends of an event, where it has any", () => {
  const [before, after] = [stateFields, { ...stateFields, status: "past_due" }];
  const [old = "", other = ""] = [before, after].flatMap(hashesBeforeVersion2);
  const open = (...names: string[]) => ({ ...emptyLedger, version1: { open: names, known: { x: "y" } } });
  const event = { eventId: "evt_1", created: 100, type: "updated" as const, from: before, to: after };
  assert.is(knownFromVersion1(emptyLedger, event), null);
  assert.equal(knownFromVersion1(open(old, other), event)?.known, {
    x: "y",
    [hashOf(before)]: old,
    [hashOf(after)]: other,
  });
  assert.equal(knownFromVersion1(open(old), event), { open: [old], known: { x: "y", [hashOf(before)]: old } });
  assert.equal(knownFromVersion1(open(other), { ...event, from: null })?.known, { x: "y", [hashOf(after)]: other });
});

test("keeps its names in the second that it came to, and in no other", () => {
  const [before, after] = [stateFields, { ...stateFields, status: "past_due" }];
  const [old = "", other = ""] = [before, after].flatMap(hashesBeforeVersion2);
  const ledger = { ...emptyLedger, newest: 100, transitions: [`${old}>${other}`] };
  const event = { eventId: "evt_1", created: 100, type: "updated" as const, from: before, to: after };
  const names = { from: hashOf(before), to: hashOf(after) };
  assert.equal(namesInVersion1(ledger, event, names), { from: old, to: other, state: after });
  assert.equal(namesInVersion1(ledger, { ...event, from: null }, { ...names, from: "" }), {
    from: "",
    to: other,
    state: after,
  });
  assert.equal(namesInVersion1(ledger, { ...event, created: 101 }, names), { ...names, state: after });
});

test.run();
