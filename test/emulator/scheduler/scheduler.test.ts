import * as aws from "@pulumi/aws";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FaultPlan } from "../../../emulator/faults/faults.ts";
import { makeQueue, makeRole, makeStateMachine, startProgram } from "../../helpers/program-parts.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("Scheduler");

const group = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/default";
const machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:rests";

const start = { Action: "states:StartExecution", Resource: machine };
const send = { Action: "sqs:SendMessage" };
const ofGroup = {
  Condition: { StringEquals: { "aws:SourceAccount": "123456789012" }, ArnEquals: { "aws:SourceArn": group } },
};

const night = (name: string, allow: object[], more: Record<string, unknown> = {}, trust: object = ofGroup) => {
  const { target, ...own } = more;
  return new aws.scheduler.Schedule(name, {
    name: `corner-${name}`,
    scheduleExpression: "cron(0 3 * * ? *)",
    scheduleExpressionTimezone: "Asia/Tokyo",
    flexibleTimeWindow: { mode: "OFF" },
    target: {
      arn: machine,
      roleArn: makeRole(`${name}-schedule`, "scheduler.amazonaws.com", allow, trust).arn,
      input: JSON.stringify({ run: {} }),
      retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 3600 },
      deadLetterConfig: { arn: "arn:aws:sqs:eu-west-1:123456789012:undelivered" },
      ...Object(target),
    },
    ...own,
  });
};

const parts = (): void => {
  makeQueue("undelivered");
  makeStateMachine("rests", "STANDARD", { Rest: { Type: "Wait", Seconds: 600, End: true } }, { TimeoutSeconds: 3600 });
};

const program = (): void => {
  parts();
  night("night", [start, send]);
  night("off", [start, send], { state: "DISABLED" });
  night("may-not", [send]);
  night("foreign", [start, send], {}, { Condition: { ArnEquals: { "aws:SourceArn": `${group}-of-others` } } });
};

const started = async (faults?: FaultPlan) => {
  const emulator = await startProgram(program, { faults });
  const counts = () =>
    Object.fromEntries(
      emulator.cloudwatch.metrics
        .all()
        .flatMap(({ metric, sum }) =>
          metric.dimensions["ScheduleGroup"] === "default" ? [[metric.metricName, sum]] : [],
        ),
    );
  const letters = () => emulator.queues.all.flatMap(({ messages }) => messages);
  return { ...emulator, counts, letters };
};

let emulator: Awaited<ReturnType<typeof started>>;
test.before.each(async () => {
  emulator = await started();
});
test.after.each(() => emulator.stop());

test("starts the state machine of a schedule under its role, and does not wait for it", async () => {
  const invocation = await emulator.scheduler.run("night");
  assert.ok(invocation && "execution" in invocation);
  assert.equal([invocation.execution.status, invocation.execution.input], ["RUNNING", '{"run":{}}']);
  await emulator.executions.idle();
  assert.is(emulator.executions.find(invocation.execution.arn)?.status, "SUCCEEDED");
  assert.equal(emulator.counts(), { InvocationAttemptCount: 1 });
  // Its physical name is as good.
  assert.ok(await emulator.scheduler.run("corner-night"));
});

test("runs nothing because virtual time passes, nor what is disabled", async () => {
  emulator.scheduler.start();
  await emulator.clock.sleep(3 * 86_400_000);
  assert.is(await emulator.scheduler.run("off"), null);
  await emulator.executions.idle();
  assert.equal(emulator.counts(), {});
});

test("runs a schedule at its time, as real time passes", async () => {
  const { scheduler, clock } = emulator;
  const next = scheduler.schedules.find(({ logicalName }) => logicalName === "night")?.nextRun(clock.now()) ?? 0;
  await clock.sleep(next - clock.now() - 30);
  clock.switchToRealTime();
  scheduler.start();
  await clock.sleep(60);
  assert.is(emulator.counts()["InvocationAttemptCount"], 3);
});

