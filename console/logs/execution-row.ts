import { lines as known } from "../../lambdas/runtime/handle.ts";
import type { Stack } from "../../ops/command/stack.ts";
import { executionName, redriveNumber } from "../../ops/redrive/execution-name.ts";
import { deadLettered } from "../../ops/redrive/redrive-one.ts";
import { failureMessage } from "../../ops/terminal/failure-message.ts";
import { type LambdaLine, machineOf } from "../../ops/trace/event-logs.ts";
import type { ListedEvent } from "../events/event-list.ts";

/** How an execution failed, as its state machine's log says it. */
export interface ExecutionEnd {
  at: number;
  /** `ExecutionFailed` or `ExecutionTimedOut`. */
  type: string;
  error?: string | undefined;
  cause?: string | undefined;
}

/** Makes the row of an execution in the list of events, by what the logs have of it so far. */
export const executionRow = (
  arn: string,
  lines: readonly LambdaLine[],
  end: ExecutionEnd | undefined,
  stack: Stack,
): ListedEvent => {
  const inOrder = lines.toSorted((a, b) => a.at - b.at);
  const all = <T>(read: (line: LambdaLine) => T | null | undefined): T[] => inOrder.flatMap((line) => read(line) ?? []);
  const times = [...inOrder, ...(end ? [end] : [])].map(({ at }) => at);
  const first = Math.min(...times);
  const outcome = end ? failedOutcome(end) : (all((line) => line.outcome).at(-1) ?? "running");
  return {
    key: arn,
    eventId: all((line) => line.eventId)[0] ?? all(subscriptionOf)[0] ?? executionName(arn),
    type: all((line) => line.type)[0] ?? machineOf(arn, stack),
    customerId: all((line) => line.customerId)[0] ?? null,
    userId: all((line) => line.userId)[0] ?? null,
    at: first,
    outcome,
    ms: outcome === "running" ? null : Math.max(...times) - first,
    retries: retriesIn(inOrder),
    error: end ? { name: end.error ?? "States.Timeout", message: errorMessage(end, inOrder) } : null,
    ...(redriveNumber(arn) > 0 && { again: "redriven" as const }),
  };
};

// A heal is about a subscription, and handles no event.
const subscriptionOf = ({ fields }: LambdaLine): string | null => {
  const { subscriptionId } = fields;
  return typeof subscriptionId === "string" ? subscriptionId : null;
};

const failedOutcome = ({ error, cause }: ExecutionEnd): string => {
  if (cause !== deadLettered) return "lost";
  return error === "Refused" ? "refused" : "dead-letter";
};

// The machine's own cause says no more than that there is a dead letter.
const errorMessage = ({ cause }: ExecutionEnd, lines: readonly LambdaLine[]): string => {
  const failed = lines.findLast(({ message }) => message === known.failed);
  return failed?.reason ?? failureMessage(cause);
};

// Each attempt of a state begins with this line of its Lambda.
const retriesIn = (lines: readonly LambdaLine[]): number => {
  const attempts = lines.filter(({ message }) => message === known.received).map(({ lambda }) => lambda);
  return attempts.length - new Set(attempts).size;
};
