import type { Clock } from "../time/clock.ts";
import { bytesOf, largestData } from "../stepfunctions/data-limit.ts";
import { ruleMetric, startsThrottled } from "./metrics.ts";
import type { Strike } from "../faults/faults.ts";
import type { Execution } from "../stepfunctions/machine.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { Target } from "./targets.ts";

/** What became of an event at one target: the execution it started, or the reason that it could not be delivered. */
export type Delivery =
  | { execution: Execution }
  | { undelivered: { name: string; message: string }; /** Whether not even the queue took it. */ isLost: boolean };

/** A target refused an event. */
export class DeliveryError extends Error {
  /** EventBridge's code, which a dead letter carries as `ERROR_CODE`. */
  readonly code: string;
  /** Whether EventBridge tries again. */
  readonly isRetryable: boolean;

  constructor(code: string, message: string, isRetryable: boolean) {
    super(message);
    this.code = code;
    this.isRetryable = isRetryable;
  }
}

/** Starts what a target's ARN names with an event; throws a `DeliveryError` if it is not taken. */
export type StartTarget = (arn: string, event: unknown) => Promise<Execution>;

/** What EventBridge delivers with. */
export interface DeliveryArgs {
  permissions: Permissions;
  startTarget: StartTarget;
  clock: Clock;
  strike: Strike;
  metrics: Metrics;
}

/** Starts a target with an event, once or, as EventBridge delivers at least once, twice; tries again, and dead-letters it in the end. */
export const deliverAll = async (target: Target, event: unknown, args: DeliveryArgs): Promise<Delivery[]> => {
  const eventId = eventIdOf(event);
  const fault = args.strike("delivery", `way ${eventId}`, eventId, target.name);
  if (fault === "late") await args.clock.sleep(lateMilliseconds);
  const times = fault === "twice" ? [1, 2] : [1];
  const deliveries = times.map((time) =>
    deliver(target, event, args, () => start(target, event, args, `${eventId} ${time}`)),
  );
  return (await Promise.all(deliveries)).flat();
};

const lateMilliseconds = 10 * 60 * 1000;

const start = async (target: Target, event: unknown, args: DeliveryArgs, key: string): Promise<Delivery[]> => {
  demand(target, "states:StartExecution", args.permissions);
  const size = bytesOf(event);
  if (size > largestData) {
    const message = `The input has ${size} bytes; an execution takes at most ${largestData}`;
    throw new DeliveryError("INVALID_PARAMETER", message, false);
  }
  if (args.strike("delivery", key, eventIdOf(event), target.name) === "fails") {
    args.metrics.put(startsThrottled);
    throw throttled("the machine cannot be started now");
  }
  return [{ execution: await args.startTarget(target.arn, event) }];
};

/** What a target is said to answer where a fault strikes. */
export const throttled = (what: string): DeliveryError => new DeliveryError("THROTTLING", `Injected: ${what}`, true);

/** Tries until it is done, or the target's retry policy ends it; then the event is dead-lettered. */
export const deliver = async (
  target: Target,
  event: unknown,
  args: DeliveryArgs,
  attempt: () => Promise<Delivery[]>,
): Promise<Delivery[]> => {
  const { clock } = args;
  const since = clock.now();
  for (let tried = 1; ; tried += 1) {
    try {
      const deliveries = await attempt();
      args.metrics.put(ruleMetric(target, "Invocations"));
      return deliveries;
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      const waitMilliseconds = 1000 * 2 ** tried;
      const isTooOld = clock.now() + waitMilliseconds - since > target.ageSeconds * 1000;
      if (!error.isRetryable || tried >= target.tries || isTooOld)
        return [deadLetter(target, event, error, tried - 1, args)];
      await clock.sleep(waitMilliseconds);
    }
  }
};

/** Throws a `DeliveryError` if a target's role does not allow this. */
export const demand = (target: Target, action: string, permissions: Permissions): void => {
  const context = { "aws:SourceArn": target.ruleArn, "aws:SourceAccount": target.ruleArn.split(":")[4] ?? "" };
  const by = { service: "events.amazonaws.com", context, session: target.name };
  const refusal = permissions.roleRefusal(target.roleArn, by, { action, resource: target.arn });
  if (!refusal) return;
  throw new DeliveryError(refusal.isTrust ? "FAILED_TO_ASSUME_ROLE" : "NO_PERMISSIONS", refusal.message, false);
};

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
const deadLetter = (
  target: Target,
  event: unknown,
  { code, message, isRetryable }: DeliveryError,
  retries: number,
  { permissions, clock, strike, metrics }: DeliveryArgs,
): Delivery => {
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
  // EventBridge tries it once.
  if (refusal !== null || strike("queue", `undelivered ${eventId}`, eventId)) {
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

/** The id of Stripe's event in an envelope. */
export const eventIdOf = (event: unknown): string => String(Object(Object(event).detail).id);
