import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Execution } from "../../../emulator/stepfunctions/machine.ts";
import { makeFunction, makeStateMachine, startProgram } from "../../helpers/program-parts.ts";
import { rejects, thrown } from "../../helpers/rejects.ts";

const test = suite("Standard executions, in the background");

const minute = 60_000;

// Says that there is more to see until it was asked often enough.
const look = `let asked = 0;
exports.handler = async ({ times }) => {
  asked += 1;
  if (asked < times) return { next: "again" };
  asked = 0;
  return { next: "done" };
};`;

const task = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", TimeoutSeconds: 5 };

const program = (): void => {
  const lambda = makeFunction("look", look);
  const watch = makeStateMachine(
    "watch",
    "STANDARD",
    {
      Rest: { Type: "Wait", SecondsPath: "$.seconds", Next: "Look" },
      Look: {
        ...task,
        Parameters: lambda.arn.apply((FunctionName) => ({ FunctionName, "Payload.$": "$" })),
        ResultPath: "$.seen",
        Next: "IsThereMore",
      },
      IsThereMore: {
        Type: "Choice",
        Choices: [{ Variable: "$.seen.Payload.next", StringEquals: "again", Next: "Rest" }],
        Default: "Seen",
      },
      Seen: { Type: "Succeed", OutputPath: "$.seen.Payload" },
    },
    { allow: [{ Action: "lambda:InvokeFunction" }], TimeoutSeconds: 86_400 },
  );
  const start = (name: string, allow: object[]) =>
    makeStateMachine(
      name,
      "EXPRESS",
      {
        Start: {
          ...task,
          Resource: "arn:aws:states:::states:startExecution",
          Parameters: watch.arn.apply((StateMachineArn) => ({
            StateMachineArn,
            "Name.$": "$.name",
            "Input.$": "$.input",
          })),
          Retry: [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 60, MaxAttempts: 1 }],
          End: true,
        },
      },
      { allow, TimeoutSeconds: 100 },
    );
  start("starts", [{ Action: "states:StartExecution" }]);
  start("may-not", []);
};

const arnOf = (machine: string) => `arn:aws:states:eu-west-1:123456789012:stateMachine:${machine}`;
const watching = (name: string) => `arn:aws:states:eu-west-1:123456789012:execution:watch:${name}`;

const ended: [Execution, string][] = [];
let emulator: Awaited<ReturnType<typeof startProgram>>;
test.before(async () => {
  const faults = { seed: 1, faults: [{ hop: "machine" as const, kind: "times-out" as const, events: ["stuck"] }] };
  emulator = await startProgram(program, { faults, onExecution: (...end) => ended.push(end) });
});
test.after(() => emulator.stop());

const input = (seconds: number, times = 1, more = {}) => ({ seconds, times, ...more });
const startBy = (machine: string, name: string, value: object) =>
  emulator.executions.start(arnOf(machine), "one", { name, input: value });
const start = (name: string, value: object) =>
  emulator.executions.startInBackground(arnOf("watch"), JSON.stringify(value), name);

test("are started by a task that does not wait for them, and wait without making time pass", async () => {
  const before = emulator.clock.now();
  const execution = await startBy("starts", "first", input(600));
  assert.is(execution?.status, "SUCCEEDED");
  assert.is(Object(execution?.output).ExecutionArn, watching("first"));
  await new Promise((done) => setTimeout(done, 20));
  assert.is(emulator.clock.now(), before);
  assert.is(emulator.executions.find(watching("first"))?.status, "RUNNING");
  await emulator.executions.idle();
  const found = emulator.executions.find(watching("first"));
  assert.equal([found?.status, found?.output], ["SUCCEEDED", { next: "done" }]);
  assert.is(found?.endedAt, before + 10 * minute);
  assert.equal(
    ended.map(([{ arn, status }, machine]) => [arn, status, machine]),
    [[watching("first"), "SUCCEEDED", "watch"]],
  );
});

test("loop as long as their definition says, each wait on the clock", async () => {
  const before = emulator.clock.now();
  start("loops", input(60, 5));
  await emulator.executions.idle();
  assert.is(emulator.executions.find(watching("loops"))?.endedAt, before + 5 * minute);
});

test("end by themselves when time gets there", async () => {
  start("by-itself", input(60));
  await emulator.clock.sleep(2 * minute);
  await emulator.clock.sleep(0);
  await emulator.executions.idle();
  const { startedAt = 0, endedAt } = emulator.executions.find(watching("by-itself")) ?? {};
  assert.is(endedAt, startedAt + minute);
});

