import { makeLearner } from "../../../local/stripe-api/learn-event.ts";
import { makeStripeObjects, type StripeObjects } from "../../../local/stripe-api/stripe-objects.ts";
import type { Runner } from "../../../local/runner.ts";

/** What Stripe has after these events, in the order in which they happened. */
export const stripeAfter = (events: Record<string, unknown>[]): StripeObjects => {
  const objects = makeStripeObjects();
  events.forEach(makeLearner(objects));
  return objects;
};

/** Compares all rows with Stripe's, once, as a night does; payments from `since` on, in unix seconds. Returns its summary. */
export const reconcile = async ({ graph, executions }: Runner, since: number): Promise<Record<string, unknown>> => {
  const machineArn = `${Object(graph.outputs["stateMachines"])["reconcile"]}`;
  const { arn } = executions.startInBackground(machineArn, JSON.stringify({ run: { since } }));
  await executions.idle();
  const ended = executions.find(arn);
  if (ended?.status !== "SUCCEEDED") throw new Error(`The reconciliation ended so: ${JSON.stringify(ended)}`);
  const { run } = Object(ended.output);
  if (run.next !== "done") throw new Error(`The reconciliation is not done: ${JSON.stringify(run)}`);
  return run.summary;
};
