import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emulatorKey } from "../../emulator/protocol/access-keys.ts";
import { handledTypes } from "../../infra/workflows.ts";
import { makeBillingLife } from "../../samples/billing-lives.ts";
import { randomFrom } from "../../samples/subscription-lives.ts";
import { type Running, startRunning } from "../helpers/running.ts";

const test = suite("the calls of DynamoDB");

let running: Running;
test.before(async () => {
  running = await startRunning();
});
test.after(() => running.stop());

// What an event costs in AWS is mostly decided by these: a call more is never an accident.
const callsWhenFirst: Record<string, string[]> = {
  "customer.subscription.created": ["Query", "GetItem", "UpdateItem"],
  "customer.subscription.deleted": ["Query", "GetItem", "UpdateItem"],
  "customer.subscription.updated": ["Query", "GetItem", "UpdateItem"],
  "invoice.paid": ["Query", "UpdateItem"],
  "invoice.payment_failed": ["Query", "UpdateItem"],
  "invoice.payment_succeeded": ["Query", "UpdateItem"],
  "invoice_payment.paid": ["UpdateItem"],
};

const madeBy = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = await running.calls();
  await work();
  const after = Object.entries(await running.calls()).filter(([call]) => !call.startsWith(`${emulatorKey} `));
  return after.flatMap(([call, times]) => {
    const action = call.replace(/^\S+ dynamodb:(\w+) .*/, "$1");
    return Array.from({ length: times - (before[call] ?? 0) }, () => action);
  });
};

const inOrder = (calls: string[]): string[] =>
  ["Query", "GetItem", "UpdateItem"].flatMap((a) => calls.filter((c) => c === a));

test("are these for each type of event, and a duplicate of a subscription's is not written again", async () => {
  const random = randomFrom(1);
  const events = Array.from({ length: 8 }, (_, index) => makeBillingLife(`calls_${index}`, random)).flat();
  for (const eventType of handledTypes) {
    const event = events.find(({ type }) => type === eventType);
    assert.ok(
      event,
      `There is no event for ${eventType} in a subscription's life: add one in samples/billing-lives.ts`,
    );
    assert.ok(callsWhenFirst[eventType], `Nothing says what ${eventType} may call: add it in test/local/calls.test.ts`);
    const first = await madeBy(() => running.handle(event));
    assert.equal(inOrder(first), callsWhenFirst[eventType], eventType);
    const isSubscription = eventType.startsWith("customer.subscription.");
    const again = await madeBy(() => running.handle(event));
    assert.equal(inOrder(again), isSubscription ? ["Query", "GetItem"] : first, `${eventType} again`);
  }
});

test.run();