test("keep their names: the same input finds the running one, anything else the error that a task can catch", async () => {
  const first = start("kept", input(600));
  assert.is(start("kept", input(600)), first);
  assert.is(thrown(() => start("kept", input(601))).name, "ExecutionAlreadyExists");
  const other = await startBy("starts", "kept", input(601));
  assert.is(other?.failure?.Error, "StepFunctions.ExecutionAlreadyExistsException");
  assert.match(`${other?.failure?.Cause}`, `Execution Already Exists: '${watching("kept")}'`);
  await emulator.executions.idle();
  assert.is(thrown(() => start("kept", input(600))).name, "ExecutionAlreadyExists");
  await emulator.clock.sleep(91 * 24 * 60 * minute);
  assert.is.not(start("kept", input(600)), first);
  await emulator.executions.idle();
});

test("are refused under a name that Step Functions does not take", () => {
  for (const name of ["", "a b", "a/b", "a*", "x".repeat(81), "a\u0007", "a\u{1f600}"])
    assert.is(thrown(() => start(name, {})).name, "InvalidName");
  assert.is(start("Ü-1_2.3+(4)=!@'", input(0)).status, "RUNNING");
});

test("are started only by a role that may", async () => {
  const { status, failure } = (await startBy("may-not", "denied", input(1))) ?? {};
  assert.equal([status, failure?.Error], ["FAILED", "StepFunctions.AWSStepFunctionsException"]);
  assert.match(`${failure?.Cause}`, `not authorized to perform: states:StartExecution on resource: ${arnOf("watch")}`);
});

test("are aborted with the error and cause that are given", async () => {
  start("aborted", input(600));
  const before = emulator.clock.now();
  await emulator.executions.abort(watching("aborted"), { Error: "Enough", Cause: "No more" });
  const { status, failure } = emulator.executions.find(watching("aborted")) ?? {};
  assert.equal([status, failure?.Error, failure?.Cause], ["ABORTED", "Enough", "No more"]);
  await emulator.executions.idle();
  assert.is(emulator.clock.now(), before);
});

test("hang until their timeout by a fault, and make no time pass by that", async () => {
  const before = emulator.clock.now();
  start("hangs", input(1, 1, { id: "stuck" }));
  await new Promise((done) => setTimeout(done, 20));
  assert.is(emulator.clock.now(), before);
  await emulator.executions.idle();
  assert.is(emulator.executions.find(watching("hangs"))?.status, "TIMED_OUT");
  assert.is(emulator.clock.now(), before + 86_400_000);
});

test("publish the metrics of Step Functions, and log to the group of their machine", async () => {
  start("seen", input(60));
  await emulator.executions.idle();
  const sums = emulator.cloudwatch.metrics
    .all()
    .flatMap(({ metric: { metricName, dimensions }, sum }) =>
      dimensions["StateMachineArn"] === arnOf("watch") ? [[metricName, sum] as const] : [],
    );
  const { ExecutionsStarted = 0, ExecutionsSucceeded = 0, ExecutionsAborted } = Object.fromEntries(sums);
  assert.ok(ExecutionsStarted > ExecutionsSucceeded && ExecutionsSucceeded > 3);
  assert.is(ExecutionsAborted, 1);
  const lines = (emulator.logs.eventsOf("/machine/watch") ?? []).map(({ message }) => JSON.parse(message));
  assert.equal(
    lines.filter((line) => line.execution_arn === watching("seen")).map(({ type }) => type),
    [
      "ExecutionStarted",
      "WaitStateEntered",
      "WaitStateExited",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSucceeded",
      "TaskStateExited",
      "ChoiceStateEntered",
      "ChoiceStateExited",
      "SucceedStateEntered",
      "SucceedStateExited",
      "ExecutionSucceeded",
    ],
  );
  const aborted = lines.find(({ type }) => type === "ExecutionAborted");
  assert.equal(aborted?.details, { error: "Enough", cause: "No more" });
});

test("are aborted when the emulator stops", async () => {
  const other = await startProgram(program);
  const { arn } = other.executions.startInBackground(arnOf("watch"), JSON.stringify(input(600)), "cut");
  await other.stop();
  assert.is(other.executions.find(arn)?.status, "ABORTED");
});

test("of a machine that would run longer than AWS lets it are refused", async () => {
  const wait = { Rest: { Type: "Wait", Seconds: 1, End: true } };
  for (const [type, TimeoutSeconds] of [
    ["EXPRESS", 301],
    ["STANDARD", 31_536_001],
  ] as const) {
    const starting = startProgram(() => void makeStateMachine("long", type, wait, { TimeoutSeconds }));
    assert.match((await rejects(starting)).message, /State machine long: TimeoutSeconds is more than/);
  }
});

test.run();
