import { suite } from "uvu";
import * as assert from "uvu/assert";
import { placeholdersOf, readDefinition } from "../../infra/processing/definition.ts";
import { workflows } from "../../infra/workflows.ts";
import { failure, hangs, runScripted, type Script } from "../helpers/scripted-machine.ts";

const test = suite("the paths of the state machines");

const found = { outcome: "found", userId: "u", customerId: "cus_1", subscriptionId: "sub_1", reason: null };
const applied = { outcome: "applied", changes: [], written: ["a row"] };
const input = { id: "envelope", detail: { id: "evt_1", customer: 'with "quotes" and \\ in it' } };

// A definition is named after the Lambda that does the work, and so is that Lambda's state.
const definitions = [...new Set(workflows.map(({ definition }) => definition))].map((name) => {
  const text = readDefinition(name);
  const state = name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const { ResultSelector, Retry } = JSON.parse(text).States[state];
  return {
    name,
    state,
    resolves: placeholdersOf(text).includes("resolve-customer"),
    selected: Object.keys(ResultSelector).map((key) => key.replace(".$", "")),
    neverRetried: Retry[0].ErrorEquals as string[],
  };
});

const run = (name: string, script: { resolve?: unknown[]; last?: unknown[]; queue?: unknown[] }) => {
  const { resolve = [found], last: answers = [applied], queue = [{}] } = script;
  const all: Script = { "resolve-customer": resolve, [name]: answers, "dead-letter-queue": queue };
  return runScripted(name, all, input);
};

const deadLetterStates = ["SendToDeadLetterQueue", "DeadLettered"];

const otherErrors = [
  "Error",
  "ProvisionedThroughputExceededException",
  "Lambda.TooManyRequestsException",
  "Sandbox.Timedout",
];

for (const { name, state, resolves, selected, neverRetried } of definitions) {
  const way = [...(resolves ? ["ResolveCustomer", "IsItForUs"] : []), state];
  const failsAtLast = async (error: string) => {
    const { states, calls, status, sent, failure: failed } = await run(name, { last: [failure(error)] });
    assert.equal([status, states, failed?.Error], ["FAILED", [...way, ...deadLetterStates], error]);
    return { tries: calls[name], sent };
  };

  test(`${name}: does its work, and answers with the result alone`, async () => {
    const { status, states, output } = await run(name, {});
    assert.equal([status, states], ["SUCCEEDED", way]);
    const answer = Object.entries(applied).filter(([key]) => selected.includes(key));
    assert.equal(output, Object.fromEntries(answer));
  });

  test(`${name}: dead-letters what a retry cannot fix at once, as it came`, async () => {
    assert.ok(neverRetried.includes("InvalidEvent"));
    for (const error of neverRetried) {
      const { tries, sent } = await failsAtLast(error);
      assert.is(tries, 1);
      const { startedAt, execution, ...letter } = Object(sent[0]);
      assert.equal(letter, {
        event: input,
        failure: { Error: error, Cause: `${error} happened` },
        stateMachine: `arn:aws:states:region:account:stateMachine:${name}`,
      });
      assert.match(execution, `arn:aws:states:region:account:express:${name}:run-1:`);
      assert.ok(Date.parse(startedAt) > 0);
    }
  });

  test(`${name}: tries again after any other error, three times, then dead-letters`, async () => {
    for (const error of otherErrors) {
      const passing = failure(error);
      const recovered = await run(name, { last: [passing, passing, passing, applied] });
      assert.equal([recovered.status, recovered.calls[name]], ["SUCCEEDED", 4], error);
      assert.is((await failsAtLast(error)).tries, 4);
    }
  });

  test(`${name}: gives a Lambda that hangs ten seconds, four times`, async () => {
    const { states, calls, seconds, sent } = await run(name, { last: [hangs] });
    assert.equal(states, [...way, ...deadLetterStates]);
    assert.is(calls[name], 4);
    assert.ok(seconds >= 40 && seconds <= 47, `${seconds} s`);
    assert.is(Object(sent[0]).failure.Error, "States.Timeout");
  });

  test(`${name}: tries the queue again, and fails by a name of its own if it stays away`, async () => {
    const away = failure("SQS.SqsException");
    const late = await run(name, { last: [failure("InvalidEvent")], queue: [away, away, {}] });
    assert.is(late.states.at(-1), "DeadLettered");
    assert.is(late.sent.length, 1);
    const never = await run(name, { last: [failure("InvalidEvent")], queue: [away] });
    assert.is(never.states.at(-1), "DeadLetterQueueUnreachable");
    assert.is(never.failure?.Error, "DeadLetterQueueUnreachable");
    assert.is(never.calls["dead-letter-queue"], 5);
  });

  test(`${name}: takes as long as its timeout allows at the very worst`, async () => {
    for (const script of [{ resolve: [hangs] }, { last: [hangs] }]) {
      const { seconds, status } = await run(name, { ...script, queue: [hangs] });
      assert.is(status, resolves || "last" in script ? "FAILED" : "SUCCEEDED");
      assert.ok(seconds < 270, `${seconds} s`);
    }
  });
}

for (const { name } of definitions.filter(({ resolves }) => resolves)) {
  test(`${name}: skips what is not for us, and says why`, async () => {
    const skipped = { ...found, outcome: "skipped", userId: null, reason: "no subscription" };
    const { status, states, output } = await run(name, { resolve: [skipped] });
    assert.is(status, "SUCCEEDED");
    assert.equal(states, ["ResolveCustomer", "IsItForUs", "Skipped"]);
    assert.equal(output, skipped);
  });

  test(`${name}: dead-letters what is refused, with the reason`, async () => {
    const refused = { ...found, outcome: "refused", userId: null, reason: "two users" };
    const { status, states, sent } = await run(name, { resolve: [refused] });
    assert.is(status, "FAILED");
    assert.equal(states, ["ResolveCustomer", "IsItForUs", "Refused", ...deadLetterStates]);
    assert.equal(Object(sent[0]).failure, { Error: "Refused", Cause: "two users" });
  });

  test(`${name}: dead-letters an event whose customer cannot be read without another try`, async () => {
    const { status, failure: failed, states, calls } = await run(name, { resolve: [failure("InvalidEvent")] });
    assert.equal([status, failed?.Error], ["FAILED", "InvalidEvent"]);
    assert.equal(states, ["ResolveCustomer", ...deadLetterStates]);
    assert.is(calls["resolve-customer"], 1);
  });

  test(`${name}: waits for a customer that an index may not show yet, then gives up`, async () => {
    const missing = failure("CustomerNotFound");
    const late = await run(name, { resolve: [missing, missing, missing, found] });
    assert.is(late.status, "SUCCEEDED");
    assert.is(late.calls["resolve-customer"], 4);
    const never = await run(name, { resolve: [missing] });
    assert.is(never.failure?.Error, "CustomerNotFound");
    assert.is(never.calls["resolve-customer"], 4);
    assert.ok(never.seconds <= 14, `${never.seconds} s`);
  });

  test(`${name}: looks the customer up again after any other error`, async () => {
    for (const error of otherErrors) {
      const { status, calls } = await run(name, { resolve: [failure(error), found] });
      assert.equal([status, calls["resolve-customer"]], ["SUCCEEDED", 2], error);
    }
  });
}

test.run();
