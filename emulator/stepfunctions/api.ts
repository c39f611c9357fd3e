import { randomUUID } from "node:crypto";
import { type Infer, object, optional, string } from "superstruct";
import { parseJson } from "../graph/json.ts";
import { awsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import { largestData } from "./data-limit.ts";
import type { Executions } from "./executions.ts";

/** What the calls are made on. */
export interface ExecutionCallsArgs {
  executions: Executions;
  /** Milliseconds since 1970. */
  now: () => number;
}

const StartSyncExecution = object({ stateMachineArn: string(), name: optional(string()), input: string() });

/** Step Functions' calls on these state machines: https://docs.aws.amazon.com/step-functions/latest/apireference/. */
export const executionCalls = (args: ExecutionCallsArgs): AwsCalls => ({
  "AWSStepFunctions.StartSyncExecution": awsCall(
    StartSyncExecution,
    ({ stateMachineArn }) => stateMachineArn,
    (input) => runToEnd(args, input),
  ),
});

const runToEnd = async (
  { executions, now }: ExecutionCallsArgs,
  { stateMachineArn, name = randomUUID(), input }: Infer<typeof StartSyncExecution>,
): Promise<object> => {
  if (!/^[\w-]{1,80}$/.test(name)) throw new AwsError("InvalidName", `Invalid Name: '${name}'`);
  const startedAt = now();
  const execution = await executions.start(stateMachineArn, name, readInput(input));
  if (!execution) throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${stateMachineArn}'`);
  const { arn, status, output, failure } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    startDate: startedAt / 1000,
    stopDate: now() / 1000,
    status,
    input,
    ...(failure ? { error: failure.Error, cause: failure.Cause } : { output: JSON.stringify(output) }),
  };
};

const readInput = (text: string): unknown => {
  if (Buffer.byteLength(text) > largestData)
    throw new AwsError("ValidationException", `'input' is longer than ${largestData} bytes`);
  const input = parseJson(text);
  if (input === undefined)
    throw new AwsError("InvalidExecutionInput", "Invalid State Machine Execution Input: it is not JSON");
  return input;
};
