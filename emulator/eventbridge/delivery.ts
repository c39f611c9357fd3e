import type { Metrics } from "../cloudwatch/metrics.ts";
import type { EventIdOf, InjectFault } from "../faults/faults.ts";
import type { Permissions } from "../iam/permissions.ts";
import { bytesOf, largestData } from "../stepfunctions/limits.ts";
import type { Execution } from "../stepfunctions/machine.ts";
import { startsThrottled } from "../stepfunctions/metrics.ts";
import type { Clock } from "../time/clock.ts";
import { sendDeadLetter, type Undelivered } from "./dead-letter.ts";
import { DeliveryError, throttled } from "./errors.ts";
import { ruleMetric } from "./metrics.ts";
import type { StartTarget } from "./start-target.ts";
import type { Target } from "./targets.ts";

/** The delivery of an event to one target: the execution that it started, or why it could not be delivered. */
export type Delivery = ({ execution: Execution } | Undelivered) & {
  /** How often it was attempted again. */
  retries: number;
};

/** What EventBridge delivers with. */
export interface DeliveryArgs {
  permissions: Permissions;
  startTarget: StartTarget;
  clock: Clock;
  inject: InjectFault;
  eventIdOf: EventIdOf;
  metrics: Metrics;
}

/** Delivers an event to a target: once or, as EventBridge delivers at least once, twice where a fault says so. */
export const deliverToTarget = async (target: Target, event: unknown, args: DeliveryArgs): Promise<Delivery[]> => {
  const eventId = args.eventIdOf(event);
  const fault = args.inject("delivery", `way ${eventId}`, eventId, target.name);
  if (fault === "late") await args.clock.sleep(lateMilliseconds);
  const times = fault === "twice" ? [1, 2] : [1];
  const deliveries = times.map((time) =>
    deliver(target, event, args, () => start(target, event, args, `${eventId} ${time}`)),
  );
  return (await Promise.all(deliveries)).flat();
};

const lateMilliseconds = 10 * 60 * 1000;

const start = async (target: Target, event: unknown, args: DeliveryArgs, key: string): Promise<Delivery[]> => {
  assertAllowed(target, "states:StartExecution", args.permissions);
  const size = bytesOf(event);
  if (size > largestData) {
    const message = `The input has ${size} bytes; an execution takes at most ${largestData}`;
    throw new DeliveryError("INVALID_PARAMETER", message, false);
  }
  if (args.inject("delivery", key, args.eventIdOf(event), target.name) === "fails") {
    args.metrics.put(startsThrottled);
    throw throttled("the machine cannot be started now");
  }
  return [{ execution: await args.startTarget(target.arn, event), retries: 0 }];
};

/** Attempts a delivery until it succeeds or the target's retry policy is exhausted; then sends the event to the dead-letter queue. */
export const deliver = async (
  target: Target,
  event: unknown,
  args: DeliveryArgs,
  attempt: () => Promise<Delivery[]>,
): Promise<Delivery[]> => {
  const { clock } = args;
  const since = clock.now();
  for (let attempts = 1; ; attempts += 1) {
    try {
      const deliveries = await attempt();
      args.metrics.put(ruleMetric(target, "Invocations"));
      return deliveries.map((delivery) => ({ ...delivery, retries: delivery.retries + attempts - 1 }));
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      const backoffMilliseconds = 1000 * 2 ** attempts;
      const isTooOld = clock.now() + backoffMilliseconds - since > target.maxEventAgeSeconds * 1000;
      if (!error.isRetryable || attempts >= target.maxAttempts || isTooOld)
        return [{ ...sendDeadLetter(target, event, error, attempts - 1, args), retries: attempts - 1 }];
      await clock.sleep(backoffMilliseconds);
    }
  }
};

/** Throws a `DeliveryError` if a target's role does not allow an action on the target. */
export const assertAllowed = (target: Target, action: string, permissions: Permissions): void => {
  const context = { "aws:SourceArn": target.ruleArn, "aws:SourceAccount": target.ruleArn.split(":")[4] ?? "" };
  const by = { service: "events.amazonaws.com", context, session: target.name };
  const refusal = permissions.roleRefusal(target.roleArn, by, { action, resource: target.arn });
  if (!refusal) return;
  throw new DeliveryError(refusal.isTrust ? "FAILED_TO_ASSUME_ROLE" : "NO_PERMISSIONS", refusal.message, false);
};
