import type { Message } from "@aws-sdk/client-sqs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { workflows } from "../../../infra/workflows.ts";
import { readDeadLetter } from "../../../ops/redrive/dead-letter.ts";
import { redriveName, uniqueRedriveName } from "../../../ops/redrive/execution-name.ts";
import type { Stack } from "../../../ops/command/stack.ts";
import { onTheBus } from "../../events/envelope.ts";
import { sampleEvent } from "../../../samples/stripe-objects.ts";

const test = suite("a dead letter");

const arnOf = (name: string) => `arn:aws:states:ap-northeast-1:1:stateMachine:prod-homebiyori-${name}`;

const stack: Stack = {
  eventSource: "homebiyori.stripe.test",
  logGroups: {},
  tables: { core: "core", payments: "payments" },
  bus: { name: "bus", arn: "arn:aws:events:ap-northeast-1:1:event-bus/bus" },
  archive: { name: "archive", arn: "arn:aws:events:ap-northeast-1:1:archive/archive" },
  rules: {},
  stateMachines: Object.fromEntries(
    [...workflows.map(({ name }) => name), "heal-subscription", "reconcile"].map((name) => [name, arnOf(name)]),
  ),
  deadLetterQueue: { url: "https://sqs/dead-letters", arn: "arn:aws:sqs:ap-northeast-1:1:dead-letters" },
  parkedQueue: { url: "https://sqs/parked", arn: "arn:aws:sqs:ap-northeast-1:1:parked" },
};

const event = onTheBus(sampleEvent("evt_1", "invoice.paid", 1, { id: "in_1" }));

const message = (body: unknown, attributes: Record<string, string> = {}): Message => ({
  MessageId: "1",
  Body: typeof body === "string" ? body : JSON.stringify(body),
  Attributes: { SentTimestamp: "1767225600000" },
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
  ),
});

const ours = (more: object = {}) => ({
  event,
  failure: { Error: "InvalidEvent", Cause: '{"errorType":"InvalidEvent","errorMessage":"no amount","trace":[]}' },
  execution: "arn:aws:states:ap-northeast-1:1:express:prod-homebiyori-invoice-paid:5d0c_7a1b:0f0e",
  stateMachine: arnOf("invoice-paid"),
  startedAt: "2026-01-01T00:00:00Z",
  ...more,
});

const eventBridges = { RULE_ARN: "arn:rule", ERROR_CODE: "NO_PERMISSIONS", ERROR_MESSAGE: "may not" };

const read = (body: unknown, attributes?: Record<string, string>) => {
  const { message: _, ...content } = readDeadLetter(message(body, attributes), stack);
  return content;
};

test("of a state machine says which event failed, where and why", () => {
  assert.equal(read(ours()), {
    event: JSON.stringify(event),
    eventId: "evt_1",
    type: "invoice.paid",
    machineArn: arnOf("invoice-paid"),
    machine: "invoice-paid",
    errorName: "InvalidEvent",
    errorMessage: "no amount",
    at: new Date("2026-01-01T00:00:00Z"),
    redrives: 0,
  });
});

const standard = (machine: string, name: string, input: object) =>
  ours({
    event: input,
    execution: `arn:aws:states:ap-northeast-1:1:execution:prod-homebiyori-${machine}:${name}`,
    stateMachine: arnOf(machine),
  });

test("of a heal is about its subscription, and is redriven without the wait for the missing event", () => {
  const input = { subscriptionId: "sub_1", userId: "hanako", gapSince: 5, waitSeconds: 600 };
  const healing = { eventId: "sub_1", type: "heal-subscription", machine: "heal-subscription" };
  const {
    eventId,
    type,
    machine,
    event: restart,
    redrives,
  } = Object(read(standard(healing.machine, "sub_1-5", input)));
  assert.equal([{ eventId, type, machine }, JSON.parse(restart), redrives], [healing, { ...input, waitSeconds: 0 }, 0]);
});

test("of a reconciliation is known by its first execution, and is redriven from where it stopped", () => {
  const input = { run: { cursor: "in_5", since: 7 } };
  const first = Object(read(standard("reconcile", "reconcile-abc-1", input)));
  assert.equal([first.eventId, first.type, first.redrives], ["reconcile-abc-1", "reconcile", 0]);
  assert.equal(JSON.parse(first.event), input);
  const name = uniqueRedriveName(2, first.eventId);
  const again = Object(read(standard("reconcile", name, input)));
  assert.equal([again.eventId, again.redrives], ["reconcile-abc-1", 2]);
  assert.ok(uniqueRedriveName(1, "sub_".padEnd(255, "1")).length <= 80);
});

