import { randomUUID } from "node:crypto";
import { type Infer, object, optional, string } from "superstruct";
import { awsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import { assertName, readExecutionInput } from "./limits.ts";
import type { Executions, StartedExecution } from "./executions.ts";

/** What the calls are made on. */
export interface ExecutionCallsArgs {
  executions: Executions;
  /** Milliseconds since 1970. */
  now: () => number;
}

const Start = object({ stateMachineArn: string(), name: optional(string()), input: string() });

const Describe = object({ executionArn: string() });

const Stop = object({ executionArn: string(), error: optional(string()), cause: optional(string()) });

/** Step Functions' calls on these state machines: https://docs.aws.amazon.com/step-functions/latest/apireference/. */
export const executionCalls = (args: ExecutionCallsArgs): AwsCalls => {
  const { executions } = args;
  const machineOf = ({ stateMachineArn }: { stateMachineArn: string }): string => stateMachineArn;
  const arnOf = ({ executionArn }: { executionArn: string }): string => executionArn;
  return {
    "AWSStepFunctions.StartSyncExecution": awsCall(Start, machineOf, (input) => runToEnd(args, input)),
    "AWSStepFunctions.StartExecution": awsCall(Start, machineOf, ({ stateMachineArn, input, name }) => {
      const { arn, startedAt } = executions.startInBackground(stateMachineArn, input, name);
      return { executionArn: arn, startDate: startedAt / 1000 };
    }),
    "AWSStepFunctions.DescribeExecution": awsCall(Describe, arnOf, ({ executionArn }) =>
      asDescription(find(executions, executionArn)),
    ),
    "AWSStepFunctions.StopExecution": awsCall(Stop, arnOf, async ({ executionArn, error = "", cause = "" }) => {
      const execution = find(executions, executionArn);
      await executions.abort(executionArn, { Error: error, Cause: cause });
      return { stopDate: (execution.endedAt ?? args.now()) / 1000 };
    }),
  };
};

const runToEnd = async (
  { executions, now }: ExecutionCallsArgs,
  { stateMachineArn, name = randomUUID(), input }: Infer<typeof Start>,
): Promise<object> => {
  assertName(name);
  if (executions.typeOf(stateMachineArn) === "STANDARD")
    throw new AwsError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine");
  const startedAt = now();
  const execution = await executions.start(stateMachineArn, name, readExecutionInput(input));
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

const find = (executions: Executions, executionArn: string): StartedExecution => {
  const execution = executions.find(executionArn);
  if (execution) return execution;
  if (!executionArn.includes(":express:"))
    throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}'`);
  // Step Functions keeps no executions of Express.
  throw new AwsError("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'");
};

const asDescription = (execution: StartedExecution): object => {
  const { arn, machineArn, name, status, startedAt, endedAt, input, output, failure } = execution;
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: startedAt / 1000,
    input,
    inputDetails: { included: true },
    ...(endedAt !== null && { stopDate: endedAt / 1000 }),
    ...(failure && { error: failure.Error, cause: failure.Cause }),
    ...(status === "SUCCEEDED" && { output: JSON.stringify(output), outputDetails: { included: true } }),
  };
};
