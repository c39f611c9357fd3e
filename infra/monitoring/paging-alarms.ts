import type * as aws from "@pulumi/aws";
import { type AlarmArgs, missingFor } from "./alarm.ts";
import type { Function } from "../processing/function.ts";
import { eventsFrom, functionMetric, machineMetric, ruleMetric, startsThrottled } from "./metrics.ts";
import type { StateMachine } from "../processing/state-machine.ts";

/** What the paging alarms watch, each by its name. */
export interface PagingAlarmArgs {
  rules: Record<string, aws.cloudwatch.EventRule>;
  machines: Record<string, StateMachine>;
  functions: Record<string, Function>;
}

/** The alarms that a thing of a kind fails now, by kind and by their names; each recovers within minutes once that is over. */
export const pagingAlarms = ({
  rules,
  machines,
  functions,
}: PagingAlarmArgs): Record<string, Record<string, AlarmArgs>> => ({
  rules: named(rules, ruleAlarms),
  machines: named(machines, machineAlarms),
  lambdas: named(functions, functionAlarms),
});

/** The alarm that Step Functions throttles the start of executions. */
export const startsAreThrottled: AlarmArgs = {
  description:
    "Step Functions throttles the start of executions in this account; EventBridge retries each event for an hour.",
  watches: startsThrottled,
  threshold: 1,
};

/** The alarm that nothing has come from a source for a day. A new stack is in it until its first event. */
export const noEvents = (source: string): AlarmArgs => ({
  description: "No event has come from Stripe for a day: its destination may be disabled, or its partner source gone.",
  ...missingFor(24, eventsFrom(source)),
});

const named = <T>(parts: Record<string, T>, alarmsOf: (part: T) => Record<string, AlarmArgs>) =>
  Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) =>
      Object.entries(alarmsOf(part)).map(([what, args]) => [`${name}-${what}`, args]),
    ),
  );

const ruleAlarms = (rule: aws.cloudwatch.EventRule): Record<string, AlarmArgs> => ({
  "not-delivered": {
    description: "The rule could not deliver an event to its target, after all retries.",
    watches: ruleMetric(rule, "FailedInvocations"),
    threshold: 1,
  },
  "dead-lettered": {
    description: "An event that the rule could not deliver is in the dead-letter queue.",
    watches: ruleMetric(rule, "InvocationsSentToDlq"),
    threshold: 1,
  },
  lost: {
    description: "An event could neither be delivered nor sent to the dead-letter queue; only the archive has it.",
    watches: ruleMetric(rule, "InvocationsFailedToBeSentToDlq"),
    threshold: 1,
  },
});

const machineAlarms = (machine: StateMachine): Record<string, AlarmArgs> => ({
  failed: {
    description: "An execution failed; its event is in the dead-letter queue.",
    watches: machineMetric(machine, "ExecutionsFailed"),
    threshold: 1,
  },
  "timed-out": {
    description: "An execution exceeded its timeout, which no state can catch; only the archive has its event.",
    watches: machineMetric(machine, "ExecutionsTimedOut"),
    threshold: 1,
  },
});

const functionAlarms = (lambda: Function): Record<string, AlarmArgs> => ({
  errors: {
    description: "At least 5 % of the Lambda's calls have failed for a quarter of an hour.",
    watches: {
      // Without the condition a period without a call would divide by zero.
      expression: "IF(invocations>0,100*errors/invocations,0)",
      sums: { errors: functionMetric(lambda, "Errors"), invocations: functionMetric(lambda, "Invocations") },
    },
    threshold: 5,
    // The state machine retries: a fault that is over within a minute needs no one.
    periods: 3,
  },
  throttled: {
    description: "Calls of the Lambda are throttled: the account has reached its concurrency.",
    watches: functionMetric(lambda, "Throttles"),
    threshold: 1,
  },
  slow: {
    description: "The slowest 1 % of the Lambda's calls take 80 % of its timeout or more.",
    watches: functionMetric(lambda, "Duration"),
    statistic: "p99",
    threshold: 0.8 * lambda.timeoutSeconds * 1000,
  },
});
