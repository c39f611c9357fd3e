import { suite } from "uvu";
import * as assert from "uvu/assert";
import { placeholdersOf, readDefinition } from "../../infra/processing/definition.ts";
import { workflows } from "../../infra/workflows.ts";
import { failure, hangs, runScripted, type Script } from "../helpers/scripted-machine.ts";

const test = suite("the paths of the state machines");

const found = { outcome: "found", userId: "u", customerId: "cus_1", subscriptionId: "sub_1", reason: null };
const publish = { next: "nothing", entries: [], marks: [], detail: null };
const applied = { outcome: "applied", changes: [], written: ["a row"], gap: "none", heal: null, publish };
const input = { id: "envelope", detail: { id: "evt_1", customer: 'with "quotes" and \\ in it' } };

const ends: Record<string, string> = {
  "write-payment": "Recorded",
  "link-payment": "Linked",
  "sync-subscription": "Synchronised",
  "record-reversal": "Recorded",
};

// A definition is named after the Lambda that does the work, and so is that Lambda's state.
const definitions = [...new Set(workflows.map(({ definition }) => definition))].map((name) => {
  const text = readDefinition(name);
  const state = name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const { ResultSelector, Retry } = JSON.parse(text).States[state];
  return {
    name,
    state,
    resolves: placeholdersOf(text).includes("resolve-customer"),
    // What comes after the work, where it can have left something to do.
    after: Object.keys(JSON.parse(text).States).filter((one) =>
      ["HasAnythingChanged", "IsAnEventMissing", ends[name]].includes(one),
    ),
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

for (const { name, state, resolves, after, selected, neverRetried } of definitions) {
  const way = [...(resolves ? ["ResolveCustomer", "IsItForUs"] : []), state];
  const failsAtLast = async (error: string) => {
    const { states, calls, status, sent, failure: failed } = await run(name, { last: [failure(error)] });
    assert.equal([status, states, failed?.Error], ["FAILED", [...way, ...deadLetterStates], error]);
    return { tries: calls[name], sent };
  };

  test(`${name}: does its work, and answers with the result alone`, async () => {
    const { status, states, output } = await run(name, {});
    assert.equal([status, states], ["SUCCEEDED", [...way, ...after]]);
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

const missing = {
  ...applied,
  gap: "open",
  heal: { name: "sub_1-100", input: { subscriptionId: "sub_1", gapSince: 100 } },
};
const syncing = (start: unknown[]) =>
  runScripted("sync-subscription", {
    "resolve-customer": [found],
    "sync-subscription": [missing],
    "heal-subscription": start,
    "dead-letter-queue": [{}],
  });
const wayToHealing = ["ResolveCustomer", "IsItForUs", "SyncSubscription", "IsAnEventMissing", "StartHealing"];
const alreadyExists = failure("StepFunctions.ExecutionAlreadyExistsException");

test("sync-subscription: starts the execution that heals an open gap, by the name and with the input that the Lambda says", async () => {
  const { status, states, started, output } = await syncing([{ ExecutionArn: "arn" }]);
  assert.equal([status, states], ["SUCCEEDED", [...wayToHealing, "HasAnythingChanged", "Synchronised"]]);
  const { name: Name, input: Input } = missing.heal;
  assert.equal(started, [{ StateMachineArn: "heal-subscription", Name, Input }]);
  assert.equal(output, missing);
});

test("sync-subscription: takes an execution that there is for success, at once", async () => {
  const { status, states, calls, output } = await syncing([alreadyExists]);
  assert.equal(
    [status, states, calls["heal-subscription"]],
    ["SUCCEEDED", [...wayToHealing, "HasAnythingChanged", "Synchronised"], 1],
  );
  assert.equal(output, missing);
});

test("sync-subscription: tries to start it again, and dead-letters the event if that fails all the time", async () => {
  const away = failure("StepFunctions.AWSStepFunctionsException");
  const late = await syncing([away, away, away, { ExecutionArn: "arn" }]);
  assert.equal([late.status, late.calls["heal-subscription"]], ["SUCCEEDED", 4]);
  const never = await syncing([away]);
  assert.equal(never.states, [...wayToHealing, ...deadLetterStates]);
  assert.is(never.calls["heal-subscription"], 4);
  assert.is(Object(never.sent[0]).failure.Error, "StepFunctions.AWSStepFunctionsException");
  const hanging = await syncing([hangs]);
  assert.equal([hanging.states.at(-1), hanging.calls["heal-subscription"]], ["DeadLettered", 4]);
});

const gap = { subscriptionId: "sub_1", userId: "u", gapSince: 100, waitSeconds: 3600 };
const healed = { outcome: "healed", changes: [], written: ["a row"], publish };
const healing = (answers: unknown[]) =>
  runScripted("heal-subscription", { "close-gap": answers, "dead-letter-queue": [{}] }, gap, "STANDARD");

test("heal-subscription: waits as long as it is told, then closes the gap", async () => {
  const { status, states, seconds, output } = await healing([healed]);
  assert.equal([status, states], ["SUCCEEDED", ["WaitForTheEvent", "CloseGap", "HasAnythingChanged", "Healed"]]);
  assert.is(seconds, 3600);
  assert.equal(output, healed);
});

test("heal-subscription: asks again where the answer could not be taken, and after any other error", async () => {
  const early = failure("SnapshotTooOld");
  const late = await healing([early, early, healed]);
  assert.equal([late.status, late.calls["close-gap"]], ["SUCCEEDED", 3]);
  assert.is((await healing([early])).calls["close-gap"], 9);
  for (const error of [...otherErrors, "StripeRateLimitError"]) {
    assert.is((await healing([failure(error), healed])).status, "SUCCEEDED");
    const never = await healing([failure(error)]);
    assert.equal([never.states.at(-1), never.calls["close-gap"]], ["DeadLettered", 15], error);
  }
});

test("heal-subscription: dead-letters its input, to be redriven, at once where only a person can help", async () => {
  for (const error of ["InvalidEvent", "Refused", "StripeKeyRefused"]) {
    const { states, calls, sent, failure: failed } = await healing([failure(error)]);
    assert.equal(states, ["WaitForTheEvent", "CloseGap", ...deadLetterStates]);
    assert.equal([calls["close-gap"], failed?.Error], [1, error]);
    const { event, stateMachine, execution } = Object(sent[0]);
    assert.equal(event, gap);
    assert.is(stateMachine, "arn:aws:states:region:account:stateMachine:heal-subscription");
    assert.is(execution, "arn:aws:states:region:account:execution:heal-subscription:run-1");
  }
});

const runAt = (page: number, more: object = {}) => ({ page, next: "page", paceSeconds: 2, name: null, ...more });
const reconciling = (answers: unknown[], start: unknown[] = [{}]) => {
  const machine = "arn:aws:states:region:account:stateMachine:reconcile";
  const script = { "compare-page": answers, [machine]: start, "dead-letter-queue": [{}] };
  return runScripted("reconcile", script, { run: { since: 5 } }, "STANDARD");
};

test("reconcile: compares page after page at its pace, each by what the last one said, until there is none", async () => {
  const done = runAt(3, { next: "done" });
  const { status, output, calls, seconds, serviceCalls } = await reconciling([runAt(1), runAt(2), done]);
  assert.equal([status, calls["compare-page"], seconds], ["SUCCEEDED", 3, 4]);
  assert.equal(output, { run: done });
  const given = serviceCalls.map(({ parameters }) => Object(parameters).Payload.event);
  assert.equal(given, [{ since: 5 }, runAt(1), runAt(2)]);
});

test("reconcile: hands on to the next execution, which is started once", async () => {
  const full = runAt(1000, { next: "execution", name: "night-2" });
  const { status, started, states } = await reconciling([full]);
  assert.equal([status, states.slice(-2)], ["SUCCEEDED", ["StartNextExecution", "Reconciled"]]);
  const StateMachineArn = "arn:aws:states:region:account:stateMachine:reconcile";
  assert.equal(started, [{ StateMachineArn, Name: "night-2", Input: { run: full } }]);
  assert.is((await reconciling([full], [alreadyExists])).status, "SUCCEEDED");
});

test("reconcile: asks for a page again that failed, and dead-letters the rest of the run if it fails all the time", async () => {
  const away = failure("StripeConnectionError");
  const late = await reconciling([runAt(1), away, runAt(2, { next: "done" })]);
  assert.equal([late.status, late.calls["compare-page"]], ["SUCCEEDED", 3]);
  const never = await reconciling([runAt(1), away]);
  assert.equal([never.states.at(-1), never.calls["compare-page"]], ["DeadLettered", 16]);
  assert.equal(Object(never.sent[0]).event, { run: runAt(1) });
  const refused = await reconciling([failure("StripeKeyRefused")]);
  assert.equal([refused.states.at(-1), refused.calls["compare-page"]], ["DeadLettered", 1]);
  assert.equal(Object(refused.sent[0]).event, { run: { since: 5 } });
});

test.run();
