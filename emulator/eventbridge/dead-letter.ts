import type { Metrics } from "../cloudwatch/metrics.ts";
import type { EventIdOf, InjectFault } from "../faults/faults.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { Clock } from "../time/clock.ts";
import type { DeliveryError } from "./errors.ts";
import { ruleMetric } from "./metrics.ts";
import type { Target } from "./targets.ts";

/** An event that could not be delivered to a target. */
export interface Undelivered {
  undelivered: { name: string; message: string };
  /** Whether the dead-letter queue did not take the event either. */
  isLost: boolean;
}

/** What EventBridge sends dead letters with. */
export interface DeadLetterArgs {
  permissions: Permissions;
  clock: Clock;
  inject: InjectFault;
  eventIdOf: EventIdOf;
  metrics: Metrics;
}

/** Sends an event to its target's dead-letter queue: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html. */
export const sendDeadLetter = (
  target: Target,
  event: unknown,
  { code, message, isRetryable }: DeliveryError,
  retries: number,
  { permissions, clock, inject, eventIdOf, metrics }: DeadLetterArgs,
): Undelivered => {
  const undelivered = { name: code, message };
  metrics.put(ruleMetric(target, "Invocations"));
  metrics.put(ruleMetric(target, "FailedInvocations"));
  const refusal = permissions.serviceRefusal({
    action: "sqs:SendMessage",
    resource: target.deadLetters.arn,
    principal: "events.amazonaws.com",
    context: { "aws:SourceArn": target.ruleArn, "aws:SecureTransport": "true" },
  });
  const eventId = eventIdOf(event);
  // EventBridge attempts this once.
  if (refusal !== null || inject("queue", `undelivered ${eventId}`, eventId)) {
    metrics.put(ruleMetric(target, "InvocationsFailedToBeSentToDlq"));
    return { undelivered, isLost: true };
  }
  metrics.put(ruleMetric(target, "InvocationsSentToDlq"));
  target.deadLetters.send(JSON.stringify(event), clock.now(), {
    RULE_ARN: target.ruleArn,
    TARGET_ARN: target.arn,
    ERROR_CODE: code,
    ERROR_MESSAGE: message,
    RETRY_ATTEMPTS: `${retries}`,
    ...(isRetryable && { EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts" }),
  });
  return { undelivered, isLost: false };
};
