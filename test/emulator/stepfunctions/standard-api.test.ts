import {
  DescribeExecutionCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeAwsApi } from "../../../emulator/aws-api.ts";
import { urlOf } from "../../../console/http/listen.ts";
import { listen } from "../../../local/http/server.ts";
import { clientsOf, localConfig } from "../../../ops/command/clients.ts";
import { makeOperatorPolicy, makeStateMachine, startProgram } from "../../helpers/program-parts.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("Step Functions' calls for Standard state machines, by the real SDK");

const arnOf = (machine: string) => `arn:aws:states:eu-west-1:123456789012:stateMachine:${machine}`;
const executionOf = (name: string) => `arn:aws:states:eu-west-1:123456789012:execution:rests:${name}`;

const program = (): void => {
  const rest = { Rest: { Type: "Wait", SecondsPath: "$.seconds", End: true } };
  makeStateMachine("rests", "STANDARD", rest, { TimeoutSeconds: 86_400 });
  makeStateMachine("fails", "STANDARD", { Failed: { Type: "Fail", Error: "Broken", Cause: "It is." } });
  makeStateMachine("express", "EXPRESS", { Rest: { Type: "Wait", Seconds: 1, End: true } });
  makeOperatorPolicy([
    { Action: ["states:StartExecution", "states:StartSyncExecution"], Resource: arnOf("*") },
    {
      Action: ["states:DescribeExecution", "states:StopExecution"],
      Resource: ["rests", "fails"].map((machine) => `arn:aws:states:eu-west-1:123456789012:execution:${machine}:*`),
    },
  ]);
};

const serve = async () => {
  const emulator = await startProgram(program);
  const take = async () => {
    throw new Error("no event is put here");
  };
  const aws = makeAwsApi({ ...emulator, take, now: () => emulator.clock.now() });
  const server = await listen(0, { take, webhookSecret: undefined, aws, outputs: {} });
  const { sfn, sqs } = clientsOf(localConfig(arnOf("rests"), urlOf(server)));
  return {
    ...emulator,
    sfn,
    stop: async () => {
      sfn.destroy();
      sqs.destroy();
      server.closeAllConnections();
      server.close();
      await emulator.stop();
    },
  };
};

let serving: Awaited<ReturnType<typeof serve>>;
test.before(async () => {
  serving = await serve();
});
test.after(() => serving.stop());

const start = (machine: string, name?: string, input = '{"seconds":600}') =>
  serving.sfn.send(new StartExecutionCommand({ stateMachineArn: arnOf(machine), name, input }));
const describe = (executionArn?: string) => serving.sfn.send(new DescribeExecutionCommand({ executionArn }));

test("starts an execution at once, and describes it while it runs and when it has ended", async () => {
  const { executionArn, startDate } = await start("rests", "one");
  assert.is(executionArn, executionOf("one"));
  const { stopDate, output, ...running } = await describe(executionArn);
  assert.equal([running.status, running.input, running.startDate], ["RUNNING", '{"seconds":600}', startDate]);
  assert.equal([running.name, running.stateMachineArn], ["one", arnOf("rests")]);
  assert.equal([stopDate, output], [undefined, undefined]);
  await serving.executions.idle();
  const ended = await describe(executionArn);
  assert.equal([ended.status, ended.output], ["SUCCEEDED", '{"seconds":600}']);
  assert.is(Number(ended.stopDate) - Number(startDate), 600_000);
});

test("describes a failed execution with its error and cause", async () => {
  const { executionArn } = await start("fails");
  await serving.executions.idle();
  const { status, error, cause, output } = await describe(executionArn);
  assert.equal([status, error, cause, output], ["FAILED", "Broken", "It is.", undefined]);
});

test("starts an execution of a name and an input once", async () => {
  const [first, second] = [await start("rests", "two"), await start("rests", "two")];
  assert.equal(second.executionArn, first.executionArn);
  assert.is((await rejects(start("rests", "two", '{"seconds":1}'))).name, "ExecutionAlreadyExists");
});

test("stops an execution", async () => {
  const { executionArn } = await start("rests", "three");
  const { stopDate } = await serving.sfn.send(
    new StopExecutionCommand({ executionArn, error: "Enough", cause: "Told" }),
  );
  const stopped = await describe(executionArn);
  assert.equal([stopped.status, stopped.error, stopped.cause], ["ABORTED", "Enough", "Told"]);
  assert.equal(stopped.stopDate, stopDate);
});

test("starts one of Express too, which cannot be described", async () => {
  const { executionArn } = await start("express", "quick");
  assert.match(`${executionArn}`, /:express:express:quick:[\da-f-]{36}$/);
  await serving.executions.idle();
});

test("refuses as Step Functions does", async () => {
  const express = "arn:aws:states:eu-west-1:123456789012:express:express:quick:1";
  const sync = (machine: string) =>
    serving.sfn.send(new StartSyncExecutionCommand({ stateMachineArn: arnOf(machine), input: "{}" }));
  const cases: [Promise<unknown>, string][] = [
    [start("rests", "a name"), "InvalidName"],
    [start("rests", "broken", "{"), "InvalidExecutionInput"],
    [start("rests", "large", JSON.stringify("x".repeat(262_144))), "ValidationException"],
    [start("none", "nothing"), "StateMachineDoesNotExist"],
    [describe(executionOf("never")), "ExecutionDoesNotExist"],
    // The operator's policy names executions of Standard machines only.
    [describe(express), "AccessDeniedException"],
    [sync("rests"), "StateMachineTypeNotSupported"],
  ];
  for (const [call, name] of cases) assert.is((await rejects(call)).name, name);
});

test.run();