test("of EventBridge is the envelope itself, and keeps it as it came", () => {
  const body = JSON.stringify(event, null, 1);
  assert.equal(read(body, { ...eventBridges, TARGET_ARN: arnOf("invoice-paid") }), {
    event: body,
    eventId: "evt_1",
    type: "invoice.paid",
    machineArn: arnOf("invoice-paid"),
    machine: "invoice-paid",
    errorName: "NO_PERMISSIONS",
    errorMessage: "may not",
    at: new Date("2026-01-01T00:00:00Z"),
    redrives: 0,
  });
});

test("of the schedule starts its state machine as the schedule would have", () => {
  const attributes = { TARGET_ARN: arnOf("reconcile"), ERROR_CODE: "THROTTLING", ERROR_MESSAGE: "later" };
  assert.equal(read({ run: {} }, attributes), {
    event: '{"run":{}}',
    eventId: "schedule",
    type: "reconcile",
    machineArn: arnOf("reconcile"),
    machine: "reconcile",
    errorName: "THROTTLING",
    errorMessage: "later",
    at: new Date("2026-01-01T00:00:00Z"),
    redrives: 0,
  });
  const { problem } = read({ runs: {} }, attributes) as { problem: string };
  assert.is(problem, "it is no input of reconcile: event.run: expected an object, got nothing");
});

test("of the forward rule goes to the machine of its event's type", () => {
  for (const { eventType, name } of workflows) {
    const forwarded = onTheBus(sampleEvent("evt_1", eventType, 1, {}));
    const letter = read(forwarded, { ...eventBridges, TARGET_ARN: stack.bus.arn });
    assert.equal([Object(letter).machine, Object(letter).machineArn], [name, arnOf(name)]);
  }
});

test("counts its redrives by its execution's name, with and without the id that Step Functions adds", () => {
  const redrivesOf = (execution: string) => Object(read(ours({ execution }))).redrives;
  const arn = "arn:aws:states:ap-northeast-1:1:express:prod-homebiyori-invoice-paid";
  assert.is(redrivesOf(`${arn}:${redriveName(2, "evt_1")}`), 2);
  assert.is(redrivesOf(`${arn}:${redriveName(12, "evt_1")}:5d0c7a1b-redrive-9-x`), 12);
  assert.is(redrivesOf(`${arn}:an-event-redrive-9-x:5d0c7a1b`), 0);
});

test("gives its redrive a name that Step Functions takes", () => {
  assert.is(redriveName(1, "evt_1Ab"), "redrive-1-evt_1Ab");
  assert.match(redriveName(1, `evt 1/ほ${"x".repeat(100)}`), /^redrive-1-evt_1__x{63}$/);
});

test("that cannot be redriven says why", () => {
  const foreign = arnOf("invoice-paid").replace("prod-", "staging-");
  const deleted = onTheBus(sampleEvent("evt_1", "thing.made_up", 1, {}));
  const cases: [unknown, Record<string, string>, string][] = [
    ["an event", {}, "its body of 8 characters is not JSON"],
    ["", {}, "its body of 0 characters is not JSON"],
    ["null", {}, "neither a state machine nor EventBridge writes such a message"],
    [event, {}, "neither a state machine nor EventBridge writes such a message"],
    [ours({ failure: {} }), {}, "writes such a message: failure.Error: expected a string, got nothing"],
    [ours({ event: { detail: { type: "invoice.paid" } } }), {}, "event.detail.id: expected a string, got nothing"],
    [ours({ stateMachine: foreign }), {}, `${foreign} is not a state machine of this stack`],
    [event, { ...eventBridges, TARGET_ARN: foreign }, `${foreign} is not a state machine of this stack`],
    [deleted, { ...eventBridges, TARGET_ARN: stack.bus.arn }, "thing.made_up is not handled any more"],
    [standard("heal-subscription", "x", { run: {} }), {}, "event.subscriptionId: expected a string, got nothing"],
    [standard("reconcile", "x", event), {}, "event.run: expected an object, got nothing"],
    [{ detail: {} }, { ...eventBridges, TARGET_ARN: stack.bus.arn }, "it is not a Stripe event: detail.id: "],
  ];
  for (const [body, attributes, problem] of cases) assert.match(Object(read(body, attributes)).problem, problem);
});

test("of a machine that this stack no longer has is not redriven", () => {
  const { "invoice-paid": _, ...stateMachines } = stack.stateMachines;
  const forwarded = message(event, { ...eventBridges, TARGET_ARN: stack.bus.arn });
  const problem = "invoice-paid is not a state machine of this stack";
  assert.equal(readDeadLetter(forwarded, { ...stack, stateMachines }), { message: forwarded, problem });
});

test.run();
