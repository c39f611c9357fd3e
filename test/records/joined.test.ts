import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { joined } from "../../records/joined.ts";
import { rejects } from "../helpers/rejects.ts";

const test = suite("payments joined with their refunds");

// What DynamoDB answers where it is throttled, which the one on this machine never is: so many keys a call.
const throttled = (keysPerCall: number, calls: number[] = []) =>
  ({
    send: async ({ input }: BatchGetCommand) => {
      const keys = input.RequestItems?.["payments"]?.Keys ?? [];
      calls.push(keys.length);
      const [read, left] = [keys.slice(0, keysPerCall), keys.slice(keysPerCall)];
      const Items = read.map((key) => ({ ...key, expires_at: 9, refund_re_1: new Set([refund]) }));
      return { Responses: { payments: Items }, UnprocessedKeys: left.length > 0 ? { payments: { Keys: left } } : {} };
    },
  }) as unknown as DynamoDBDocumentClient;

const refund = JSON.stringify({ at: 1, status: "succeeded", amount: 100, currency: "jpy", created: 1 });

const payment = (...ids: string[]) => ({
  amount: 580,
  currency: "jpy",
  status: "succeeded",
  stripe_payment_intent_ids: new Set(ids),
});

test("ask again for the keys that DynamoDB leaves unread", async () => {
  const calls: number[] = [];
  const [one] = await joined(throttled(2, calls), "payments", [payment("pi_1", "pi_2", "pi_3")], 5);
  assert.equal([one?.refunded_amount, calls], [300, [3, 1]]);
});

test("ask for at most a hundred at a time, for each once, and for none of a failed payment", async () => {
  const calls: number[] = [];
  const ids = Array.from({ length: 150 }, (_, index) => `pi_${index}`);
  const failed = { ...payment("pi_failed"), status: "failed" };
  await joined(throttled(100, calls), "payments", [payment(...ids), payment("pi_1"), failed], 5);
  assert.equal(calls, [100, 50]);
});

test("leave out what has expired", async () => {
  const [one] = await joined(throttled(9), "payments", [payment("pi_1")], 9);
  assert.is(one?.refunded_amount, 0);
});

test("say so where DynamoDB reads nothing at all", async () => {
  const { message } = await rejects(joined(throttled(0), "payments", [payment("pi_1")], 5));
  assert.match(message, "DynamoDB left keys of payments unread 6 times in a row");
});

test.run();
