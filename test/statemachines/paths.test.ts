import { suite } from "uvu";
import * as assert from "uvu/assert";
import { failure, hangs, runScripted, type Script } from "../helpers/scripted-machine.ts";

const test = suite("the paths of the state machines");

const found = { outcome: "found", userId: "u", customerId: "cus_1", subscriptionId: "sub_1", reason: null };
const applied = { outcome: "applied", changes: [], written: ["a row"] };
const input = { id: "envelope", detail: { id: "evt_1", customer: 'with "quotes" and \\ in it' } };

const definitions = [
  { name: "payment-succeeded", last: "write-payment", state: "WritePayment" },
  { name: "payment-failed", last: "write-payment", state: "WritePayment" },
  { name: "subscription-updated", last: "sync-subscription", state: "SyncSubscription" },
];

const run = (name: string, last: string, script: { resolve?: unknown[]; last?: unknown[]; queue?: unknown[] }) => {
  const { resolve = [found], last: answers = [applied], queue = [{}] } = script;
  const all: Script = { "resolve-customer": resolve, [last]: answers, "dead-letter-queue": queue };
  return runScripted(name, all, input);
};

for (const { name, last, state } of definitions) {
  const deadLetterStates = ["SendToDeadLetterQueue", "DeadLettered"];
  const failsAtOnce = async (error: string) => {
    const { states, calls, status, failure: failed } = await run(name, last, { last: [failure(error)] });
    assert.equal(states, ["ResolveCustomer", "IsItForUs", state, ...deadLetterStates]);
    return { calls, status, failed };
  };

  test(`${name}: finds the customer, does its work, and answers with the result alone`, async () => {
    const { status, states, output } = await run(name, last, {});
    assert.is(status, "SUCCEEDED");
    assert.equal(states, ["ResolveCustomer", "IsItForUs", state]);
    const { changes: _, ...withoutChanges } = applied;
    assert.equal(output, name === "subscription-updated" ? applied : withoutChanges);
  });

  test(`${name}: skips what is not for us, and says why`, async () => {
    const skipped = { ...found, outcome: "skipped", userId: null, reason: "no subscription" };
    const { status, states, output } = await run(name, last, { resolve: [skipped] });
    assert.is(status, "SUCCEEDED");
    assert.equal(states, ["ResolveCustomer", "IsItForUs", "Skipped"]);
    assert.equal(output, skipped);
  });

  test(`${name}: dead-letters what is refused, with the reason`, async () => {
    const refused = { ...found, outcome: "refused", userId: null, reason: "two users" };
    const { status, states, sent } = await run(name, last, { resolve: [refused] });
    assert.is(status, "FAILED");
    assert.equal(states, ["ResolveCustomer", "IsItForUs", "Refused", ...deadLetterStates]);
    assert.equal(Object(sent[0]).failure, { Error: "Refused", Cause: "two users" });
  });

  test(`${name}: dead-letters an invalid event without another try, as it came`, async () => {
    const {
      status,
      failure: failed,
      states,
      calls,
      sent,
    } = await run(name, last, { resolve: [failure("InvalidEvent")] });
    assert.is(status, "FAILED");
    assert.is(failed?.Error, "InvalidEvent");
    assert.equal(states, ["ResolveCustomer", ...deadLetterStates]);
    assert.is(calls["resolve-customer"], 1);
    const { startedAt, execution, ...letter } = Object(sent[0]);
    assert.equal(letter, {
      event: input,
      failure: { Error: "InvalidEvent", Cause: "InvalidEvent happened" },
      stateMachine: `arn:aws:states:region:account:stateMachine:${name}`,
    });
    assert.match(execution, `arn:aws:states:region:account:express:${name}:run-1:`);
    assert.ok(Date.parse(startedAt) > 0);
    const atTheEnd = await failsAtOnce("InvalidEvent");
    assert.is(atTheEnd.calls[last], 1);
    assert.is(atTheEnd.failed?.Error, "InvalidEvent");
  });

  test(`${name}: waits for a customer that an index may not show yet, then gives up`, async () => {
    const missing = failure("CustomerNotFound");
    const late = await run(name, last, { resolve: [missing, missing, missing, found] });
    assert.is(late.status, "SUCCEEDED");
    assert.is(late.calls["resolve-customer"], 4);
    const never = await run(name, last, { resolve: [missing] });
    assert.is(never.failure?.Error, "CustomerNotFound");
    assert.is(never.calls["resolve-customer"], 4);
    assert.ok(never.seconds <= 14, `${never.seconds} s`);
  });

  test(`${name}: tries again after any other error, three times, then dead-letters`, async () => {
    for (const error of [
      "Error",
      "ProvisionedThroughputExceededException",
      "Lambda.TooManyRequestsException",
      "Sandbox.Timedout",
    ]) {
      const passing = failure(error);
      const recovered = await run(name, last, {
        resolve: [passing, found],
        last: [passing, passing, passing, applied],
      });
      assert.is(recovered.status, "SUCCEEDED", error);
      assert.equal([recovered.calls["resolve-customer"], recovered.calls[last]], [2, 4]);
      const { calls, failed } = await failsAtOnce(error);
      assert.is(calls[last], 4);
      assert.is(failed?.Error, error);
    }
  });

  test(`${name}: gives a Lambda that hangs ten seconds, four times`, async () => {
    const { states, calls, seconds, sent } = await run(name, last, { last: [hangs] });
    assert.equal(states, ["ResolveCustomer", "IsItForUs", state, ...deadLetterStates]);
    assert.is(calls[last], 4);
    assert.ok(seconds >= 40 && seconds <= 47, `${seconds} s`);
    assert.is(Object(sent[0]).failure.Error, "States.Timeout");
  });

  test(`${name}: tries the queue again, and fails by a name of its own if it stays away`, async () => {
    const away = failure("SQS.SqsException");
    const late = await run(name, last, { resolve: [failure("InvalidEvent")], queue: [away, away, {}] });
    assert.is(late.states.at(-1), "DeadLettered");
    assert.is(late.sent.length, 1);
    const never = await run(name, last, { resolve: [failure("InvalidEvent")], queue: [away] });
    assert.is(never.states.at(-1), "DeadLetterQueueUnreachable");
    assert.is(never.failure?.Error, "DeadLetterQueueUnreachable");
    assert.is(never.calls["dead-letter-queue"], 5);
  });

  test(`${name}: takes as long as its timeout allows at the very worst`, async () => {
    const { seconds, status } = await run(name, last, {
      resolve: [hangs],
      queue: [hangs],
    });
    assert.is(status, "FAILED");
    assert.ok(seconds < 270, `${seconds} s`);
  });
}

test("invoice-payment-paid: dead-letters what is invalid or refused without another try", async () => {
  for (const error of ["InvalidEvent", "Refused"]) {
    const script = { "link-payment": [failure(error)], "dead-letter-queue": [{}] };
    const { states, calls, sent } = await runScripted("invoice-payment-paid", script, input);
    assert.equal(states, ["LinkPayment", "SendToDeadLetterQueue", "DeadLettered"]);
    assert.is(calls["link-payment"], 1);
    assert.is(Object(sent[0]).failure.Error, error);
  }
});

test.run();
