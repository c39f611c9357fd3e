import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type BillingEvent, changesBetween } from "../../../lambdas/publishing/billing-event.ts";
import { leftAfter, toPublish, type Unpublished } from "../../../lambdas/publishing/to-publish.ts";

const test = suite("what is put on the bus of some items");

const event = (version: number, more: Partial<BillingEvent["detail"]> = {}): BillingEvent => ({
  type: "RefundRecorded",
  detail: { subject: "s", version, reason: "event", user_id: "u", changes: {}, state: { version }, ...more },
});

const waiting = (SK: string, changes: BillingEvent[][], published = 0): Unpublished => ({
  table: "payments",
  PK: "P",
  SK,
  published,
  changes,
});

const one = (SK: string, count: number, published = 0) =>
  waiting(
    SK,
    Array.from({ length: count }, (_, index) => [event(published + index + 1)]),
    published,
  );

const bus = "billing";
const versionsIn = ({ entries }: Pick<ReturnType<typeof toPublish>, "entries">) =>
  entries.map(({ Detail }) => Detail.version);
const markOf = (SK: string, from: number, through: number) => ({ table: "payments", PK: "P", SK, from, through });

test("is an entry for each of their events, the oldest first, and the marks of those; and which event it follows from", () => {
  const stripes = { id: "evt_1", type: "invoice.paid", created: 5, more: "secret" };
  const put = toPublish([one("A", 2, 3), one("B", 1)], { bus }, stripes);
  assert.equal([put.next, versionsIn(put)], ["entries", [4, 5, 1]]);
  assert.equal(put.marks, [markOf("A", 3, 5), markOf("B", 0, 1)]);
  assert.equal(put.detail, { id: "evt_1", type: "invoice.paid", created: 5 });
  const [entry] = put.entries;
  const Detail = event(4).detail;
  const expected = { Source: "homebiyori.billing", DetailType: "RefundRecorded", Detail, EventBusName: "billing" };
  assert.equal(entry, expected);
});

test("is put on the bus where it is one entry alone", () => {
  const { next, marks } = toPublish([one("A", 1)], { bus });
  assert.equal([next, marks], ["entries", [markOf("A", 0, 1)]]);
});

test("is nothing where nothing waits, and marks alone where nothing of it shows", () => {
  const nothing = { next: "nothing", entries: [], marks: [], detail: null };
  assert.equal(toPublish([], { bus }), nothing);
  assert.equal(toPublish([waiting("A", [], 7)], { bus }), nothing);
  assert.equal(toPublish([waiting("A", [[], []], 7)], { bus }), {
    ...nothing,
    next: "marks",
    marks: [markOf("A", 7, 9)],
  });
});

test("is ten entries at most, and the two of one change together", () => {
  assert.equal(toPublish([one("A", 12)], { bus }).marks, [markOf("A", 0, 10)]);
  const exact = toPublish([one("A", 8), waiting("B", [[event(1), event(1)]])], { bus });
  assert.equal([exact.entries.length, exact.marks], [10, [markOf("A", 0, 8), markOf("B", 0, 1)]]);
  const two = waiting("B", [[event(1), event(1)], [event(2)]]);
  const full = toPublish([one("A", 9), two, one("C", 1)], { bus });
  assert.equal([full.entries.length, full.marks], [10, [markOf("A", 0, 9), markOf("C", 0, 1)]]);
});

test("leaves the rest for the next call, until nothing is left", () => {
  let left = [one("A", 12), one("B", 9)];
  const calls: number[][] = [];
  const marks: unknown[] = [];
  for (let put = toPublish(left, { bus }); put.next !== "nothing"; put = toPublish(left, { bus })) {
    calls.push(versionsIn(put));
    marks.push(...put.marks);
    left = leftAfter(left, put.marks);
  }
  assert.equal(marks, [markOf("A", 0, 10), markOf("A", 10, 12), markOf("B", 0, 8), markOf("B", 8, 9)]);
  assert.equal(calls, [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [11, 12, 1, 2, 3, 4, 5, 6, 7, 8], [9]]);
  assert.equal(left, []);
  assert.equal(leftAfter([one("A", 3)], []), [one("A", 3)]);
  assert.equal(leftAfter([one("A", 3)], [{ ...markOf("A", 0, 2), table: "payments", PK: "Q" }]), [one("A", 3)]);
});

const filled = (bytes: number) => ({ fill: "あ".repeat(Math.ceil(bytes / 3)) });
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

test("is less than an execution's data may have, in all", () => {
  const large = Array.from({ length: 10 }, (_, index) => [event(index + 1, { state: filled(45_000) })]);
  let left = [waiting("A", large)];
  const calls: number[][] = [];
  while (left.length > 0) {
    const put = toPublish(left, { bus });
    assert.ok(bytesOf(put) < 210_000, `${bytesOf(put)}`);
    calls.push(versionsIn(put));
    left = leftAfter(left, put.marks);
  }
  assert.equal(calls, [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10],
  ]);
});

test("has no changes where an event would be too large with them, and then no state; both of a change go at once", () => {
  const changes = { fill: { from: null, to: filled(50_000) } };
  const detailOf = (more: Partial<BillingEvent["detail"]>) => {
    const put = toPublish([waiting("A", [[event(1, more), event(1, more)]])], { bus });
    assert.equal([put.entries.length, put.marks], [2, [markOf("A", 0, 1)]]);
    assert.ok(bytesOf(put) <= 201_000, `${bytesOf(put)}`);
    return put.entries[0]?.Detail;
  };
  const fits = { state: filled(47_000), changes };
  assert.equal(detailOf(fits), event(1, fits).detail);
  const large = { state: filled(50_000), changes };
  assert.equal(detailOf(large), event(1, { ...large, changes: null }).detail);
  const largest = { state: filled(100_000), changes };
  assert.equal(detailOf(largest), event(1, { changes: null, state: null }).detail);
});

test("tells what changed by the fields that differ, of which a missing one is as one that is null", () => {
  assert.equal(changesBetween(null, { a: 1, b: null }), { a: { from: null, to: 1 } });
  assert.equal(changesBetween({ a: 1, b: [1], c: 5 }, { a: 1, b: [2], d: undefined }), { b: { from: [1], to: [2] } });
  assert.equal(changesBetween({ a: 1 }, { a: null }), { a: { from: 1, to: null } });
  assert.equal(changesBetween({ a: undefined }, { a: null, b: false }), { b: { from: null, to: false } });
});

test.run();
