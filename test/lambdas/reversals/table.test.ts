import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dynamodb } from "../../../lambdas/dynamodb/dynamodb.ts";
import { reversalsTable } from "../../../lambdas/reversals/reversals-table.ts";
import { rejects } from "../../helpers/rejects.ts";
import type { Tables } from "../../helpers/tables.ts";
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
  dynamodb.middlewareStack.add(
    (next) => async (given) => {
      try {
        return await next(given);
      } finally {
        answered += 1;
        if (answered === times) all.resolve();
        await all.promise;
      }
    },
    { step: "initialize", name: "together" },
  );
  try {
    return await Promise.all(Array.from({ length: times }, run));
  } finally {
    dynamodb.middlewareStack.remove("together");
  }
};

test("is told once whose it is, though two say so at the same time", async () => {
  await play(eventOf("refund.created", paidAt + 100, refundOf("linked_twice")));
  const table = reversalsTable(tables.payments);
  const payment = { userId: "user_twice", invoiceId: "in_linked_twice", expiresAt: 1 };
  const outcomes = await together(2, () => table.link("pi_linked_twice", payment, "event"));
  assert.equal(outcomes.map(({ outcome }) => outcome).toSorted(), ["applied", "duplicate"]);
  const item = (await tables.items(tables.payments)).find(({ PK }) => PK === "PAYMENT#pi_linked_twice");
  assert.is(Object(item?.["stripe_unpublished"]).length, 2);
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

test("is read as it is now, not as it was", async () => {
  const inputs: object[] = [];
  dynamodb.middlewareStack.add(
    (next) => async (given) => {
      inputs.push(given.input);
      return next(given);
    },
    { step: "initialize", name: "inputs" },
  );
  try {
    await reversalsTable(tables.payments).read("pi_now");
  } finally {
    dynamodb.middlewareStack.remove("inputs");
  }
  const Key = { PK: "PAYMENT#pi_now", SK: "REVERSALS" };
  assert.equal(inputs, [{ TableName: tables.payments, Key, ConsistentRead: true }]);
});

test.run();
