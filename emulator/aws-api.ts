import { type Infer, object, string } from "superstruct";
import { AwsError, inputOf } from "./protocol/aws-call.ts";
import { largestData } from "./stepfunctions/data-limit.ts";
import { eventCalls } from "./eventbridge/replay-api.ts";
import type { Envelope } from "../local/stripe-envelope.ts";
import type { Executions } from "./stepfunctions/executions.ts";
import type { Graph } from "./graph/load.ts";
import type { Permissions } from "./iam/permissions.ts";
import type { Queues } from "./sqs/queues.ts";
import { logCalls } from "./logs/api.ts";
import type { LogGroups } from "./logs/log-groups.ts";
import { putEvents } from "./eventbridge/put-events-api.ts";
import { queueCalls } from "./sqs/api.ts";
import type { Replays } from "./eventbridge/replays.ts";

/** What AWS answers to a call: the status, headers of its own, and the body. */
export interface AwsAnswer {
  status: number;
  headers: Record<string, string>;
  body: object;
}

/** What the calls are made on. */
export interface AwsApiArgs {
  queues: Queues;
  executions: Executions;
  replays: Replays;
  graph: Graph;
  logs: LogGroups;
  permissions: Permissions;
  /** Takes in an event that is put on the bus. */
  take(event: Envelope): Promise<unknown>;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** How a call is answered. */
export interface AwsCall {
  /** The ARN of what it is made on, which an operator must be allowed. */
  resource(input: unknown): string;
  answer(input: unknown): object | Promise<object>;
}

/** Answers one call of AWS's, by what its `X-Amz-Target` names. */
export type AwsApi = (target: string, input: unknown) => Promise<AwsAnswer>;

/** Makes the few calls that an operator's commands need, in AWS's own JSON protocol; the operator's policy must allow them. */
export const makeAwsApi = (args: AwsApiArgs): AwsApi => {
  const calls = new Map<string, AwsCall>([
    ...Object.entries({ ...queueCalls(args), ...eventCalls(args), ...logCalls(args) }),
    ["AWSEvents.PutEvents", putEvents(args)],
    ["AWSStepFunctions.StartSyncExecution", startSyncExecution(args)],
  ]);
  return async (target, input) => {
    try {
      const call = calls.get(target);
      if (!call) {
        const known = [...calls.keys()].join(", ");
        throw new AwsError("UnknownOperationException", `The runner does not know ${target}; it knows ${known}`);
      }
      demand(target, call.resource(input), args.permissions);
      return { status: 200, headers: headersOf(target), body: await call.answer(input) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return asAnswer(error, headersOf(target));
    }
  };
};

// The prefix of a service's actions, by what its calls begin with.
const prefixes: Record<string, string> = {
  AmazonSQS: "sqs",
  AWSStepFunctions: "states",
  AWSEvents: "events",
  Logs_20140328: "logs",
};

const demand = (target: string, resource: string, permissions: Permissions): void => {
  const [service = "", operation] = target.split(".");
  const action = `${prefixes[service]}:${operation}`;
  // Queues' policies alone ask for TLS, and loopback stands in for it.
  const context: Record<string, string> = service === "AmazonSQS" ? { "aws:SecureTransport": "true" } : {};
  const refusal = permissions.operatorRefusal({ action, resource, context });
  if (refusal) throw new AwsError("AccessDeniedException", refusal.message);
};

const Start = object({ stateMachineArn: string(), name: string(), input: string() });

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
const startSyncExecution = (args: AwsApiArgs): AwsCall => ({
  resource: (value) => inputOf(value, Start).stateMachineArn,
  answer: (value) => runToItsEnd(args, inputOf(value, Start)),
});

const runToItsEnd = async (
  { now, executions, queues }: AwsApiArgs,
  { stateMachineArn, name, input }: Infer<typeof Start>,
): Promise<object> => {
  if (!/^[\w-]{1,80}$/.test(name)) throw new AwsError("InvalidName", `Invalid Name: '${name}'`);
  const startedAt = now();
  const execution = await executions.start(stateMachineArn, name, executionInput(input));
  if (!execution) throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${stateMachineArn}'`);
  // A failed one has sent a dead letter.
  queues.keep();
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

const executionInput = (text: string): unknown => {
  if (Buffer.byteLength(text) > largestData)
    throw new AwsError("ValidationException", `'input' is longer than ${largestData} bytes`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsError("InvalidExecutionInput", `Invalid State Machine Execution Input: ${error}`);
  }
};

// EventBridge and CloudWatch Logs speak the newer of AWS's two JSON protocols, which are the same otherwise.
const headersOf = (target: string): Record<string, string> => ({
  "content-type": `application/x-amz-json-1.${/^(AWSEvents|Logs_20140328)\./.test(target) ? 1 : 0}`,
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-api-responses.html
const asAnswer = ({ name, message }: AwsError, headers: Record<string, string>): AwsAnswer => ({
  status: 400,
  headers: {
    ...headers,
    ...(name === "QueueDoesNotExist" && { "x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender" }),
  },
  body: { __type: name, message },
});
