import { type CloudWatchCallsArgs, monitoringCalls } from "./cloudwatch/api.ts";
import { readCalls, type ReadCallsArgs } from "./dynamodb/api.ts";
import { type EventCallsArgs, eventCalls } from "./eventbridge/api.ts";
import type { Permissions } from "./iam/permissions.ts";
import { logCalls } from "./logs/api.ts";
import type { LogGroups } from "./logs/log-groups.ts";
import { actionOf, type AwsCall, AwsError } from "./protocol/aws-call.ts";
import { queueCalls, type QueueCallsArgs } from "./sqs/api.ts";
import { executionCalls, type ExecutionCallsArgs } from "./stepfunctions/api.ts";

/** The answer to a call: the status, headers of its own, and the body. */
export interface AwsAnswer {
  status: number;
  headers: Record<string, string>;
  body: object;
}

/** What the calls are made on, and who may make them. */
export interface AwsApiArgs
  extends QueueCallsArgs, ExecutionCallsArgs, EventCallsArgs, ReadCallsArgs, CloudWatchCallsArgs {
  logs: LogGroups;
  permissions: Permissions;
}

/** Answers a call of AWS's API, by its `X-Amz-Target`. */
export type AwsApi = (target: string, input: unknown) => Promise<AwsAnswer>;

/** Makes an API that speaks AWS's own JSON protocol, for the calls that the services answer; the operator's policy must allow them, but for reads of tables. */
export const makeAwsApi = (args: AwsApiArgs): AwsApi => {
  const calls = new Map<string, AwsCall>(
    Object.entries({
      ...queueCalls(args),
      ...eventCalls(args),
      ...logCalls(args),
      ...monitoringCalls(args),
      ...executionCalls(args),
      ...readCalls(args),
    }),
  );
  return async (target, input) => {
    try {
      const call = calls.get(target);
      if (!call) {
        const known = [...calls.keys()].join(", ");
        throw new AwsError("UnknownOperationException", `The emulator does not know ${target}; it knows ${known}`);
      }
      for (const resource of call.resources(input)) assertAllowed(target, resource, args.permissions);
      return { status: 200, headers: headersOf(target), body: await call.answer(input) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return asAnswer(error, headersOf(target));
    }
  };
};

const assertAllowed = (target: string, resource: string, permissions: Permissions): void => {
  const action = actionOf(target);
  // Only the policies of queues require TLS, and loopback stands in for it.
  const context: Record<string, string> = action.startsWith("sqs:") ? { "aws:SecureTransport": "true" } : {};
  const refusal = permissions.operatorRefusal({ action, resource, context });
  if (refusal) throw new AwsError("AccessDeniedException", refusal.message);
};

// EventBridge and CloudWatch Logs speak version 1.1 of the protocol, the others 1.0; they differ in nothing else here.
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
