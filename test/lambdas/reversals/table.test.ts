import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Fact } from "../../../lambdas/reversals/facts.ts";
import { reversalsTable } from "../../../lambdas/reversals/reversals-table.ts";
import { withHook } from "../../helpers/hooked-dynamodb.ts";
import { rejects } from "../../helpers/rejects.ts";
import type { Tables } from "../../helpers/tables.ts";
import { charge, refund } from "./said.ts";
import { eventOf, open, paidAt, play, refundOf } from "./play.ts";

const test = suite("the table of refunds and disputes");

let tables: Tables;
test.before(async () => {
  ({ tables } = await open());
});

// Runs something so many times at once: the first call of DynamoDB of each is answered when those of all are.
const together = async <T>(times: number, run: () => Promise<T>): Promise<T[]> => {
  const all = Promise.withResolvers<void>();
  let answered = 0;
  const call = async (send: () => Promise<object>) => {
    try {
      return await send();
    } finally {
      answered += 1;
      if (answered === times) all.resolve();
      await all.promise;
    }
  };
  return withHook(call, () => Promise.all(Array.from({ length: times }, run)));
};

test("is told once whose it is, though two say so at the same time", async () => {
  await play(eventOf("refund.created", paidAt + 100, refundOf("linked_twice")));
  const table = reversalsTable(tables.payments);
  const payment = { userId: "user_twice", invoiceId: "in_linked_twice", expiresAt: 1 };
  const outcomes = await together(2, () => table.link("pi_linked_twice", payment, "event"));
  assert.equal(outcomes.map(({ outcome }) => outcome).toSorted(), ["applied", "duplicate"]);
  const item = (await tables.items(tables.payments)).find(({ PK }) => PK === "PAYMENT#pi_linked_twice");
  for (const list of [item?.["stripe_unpublished"], ...outcomes.map(({ unpublished }) => unpublished.changes)])
    assert.is(Object(list).length, 2);
});

test("takes live events only where its environment says so, and publishes on the bus that it names", async () => {
  const event = eventOf("refund.created", paidAt + 100, refundOf("settings"), { livemode: false });
  process.env["LIVEMODE"] = "live";
  try {
    assert.is((await rejects(play(event))).name, "Refused");
  } finally {
    process.env["LIVEMODE"] = "any";
  }
  const { outcome, publish } = (await play(event)).result;
  assert.equal([outcome, publish.entries[0]?.EventBusName], ["applied", "billing"]);
});

const itemOf = async (paymentId: string) =>
  (await tables.items(tables.payments)).find(({ PK }) => PK === `PAYMENT#${paymentId}`) ?? {};

test("has no change of an item that says only whose it is, and tells whose it was of one that was another's", async () => {
  const table = reversalsTable(tables.payments);
  const link = (userId: string, expiresAt: number) =>
    table.link("pi_owner", { userId, invoiceId: `in_${userId}`, expiresAt }, "event");
  assert.equal((await link("old", 1)).unpublished.changes, []);
  assert.is((await itemOf("pi_owner"))["stripe_unpublished"], undefined);
  await table.add("pi_owner", [refund("re_1", 20)], { expiresAt: 1, reason: "event" });
  const { unpublished } = await link("new", 2);
  assert.equal({ ...unpublished.changes.at(-1)?.[0]?.detail.changes }, { user_id: { from: "old", to: "new" } });
});

test("keeps an item as long as what is added last, though all of it is known, and fails where it cannot", async () => {
  const table = reversalsTable(tables.payments);
  const add = (expiresAt: number) => table.add("pi_kept", [refund("re_1", 20)], { expiresAt, reason: "event" });
  for (const [until, kept] of [
    [500, 500],
    [600, 600],
    [400, 600],
  ] as const) {
    await add(until);
    assert.is((await itemOf("pi_kept"))["expires_at"], kept);
  }
  const away = async (call: () => Promise<object>, input: object) => {
    if (Object(input).UpdateExpression === "SET expires_at = :expires_at") throw new Error("DynamoDB is away");
    return call();
  };
  const { message } = await rejects(withHook(away, () => add(700)));
  assert.is(message, "DynamoDB is away");
});

test("keeps an item longer that another has kept longer meanwhile", async () => {
  const table = reversalsTable(tables.payments);
  const add = (expiresAt: number) => table.add("pi_longer", [refund("re_1", 20)], { expiresAt, reason: "event" });
  await add(500);
  let isFirst = true;
  const meanwhile = async (call: () => Promise<object>, input: object) => {
    if (isFirst && Object(input).UpdateExpression === "SET expires_at = :expires_at") {
      isFirst = false;
      await add(900);
    }
    return call();
  };
  await withHook(meanwhile, () => add(600));
  assert.is((await itemOf("pi_longer"))["expires_at"], 900);
});

test("adds what it does not know of what is said, beside what it knows", async () => {
  const table = reversalsTable(tables.payments);
  const add = (...facts: Fact[]) => table.add("pi_more", facts, { expiresAt: 1, reason: "event" });
  await add(refund("re_1", 20));
  const { outcome, after } = await add(refund("re_1", 20), charge(20, 150));
  assert.equal([outcome, after.reversals.refunds.length, after.reversals.charge?.amount_refunded], ["applied", 1, 150]);
  assert.is((await add(refund("re_1", 20), refund("re_1", 30))).outcome, "applied");
});

test("is read as it is now, not as it was", async () => {
  const inputs: object[] = [];
  const seen = (call: () => Promise<object>, input: object) => {
    inputs.push(input);
    return call();
  };
  await withHook(seen, () => reversalsTable(tables.payments).read("pi_now"));
  const Key = { PK: "PAYMENT#pi_now", SK: "REVERSALS" };
  assert.equal(inputs, [{ TableName: tables.payments, Key, ConsistentRead: true }]);
});

test.run();
