import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Envelope } from "../../../emulator/eventbridge/envelope.ts";
import type { FaultPlan } from "../../../emulator/faults/faults.ts";
import { makeFunction, makeQueue, makeRole, makeStateMachine, startProgram } from "../../helpers/program-parts.ts";

const test = suite("PutEvents on a second bus");

// Calls as the SDK does, but once; a task could not give it more than 256 KiB.
const code = `exports.handler = async ({ Entries, bytes }) => {
  if (bytes) Entries = [{ ...Entries[0], Source: "a", DetailType: "b", Detail: '{"n":"' + "x".repeat(bytes - 10) + '"}' }];
  const response = await fetch(process.env.AWS_ENDPOINT_URL_EVENTBRIDGE, {
    method: "POST",
    headers: { "x-amz-target": "AWSEvents.PutEvents", authorization: "AWS4-HMAC-SHA256 Credential=" + process.env.AWS_ACCESS_KEY_ID + "/2027/a" },
    body: JSON.stringify({ Entries }),
  });
  return { status: response.status, ...(await response.json()) };
}`;

const busArn = (name: string) => `arn:aws:events:eu-west-1:123456789012:event-bus/${name}`;
const machineArn = (name: string) => `arn:aws:states:eu-west-1:123456789012:stateMachine:${name}`;

const mayPut = { Action: "events:PutEvents", Resource: [busArn("billing"), busArn("gone")] };

const consumer = (): void => {
  const bus = new aws.cloudwatch.EventBus("billing", { name: "billing" });
  new aws.cloudwatch.EventArchive("billing", { name: "billing", eventSourceArn: bus.arn, retentionDays: 5 });
  const machine = makeStateMachine("consumer", "EXPRESS", {
    Rest: { Type: "Wait", Seconds: 50, Next: "Done" },
    Done: { Type: "Succeed" },
  });
  const eventPattern = JSON.stringify({ source: ["homebiyori.billing"] });
  const dead = makeQueue("consumer-dead");
  const rule = new aws.cloudwatch.EventRule("consumer", { name: "consumer", eventBusName: bus.name, eventPattern });
  new aws.cloudwatch.EventTarget("consumer", {
    rule: rule.name,
    eventBusName: bus.name,
    targetId: "consumer",
    arn: machine.arn,
    roleArn: makeRole("consumer-rule", "events.amazonaws.com", [{ Action: "states:StartExecution" }]).arn,
    retryPolicy: { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 },
    deadLetterConfig: { arn: dead.arn },
  });
  const allow = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage" };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [allow] });
  new aws.sqs.QueuePolicy("consumer-dead", { queueUrl: dead.url, policy });
};

const program = (): void => {
  consumer();
  const Resource = "arn:aws:states:::events:putEvents";
  const Put = { Type: "Task", Resource, TimeoutSeconds: 5, Parameters: { "Entries.$": "$.Entries" }, End: true };
  makeStateMachine("publisher", "EXPRESS", { Put }, { allow: [mayPut] });
  makeStateMachine("standard", "STANDARD", { Put }, { allow: [mayPut] });
  makeStateMachine("may-not", "EXPRESS", { Put });
  for (const [name, allow] of Object.entries({ reporter: [mayPut], "may-not-either": [] })) {
    const Parameters = makeFunction(name, code, allow).arn.apply((FunctionName) => ({
      FunctionName,
      "Payload.$": "$",
    }));
    const Call = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", TimeoutSeconds: 5, Parameters, End: true };
    makeStateMachine(
      `${name}-machine`,
      "EXPRESS",
      { Call: pulumi.output(Call) },
      { allow: [{ Action: "lambda:InvokeFunction" }] },
    );
  }
};

const startWith = async (faults: FaultPlan["faults"] = []) => {
  const published: [Envelope, string][] = [];
  const emulator = await startProgram(program, {
    faults: { seed: 1, faults },
    onPublished: (event, bus) => published.push([event, bus]),
  });
  const run = async (machine: string, input: object) => emulator.executions.start(machineArn(machine), "one", input);
  const call = async (lambda: string, input: object) => Object((await run(`${lambda}-machine`, input))?.output).Payload;
  return { ...emulator, published, run, call };
};

const entryOf = (n: number, more: object = {}) => ({
  Source: "homebiyori.billing",
  DetailType: "PaymentRecorded",
  Detail: { n },
  EventBusName: "billing",
  ...more,
});

const textual = (n: number, more: object = {}) => entryOf(n, { Detail: JSON.stringify({ n }), ...more });

let emulator: Awaited<ReturnType<typeof startWith>>;
test.before(async () => {
  emulator = await startWith();
});
test.before.each(() => {
  emulator.published.length = 0;
});
test.after(() => emulator.stop());

