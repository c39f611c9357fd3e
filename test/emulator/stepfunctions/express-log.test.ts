import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expressLog, type ExpressLogArgs } from "../../../emulator/stepfunctions/express-log.ts";
import { eventsCounted } from "../../../emulator/stepfunctions/limits.ts";
import { failure, hangs, runScripted, type Script } from "../../helpers/scripted-machine.ts";

const test = suite("the log of an Express state machine");

const found = { outcome: "found", userId: "u", customerId: "cus_1", subscriptionId: "sub_1", reason: null };
const scriptOf = (script: Script): Script => ({ "resolve-customer": [found], "dead-letter-queue": [{}], ...script });

const linesOf = async (script: Script, args: Partial<ExpressLogArgs> = {}) => {
  const execution = await runScripted("write-payment", scriptOf(script), { detail: { id: "evt_1" } });
  const usual = { level: "ALL", includeExecutionData: true, roleArn: "a-role", region: "a-region" } as const;
  const events = expressLog(execution, { ...usual, ...args });
  return events.map(({ message, timestamp }) => ({ ...JSON.parse(message), timestamp }));
};

const nothing = { next: "nothing", entries: [], marks: [], detail: null };
const written = { "write-payment": [{ outcome: "applied", written: [], publish: nothing }] };
const invalid = { "write-payment": [failure("InvalidEvent")] };

test("logs each state, each call of a service, and the end, each with the previous event", async () => {
  const lines = await linesOf(written);
  assert.equal(
    lines.map(({ id, type, previous_event_id: previous }) => [id, previous, type]),
    [
      ["1", "0", "ExecutionStarted"],
      ["2", "0", "TaskStateEntered"],
      ["3", "2", "TaskScheduled"],
      ["4", "3", "TaskStarted"],
      ["5", "4", "TaskSucceeded"],
      ["6", "5", "TaskStateExited"],
      ["7", "6", "ChoiceStateEntered"],
      ["8", "7", "ChoiceStateExited"],
      ["9", "8", "TaskStateEntered"],
      ["10", "9", "TaskScheduled"],
      ["11", "10", "TaskStarted"],
      ["12", "11", "TaskSucceeded"],
      ["13", "12", "TaskStateExited"],
      ["14", "13", "ChoiceStateEntered"],
      ["15", "14", "ChoiceStateExited"],
      ["16", "15", "SucceedStateEntered"],
      ["17", "16", "SucceedStateExited"],
      ["18", "17", "ExecutionSucceeded"],
    ],
  );
  for (const { execution_arn: arn, event_timestamp: time, redrive_count: redrives, timestamp } of lines) {
    assert.match(arn, "arn:aws:states:region:account:express:write-payment:run-1:");
    assert.equal([time, redrives], [`${timestamp}`, "0"]);
  }
});

test("has the data of an execution only if it is to", async () => {
  const withData = await linesOf(written);
  const [started, , scheduled, , succeeded] = withData.map(({ details }) => details);
  assert.equal(started, { input: '{"detail":{"id":"evt_1"}}', inputDetails: { truncated: false }, roleArn: "a-role" });
  const { parameters, ...call } = scheduled;
  assert.equal(call, { region: "a-region", resource: "invoke", resourceType: "lambda", timeoutInSeconds: 10 });
  assert.equal(JSON.parse(parameters), {
    FunctionName: "resolve-customer",
    Payload: { event: { detail: { id: "evt_1" } }, execution: withData[0]?.execution_arn },
  });
  assert.equal(JSON.parse(succeeded.output), { Payload: found });
  const without = await linesOf(written, { includeExecutionData: false });
  assert.equal(
    without.slice(0, 5).map(({ details }) => details),
    [
      { roleArn: "a-role" },
      { name: "ResolveCustomer" },
      { region: "a-region", resource: "invoke", resourceType: "lambda", timeoutInSeconds: 10 },
      { resource: "invoke", resourceType: "lambda" },
      { resource: "invoke", resourceType: "lambda" },
    ],
  );
});

test("logs a failed call with its error and cause, and leaves the state that caught it", async () => {
  const lines = await linesOf(invalid);
  const failed = lines.find(({ type }) => type === "TaskFailed");
  assert.equal(failed?.details, {
    cause: "InvalidEvent happened",
    error: "InvalidEvent",
    resource: "invoke",
    resourceType: "lambda",
  });
  assert.equal(
    lines.slice(-9).map(({ type }) => type),
    [
      "TaskFailed",
      "TaskStateExited",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSucceeded",
      "TaskStateExited",
      "FailStateEntered",
      "ExecutionFailed",
    ],
  );
});

test("logs each attempt at the time at which it began", async () => {
  const lines = await linesOf({ "write-payment": [hangs] });
  const attempts = lines.slice(8).filter(({ type }) => type === "TaskScheduled" || type === "TaskTimedOut");
  const types = ["TaskScheduled", "TaskTimedOut"];
  assert.equal(
    attempts.slice(0, 8).map(({ type }) => type),
    [...types, ...types, ...types, ...types],
  );
  const times = attempts.map(({ timestamp }) => timestamp);
  for (const index of [0, 2, 4, 6]) assert.is((times[index + 1] ?? 0) - (times[index] ?? 0), 10_000);
  // Some backoff lies between a try and the next.
  assert.ok((times[2] ?? 0) >= (times[1] ?? 0) && (times[6] ?? 0) > (times[1] ?? 0) + 20_000);
});

test("has what is an error, or fatal, or nothing, by its level", async () => {
  const typesAt = async (level: ExpressLogArgs["level"], script: Script) =>
    (await linesOf(script, { level })).map(({ type }) => type);
  assert.equal(await typesAt("ERROR", invalid), ["TaskFailed", "FailStateEntered", "ExecutionFailed"]);
  assert.equal(await typesAt("FATAL", invalid), ["ExecutionFailed"]);
  for (const level of ["ERROR", "FATAL", "OFF"] as const) assert.equal(await typesAt(level, written), []);
  assert.equal(await typesAt("OFF", invalid), []);
});

test("has as many events as Step Functions counts towards the longest history", async () => {
  for (const script of [written, invalid, { "write-payment": [hangs] }]) {
    const { history } = await runScripted("write-payment", scriptOf(script), { detail: { id: "evt_1" } });
    const counts = history.map((event, index) => eventsCounted(event, history[index - 1]));
    const counted = counts.reduce((sum, count) => sum + count, 0);
    assert.is((await linesOf(script)).length, counted);
  }
});

test("cuts a text that is longer than Step Functions logs, and says so", async () => {
  const large = { outcome: "applied", written: ["x".repeat(255_000)], publish: nothing };
  const lines = await linesOf({ "write-payment": [large] });
  const { output, outputDetails } = lines.at(-1)?.details ?? {};
  assert.equal([output.length, outputDetails], [248 * 1024, { truncated: true }]);
});

test.run();
