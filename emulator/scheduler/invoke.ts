import { randomUUID } from "node:crypto";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { InjectFault } from "../faults/faults.ts";
import type { Permissions, Refusal } from "../iam/permissions.ts";
import type { Request } from "../iam/policy.ts";
import { AwsError } from "../protocol/aws-call.ts";
import type { Executions, StartedExecution } from "../stepfunctions/executions.ts";
import { startsThrottled } from "../stepfunctions/metrics.ts";
import type { Clock } from "../time/clock.ts";
import { groupMetric } from "./metrics.ts";
import type { Schedule } from "./schedules.ts";

/** What Scheduler invokes targets with. */
export interface InvokeArgs {
  permissions: Permissions;
  executions: Executions;
  clock: Clock;
  inject: InjectFault;
  metrics: Metrics;
}

/** A run of a schedule: the execution that it started, or why it started none. */
export type Invocation = { execution: StartedExecution } | { undelivered: { name: string; message: string } };

/** Starts a schedule's target, as often as its retry policy says; then sends its input to the dead-letter queue. */
export const invoke = async (schedule: Schedule, args: InvokeArgs): Promise<Invocation> => {
  const { clock, metrics } = args;
  const since = clock.now();
  const count = (metricName: string) => metrics.put(groupMetric(schedule.groupName, metricName));
  for (let attempts = 1; ; attempts += 1) {
    count("InvocationAttemptCount");
    try {
      return { execution: attempt(schedule, args) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const isThrottled = error.name === throttling;
      count("TargetErrorCount");
      if (isThrottled) count("TargetErrorThrottledCount");
      const backoffMilliseconds = 1000 * 2 ** attempts;
      const isTooOld = clock.now() + backoffMilliseconds - since > schedule.maxEventAgeSeconds * 1000;
      if (!isThrottled || attempts >= schedule.maxAttempts || isTooOld) {
        count("InvocationDroppedCount");
        const isSent = sendDeadLetter(schedule, error, { attempts, since }, args);
        count(isSent ? "InvocationsSentToDeadLetterCount" : "InvocationsFailedToBeSentToDeadLetterCount");
        return { undelivered: { name: error.name, message: error.message } };
      }
      await clock.sleep(backoffMilliseconds);
    }
  }
};

const throttling = "ThrottlingException";

const attempt = (schedule: Schedule, { executions, inject, metrics, ...args }: InvokeArgs): StartedExecution => {
  const refusal = refusalOf(schedule, { action: "states:StartExecution", resource: schedule.targetArn }, args);
  if (refusal) throw new AwsError("AccessDeniedException", refusal.message);
  if (inject("delivery", `schedule ${schedule.name}`, undefined, schedule.name) === "fails") {
    metrics.put(startsThrottled);
    throw new AwsError(throttling, "Injected: the machine cannot be started now");
  }
  return executions.startInBackground(schedule.targetArn, schedule.input);
};

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html: the group is the source.
const refusalOf = (
  { roleArn, name, groupArn }: Schedule,
  request: Request,
  { permissions }: Pick<InvokeArgs, "permissions">,
): Refusal | null => {
  const context = { "aws:SourceArn": groupArn, "aws:SourceAccount": groupArn.split(":")[4] ?? "" };
  return permissions.roleRefusal(roleArn, { service: "scheduler.amazonaws.com", context, session: name }, request);
};

// Under the schedule's role: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html.
const sendDeadLetter = (
  schedule: Schedule,
  error: AwsError,
  { attempts, since }: { attempts: number; since: number },
  args: InvokeArgs,
): boolean => {
  const { deadLetters, arn, targetArn, input, name } = schedule;
  const context = { "aws:SecureTransport": "true" };
  const request = { action: "sqs:SendMessage", resource: deadLetters.arn, context };
  if (refusalOf(schedule, request, args) || args.inject("queue", `schedule ${name}`, undefined, name)) return false;
  deadLetters.send(input, args.clock.now(), {
    SCHEDULE_ARN: arn,
    TARGET_ARN: targetArn,
    SCHEDULED_TIME: new Date(since).toISOString().replace(/\.\d+/, ""),
    EXECUTION_ID: randomUUID(),
    ERROR_CODE: error.name,
    ERROR_MESSAGE: error.message,
    RETRY_ATTEMPTS: `${attempts - 1}`,
    IS_PAYLOAD_TRUNCATED: "false",
    ...(error.name === throttling && { EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts" }),
  });
  return true;
};
