import { suite } from "uvu";
import * as assert from "uvu/assert";
import { followRows, partsOfKey } from "../../../local/console/changed-rows.ts";

const test = suite("the rows that events have changed");

const key = "payments INVOICE#in_1 SUCCEEDED";

// What is stored is changed by the test.
const setUp = (args: { startsEmpty?: boolean; kept?: number } = {}) => {
  const stored = new Map<string, Record<string, unknown>>();
  const rows = followRows({ read: async (of) => stored.get(of) ?? null, startsEmpty: true, ...args });
  const write = async (eventId: string, value: number, of = key): Promise<void> => {
    stored.set(of, { value });
    await rows.add({ eventId, outcome: "applied", written: [of], retries: 0 });
  };
  return { rows, write, stored };
};

test("have what each event has found and left", async () => {
  const { rows, write } = setUp();
  await write("evt_1", 1);
  await write("evt_2", 2);
  assert.equal(rows.of("evt_1"), [{ key, before: null, after: { value: 1 } }]);
  assert.equal(rows.of("evt_2"), [{ key, before: { value: 1 }, after: { value: 2 } }]);
  assert.equal(rows.of("evt_3"), []);
});

test("have both of what an event has done twice, and a row once that it has written twice", async () => {
  const { rows, write, stored } = setUp();
  await write("evt_1", 1);
  await write("evt_1", 2);
  assert.is(rows.of("evt_1").length, 2);
  stored.set(key, { value: 3 });
  await rows.add({ eventId: "evt_2", outcome: "applied", written: [key, key], retries: 0 });
  assert.is(rows.of("evt_2").length, 1);
});

test("do not say what a row was before that was there already, or may have been changed by a reconciliation", async () => {
  const filled = setUp({ startsEmpty: false });
  await filled.write("evt_1", 1);
  assert.is(filled.rows.of("evt_1")[0]?.before, "unknown");
  const reconciled = setUp();
  await reconciled.write("evt_1", 1);
  await reconciled.rows.add({ eventId: "reconcile-1", outcome: "reconciled", written: [], retries: 0 });
  await reconciled.write("evt_2", 2);
  assert.is(reconciled.rows.of("evt_2")[0]?.before, "unknown");
});

test("do not say what a row was before where a Lambda may have written it and failed", async () => {
  const { rows, write } = setUp();
  await write("evt_1", 1);
  await rows.add({ eventId: "evt_2", outcome: "duplicate", written: [], retries: 1 });
  await write("evt_3", 3);
  assert.is(rows.of("evt_3")[0]?.before, "unknown");
});

test("are those of the newest events, and say of a row that is kept no longer that it was there", async () => {
  const { rows, write } = setUp({ kept: 2 });
  for (const n of [1, 2, 3]) await write(`evt_${n}`, n, `payments INVOICE#in_${n} SUCCEEDED`);
  assert.equal(rows.of("evt_1"), []);
  assert.is(rows.of("evt_3")[0]?.before, null);
  await write("evt_4", 4, "payments INVOICE#in_1 SUCCEEDED");
  assert.is(rows.of("evt_4")[0]?.before, "unknown");
});

test("are left out where DynamoDB does not answer, or has no such row", async () => {
  const failing = followRows({ read: () => Promise.reject(new Error("gone")), startsEmpty: true });
  await failing.add({ eventId: "evt_1", outcome: "applied", written: [key], retries: 0 });
  const { rows } = setUp();
  await rows.add({ eventId: "evt_1", outcome: "applied", written: [key], retries: 0 });
  assert.equal([failing.of("evt_1"), rows.of("evt_1")], [[], []]);
});

test("have keys of which the partition key may have spaces", () => {
  assert.equal(partsOfKey("core USER#a b SUBSCRIPTION"), { table: "core", hash: "USER#a b", range: "SUBSCRIPTION" });
});

test.run();
