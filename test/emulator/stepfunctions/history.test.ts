import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeMachine, type MachineArgs } from "../../../emulator/stepfunctions/machine.ts";
import { VirtualClock } from "../../../emulator/time/clock.ts";

const test = suite("the history of an execution");

const definition = {
  Comment: "Loops as long as it is told to.",
  StartAt: "Call",
  TimeoutSeconds: 300,
  States: {
    Call: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Parameters: {},
      TimeoutSeconds: 5,
      Retry: [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 1, MaxAttempts: 3 }],
      Next: "IsThereMore",
    },
    IsThereMore: {
      Type: "Choice",
      Choices: [{ Variable: "$.next", StringEquals: "again", Next: "Call" }],
      Default: "Done",
    },
    Done: { Type: "Succeed" },
  },
};

const none = async () => ({});

const machineOf = (type: MachineArgs["type"], call: () => Promise<object>, clock = new VirtualClock(0)) =>
  makeMachine({
    name: "loop",
    arn: "arn:aws:states:region:account:stateMachine:loop",
    type,
    definition: JSON.stringify(definition),
    hangs: () => false,
    clock,
    taskCalls: {
      "arn:aws:states:::events:putEvents": none,
      "arn:aws:states:::lambda:invoke": call,
      "arn:aws:states:::sqs:sendMessage": none,
      "arn:aws:states:::states:startExecution": none,
    },
  });

const loop = (type: MachineArgs["type"], times: number) => {
  let calls = 0;
  return machineOf(type, async () => ({ next: ++calls < times ? "again" : "done" })).run("one", {});
};

// Each loop has 7 events, and what is around them 4.
const most = Math.floor((25_000 - 4) / 7);

test("has at most 25,000 events, with which a Standard one fails", async () => {
  assert.is((await loop("STANDARD", most)).status, "SUCCEEDED");
  const { status, failure, history } = await loop("STANDARD", most + 1);
  assert.is(status, "FAILED");
  assert.equal(failure, {
    Error: "States.Runtime",
    Cause: "The execution reached the maximum number of history events (25000).",
  });
  assert.is(history.at(-1)?.type, "ExecutionFailed");
});

test("has no such end where it is of Express, which keeps none", async () => {
  assert.is((await loop("EXPRESS", most + 1)).status, "SUCCEEDED");
});

test("ends where it is aborted: a call that fails afterwards is not made again", async () => {
  const { promise, reject } = Promise.withResolvers<object>();
  const controller = new AbortController();
  const clock = new VirtualClock(0);
  let calls = 0;
  const call = () => {
    calls += 1;
    return promise;
  };
  const machine = machineOf("STANDARD", call, clock);
  const running = clock.runInBackground(() => machine.run("one", {}, { signal: controller.signal }));
  await new Promise((done) => setImmediate(done));
  controller.abort({ Error: "Enough", Cause: "" });
  const { status, history } = await running;
  assert.equal([status, history.at(-1)?.type], ["ABORTED", "ExecutionAborted"]);
  reject(new Error("late"));
  await new Promise((done) => setImmediate(done));
  assert.is(calls, 1);
});

test.run();