test("sends what it may not start to the dead-letter queue, under the same role", async () => {
  const invocation = await emulator.scheduler.run("may-not");
  assert.ok(invocation && "undelivered" in invocation);
  assert.is(invocation.undelivered.name, "AccessDeniedException");
  const [letter, ...others] = emulator.letters();
  assert.equal(others, []);
  const { EXECUTION_ID, SCHEDULED_TIME, ERROR_MESSAGE, ...attributes } = letter?.attributes ?? {};
  assert.is(letter?.body, '{"run":{}}');
  assert.match(`${ERROR_MESSAGE}`, `not authorized to perform: states:StartExecution on resource: ${machine}`);
  assert.match(`${SCHEDULED_TIME}`, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.ok(EXECUTION_ID);
  assert.equal(attributes, {
    SCHEDULE_ARN: "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/corner-may-not",
    TARGET_ARN: machine,
    ERROR_CODE: "AccessDeniedException",
    RETRY_ATTEMPTS: "0",
    IS_PAYLOAD_TRUNCATED: "false",
  });
  assert.equal(emulator.counts(), {
    InvocationAttemptCount: 1,
    TargetErrorCount: 1,
    InvocationDroppedCount: 1,
    InvocationsSentToDeadLetterCount: 1,
  });
});

test("loses what it has no role for, as the queue is written under it too", async () => {
  const invocation = await emulator.scheduler.run("foreign");
  assert.ok(invocation && "undelivered" in invocation);
  assert.match(invocation.undelivered.message, "cannot be assumed by the service principal scheduler.amazonaws.com");
  assert.equal(emulator.letters(), []);
  assert.is(emulator.counts()["InvocationsFailedToBeSentToDeadLetterCount"], 1);
});

test("attempts a throttled start again, as often as the retry policy says", async () => {
  const throttled = await started({ seed: 1, faults: [{ hop: "delivery", kind: "fails", probability: 1 }] });
  const invocation = await throttled.scheduler.run("night");
  assert.ok(invocation && "undelivered" in invocation);
  assert.equal(throttled.counts(), {
    InvocationAttemptCount: 3,
    TargetErrorCount: 3,
    TargetErrorThrottledCount: 3,
    InvocationDroppedCount: 1,
    InvocationsSentToDeadLetterCount: 1,
  });
  const [letter] = throttled.letters();
  const { EXHAUSTED_RETRY_CONDITION, RETRY_ATTEMPTS } = letter?.attributes ?? {};
  assert.equal([EXHAUSTED_RETRY_CONDITION, RETRY_ATTEMPTS], ["MaximumRetryAttempts", "2"]);
  await throttled.setFaults(null);
  assert.ok("execution" in Object(await throttled.scheduler.run("night")));
  await throttled.stop();
});

test("refuses a schedule that it does not run as Scheduler does, and a name that there is not", async () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 5 } }, "schedule odd: "],
    [{ startDate: "2027-01-01T00:00:00Z" }, "at startDate: "],
    [
      { scheduleExpression: "at(2027-01-01T00:00:00)" },
      "Schedule odd: the expression at(2027-01-01T00:00:00) is neither",
    ],
    [{ target: { arn: `${machine}-not` } }, "Schedule odd: the emulator starts state machines only"],
    [{ target: { input: "{" } }, "Schedule odd: the input of its target is not JSON"],
    [{ target: { input: '"<aws.scheduler.execution-id>"' } }, "at target.input: "],
    [{ target: { deadLetterConfig: { arn: "none" } } }, "Schedule odd: there is no queue none"],
  ];
  for (const [more, message] of cases) {
    const odd = () => {
      parts();
      night("odd", [], more);
    };
    assert.match((await rejects(startProgram(odd))).message, message);
  }
  const { message } = await rejects(emulator.scheduler.run("day"));
  assert.match(message, /^There is no schedule day; there are .*night/);
});

test.run();
