import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clientsOf, localConfig } from "../../../ops/command/clients.ts";
import type { DeadLetter } from "../../../ops/redrive/dead-letter.ts";
import type { Queue } from "../../../ops/redrive/queue.ts";
import { deadLettered, redriveOne } from "../../../ops/redrive/redrive-one.ts";
import { type ScriptedAws, startScriptedAws } from "../../helpers/scripted-aws.ts";

const test = suite("a redrive of a Standard state machine");

const machineArn = "arn:aws:states:ap-northeast-1:1:stateMachine:dev-homebiyori-heal-subscription";

let aws: ScriptedAws;
let described: object[] = [];
let started: Record<string, string>[] = [];
test.before(async () => {
  aws = await startScriptedAws({}, () => ({
    StartExecution: (input) => {
      started.push(input);
      return { executionArn: "arn:execution", startDate: 1 };
    },
    DescribeExecution: () => described.shift() ?? { status: "RUNNING" },
  }));
});
test.before.each(() => {
  started = [];
});
test.after(() => aws.stop());

const deadLetter: DeadLetter = {
  message: { MessageId: "1" },
  event: '{"subscriptionId":"sub_1","waitSeconds":0}',
  eventId: "sub_1",
  type: "heal-subscription",
  machineArn,
  machine: "heal-subscription",
  errorName: "StripeKeyRefused",
  errorMessage: "",
  at: new Date(0),
  redrives: 1,
};

const redrive = async (executions: object[], signal = new AbortController().signal) => {
  described = executions;
  const done: string[] = [];
  const record = (call: string) => async () => void done.push(call);
  const queue: Queue = {
    count: async () => 1,
    countHidden: async () => 0,
    takeAll: record("take"),
    delete: record("delete"),
    release: async () => 0,
    hide: async (_, seconds) => void done.push(`hide ${seconds}`),
    send: async (_, attributes) => void done.push(`send ${JSON.stringify(attributes)}`),
  };
  const { sfn } = clientsOf(localConfig(machineArn, aws.url));
  const result = await redriveOne(deadLetter, { sfn, queue, parkingLot: null, max: 3, signal });
  sfn.destroy();
  return { ...result, done };
};

test("starts it under a name that was never used, waits for its end, and deletes the message", async () => {
  const { status, done } = await redrive([{ status: "RUNNING" }, { status: "SUCCEEDED" }]);
  assert.equal([status, done, described], ["redriven", ["hide 21600", "delete"], []]);
  const [{ name = "", ...start } = {}] = started;
  assert.match(name, /^redrive-2-[0-9a-z]+-sub_1$/);
  assert.equal(start, { stateMachineArn: machineArn, input: deadLetter.event });
});

test("counts one that has failed again", async () => {
  const again = await redrive([{ status: "FAILED", error: "StripeKeyRefused", cause: deadLettered }]);
  assert.equal([again.status, again.done], ["failed again", ["hide 21600", "delete"]]);
  const timedOut = await redrive([{ status: "TIMED_OUT" }]);
  assert.equal(timedOut.done, ["hide 21600", 'send {"REDRIVES":"2"}', "delete"]);
  assert.match(timedOut.reason, /^TIMED_OUT; it is in the queue again/);
});

test("leaves the message of one that still runs at Ctrl-C", async () => {
  const { status, reason, done } = await redrive([], AbortSignal.abort());
  assert.equal([status, reason, done], ["left", "its execution goes on", ["hide 21600"]]);
});

test.run();
