import { isObject } from "../../emulator/graph/json.ts";
import type { Execution } from "../../emulator/stepfunctions/machine.ts";
import type { PublishedEvents } from "../published/published-events.ts";
import { type Outcome, resultOfExecution, userIdIn } from "./outcome.ts";

/** The outcome of a Standard state machine's execution, which ran in the background; null for one that was aborted. */
export const backgroundOutcomeOf = (
  execution: Execution,
  machine: string,
  published: PublishedEvents,
): Outcome | null => {
  const { arn, status, output, history } = execution;
  if (status === "ABORTED") return null;
  const entered = history.find((event) => event.type === "StateEntered");
  const { subscriptionId } = Object(entered?.state.input);
  const [first, last] = [history.at(0)?.timestamp ?? 0, history.at(-1)?.timestamp ?? 0];
  const retries = history.filter(({ type }) => type === "StateRetried").length;
  // A reconciliation's output is its run.
  const result = resultOfExecution({
    ...execution,
    output: isObject(output) && "run" in output ? reconciled : output,
  });
  return {
    eventId: typeof subscriptionId === "string" ? subscriptionId : (arn.split(":").at(-1) ?? ""),
    type: machine,
    // Neither a heal nor a reconciliation is told whose customer it is about.
    customerId: null,
    userId: userIdIn(history),
    ...result,
    // A reconciliation enters the same ones for each page.
    states: [...new Set(result.states)],
    published: machine === "reconcile" ? published.takeOfLambdas() : published.takeOf([arn]),
    ...(isObject(output) && Array.isArray(output["changes"]) && { changes: output["changes"] }),
    retries,
    ms: last - first,
  };
};

const reconciled = { outcome: "reconciled" };