test("answers a task as Step Functions does, and adds the machine and the execution to each event's resources", async () => {
  const Entries = [entryOf(1), textual(2, { Resources: ["one"], EventBusName: busArn("billing") })];
  const execution = await emulator.run("publisher", { Entries });
  const { Entries: results, ...rest } = Object(execution?.output);
  assert.equal(rest, { FailedEntryCount: 0 });
  assert.equal(
    emulator.published.map(([, bus]) => bus),
    ["billing", "billing"],
  );
  const added = [machineArn("publisher"), execution?.arn];
  for (const [index, [event]] of emulator.published.entries()) {
    const { time, ...others } = Object(event);
    assert.equal(others, {
      version: "0",
      id: results[index].EventId,
      "detail-type": "PaymentRecorded",
      source: "homebiyori.billing",
      account: "123456789012",
      region: "eu-west-1",
      resources: index === 0 ? added : ["one", ...added],
      detail: { n: index + 1 },
    });
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
});

test("is called by a Standard machine too", async () => {
  const { executions, published } = emulator;
  const { arn } = executions.startInBackground(machineArn("standard"), JSON.stringify({ Entries: [entryOf(1)] }));
  await executions.idle();
  assert.is(executions.find(arn)?.status, "SUCCEEDED");
  assert.equal(Object(published[0]?.[0]).resources, [machineArn("standard"), arn]);
});

test("delivers to the rules of that bus and archives there, in the background", async () => {
  const { run, executions, replays, cloudwatch, clock } = emulator;
  const before = clock.now();
  const sum = () =>
    cloudwatch.metrics
      .all()
      .filter(({ metric }) => metric.metricName === "ExecutionsSucceeded")
      .filter(({ metric }) => metric.dimensions["StateMachineArn"] === machineArn("consumer"))
      .reduce((total, metric) => total + metric.sum, 0);
  const archived = replays.archives[0]?.events().length ?? 0;
  await executions.idle();
  const succeeded = sum();
  await run("publisher", { Entries: [entryOf(1), entryOf(2, { Source: "other" })] });
  assert.is(sum(), succeeded);
  await executions.idle();
  assert.is(sum(), succeeded + 1);
  assert.ok(clock.now() - before >= 50_000);
  assert.is(replays.archives[0]?.events().length, archived + 2);
});

test("fails the task for entries that EventBridge refuses, and puts the others", async () => {
  const cases: [object, string][] = [
    [{ Source: "" }, "InvalidArgument"],
    [{ Source: "aws.shop" }, "NotAuthorizedForSourceException"],
    [{ Detail: '"a text"' }, "MalformedDetail"],
    [{ Detail: "{" }, "MalformedDetail"],
  ];
  for (const [more, errorCode] of cases) {
    emulator.published.length = 0;
    const execution = await emulator.run("publisher", { Entries: [entryOf(1, more), entryOf(2)] });
    assert.is(execution?.failure?.Error, "EventBridge.FailedEntry");
    const { Entries, FailedEntryCount } = JSON.parse(`${execution?.failure?.Cause}`);
    assert.equal([FailedEntryCount, Entries[0].ErrorCode], [1, errorCode]);
    assert.equal(Object.keys(Entries[1]), ["EventId"]);
    assert.equal(
      emulator.published.map(([{ detail }]) => detail),
      [{ n: 2 }],
    );
  }
});

test("counts the entries, and those that failed, of all buses together", async () => {
  const sums = () =>
    ["PutEventsEntriesCount", "PutEventsFailedEntriesCount"].map((name) => {
      const found = emulator.cloudwatch.metrics.all().find(({ metric }) => metric.metricName === name);
      return found?.sum ?? 0;
    });
  const [entries = 0, failed = 0] = sums();
  await emulator.run("publisher", { Entries: [entryOf(1, { Source: "" }), entryOf(2), entryOf(3)] });
  assert.equal(sums(), [entries + 3, failed + 1]);
});

test("fails the call for too many entries, none, and too many bytes", async () => {
  for (const Entries of [[], Array.from({ length: 11 }, () => entryOf(1))]) {
    const execution = await emulator.run("publisher", { Entries });
    assert.is(execution?.failure?.Error, "EventBridge.EventBridgeException");
    assert.match(`${execution?.failure?.Cause}`, "PutEvents takes 1 to 10");
  }
  const putLarge = (bytes: number) => emulator.call("reporter", { Entries: [textual(1)], bytes });
  assert.is((await putLarge(1024 * 1024)).FailedEntryCount, 0);
  const refused = await putLarge(1024 * 1024 + 1);
  assert.equal(refused, {
    status: 400,
    __type: "ValidationException",
    message: "Total size of the entries in the request is over the limit.",
  });
  assert.is(emulator.published.length, 1);
});

test("is refused to a role that may not call it on the bus", async () => {
  const execution = await emulator.run("may-not", { Entries: [entryOf(1)] });
  assert.is(execution?.failure?.Error, "EventBridge.EventBridgeException");
  const denied = `is not authorized to perform: events:PutEvents on resource: ${busArn("billing")} because`;
  assert.match(`${execution?.failure?.Cause}`, denied);
  const other = await emulator.run("publisher", { Entries: [entryOf(1, { EventBusName: "shop" })] });
  assert.match(`${other?.failure?.Cause}`, busArn("shop"));
  const answer = await emulator.call("may-not-either", { Entries: [textual(1)] });
  assert.equal([answer.status, answer.__type], [400, "AccessDeniedException"]);
  assert.match(answer.message, denied);
  assert.equal(emulator.published, []);
});

test("records the uses of the roles", async () => {
  await emulator.run("publisher", { Entries: [entryOf(1)] });
  await emulator.call("reporter", { Entries: [textual(1)] });
  const uses = (await emulator.uses()).filter(({ request }) => request.action === "events:PutEvents");
  for (const role of ["role publisher-machine", "role reporter-lambda"])
    assert.ok(uses.some(({ policies, request }) => policies.includes(role) && request.resource === busArn("billing")));
});

test("loses without a word what is put on a bus that there is not, as AWS does", async () => {
  const { output } = Object(await emulator.run("publisher", { Entries: [entryOf(1, { EventBusName: "gone" })] }));
  assert.is(output.FailedEntryCount, 0);
  assert.equal(emulator.published, []);
});

test("is called by a Lambda", async () => {
  const { status, FailedEntryCount } = await emulator.call("reporter", { Entries: [textual(1), textual(2)] });
  assert.equal([status, FailedEntryCount], [200, 0]);
  assert.equal(
    emulator.published.map(([event]) => [event.detail, Object(event).resources]),
    [
      [{ n: 1 }, []],
      [{ n: 2 }, []],
    ],
  );
});

// How a machine and a Lambda fail by each fault, and which of two events are put.
const faults: [FaultPlan["faults"][number]["kind"], string, string | number, number[]][] = [
  ["throttles", "EventBridge.FailedEntry", "ThrottlingException", [2]],
  ["errors", "EventBridge.FailedEntry", "InternalFailure", [2]],
  ["fails", "EventBridge.InternalException", 500, []],
  ["fails-after-put", "EventBridge.InternalException", 500, [1, 2]],
  ["loses", "", 200, []],
];

for (const [kind, error, answered, put] of faults) {
  test(`has the fault ${kind}, at a machine by the ids of events, and at a Lambda`, async () => {
    const byEvent = { hop: "publish" as const, kind, events: ["evt_1"] };
    const faulty = await startWith([byEvent, { hop: "publish", kind, probability: 1, at: "reporter" }]);
    try {
      const whole = await faulty.run("publisher", { id: "evt_2", Entries: [entryOf(1), entryOf(2)] });
      assert.is(whole?.status, "SUCCEEDED");
      const numbers = () => faulty.published.splice(0).map(([{ detail }]) => Object(detail).n);
      assert.equal(numbers(), [1, 2]);
      const execution = await faulty.run("publisher", { id: "evt_1", Entries: [entryOf(1), entryOf(2)] });
      assert.is(execution?.failure?.Error ?? "", error);
      assert.equal(numbers(), put);
      const answer = await faulty.call("reporter", { Entries: [textual(1), textual(2)] });
      assert.is(typeof answered === "number" ? answer.status : answer.Entries[0].ErrorCode, answered);
      assert.equal(numbers(), put);
      assert.equal(await faulty.untriggeredFaults(), []);
    } finally {
      await faulty.stop();
    }
  });
}

test("leaves a consumer's dead letters to the consumer, and the publisher succeeds", async () => {
  const faulty = await startWith([{ hop: "delivery", kind: "fails", probability: 1, at: "consumer" }]);
  const execution = await faulty.run("publisher", { Entries: [entryOf(1)] });
  assert.is(execution?.status, "SUCCEEDED");
  // The retry's backoff makes no time pass, until the end.
  const before = faulty.clock.now();
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
  assert.is(faulty.clock.now(), before);
  await faulty.stop();
  assert.equal(
    faulty.queues.all.map(({ name, messages }) => [name, messages.length]),
    [["consumer-dead", 1]],
  );
});

test.run();
