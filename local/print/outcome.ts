import type { Delivery } from "../../emulator/eventbridge/delivery.ts";
import { failureMessage } from "../../ops/terminal/failure-message.ts";
import type { PublishedEvent, PublishedEvents } from "../published/published-events.ts";
import { ownerOfEvent, type StripeEnvelope } from "../stripe-envelope.ts";
import type { HistoryEvent } from "../../emulator/stepfunctions/limits.ts";
import type { Execution } from "../../emulator/stepfunctions/machine.ts";

type EventOutcome = "applied" | "duplicate" | "stale" | "skipped" | "refused" | "dead-letter" | "unmatched" | "lost";

/** The outcome of one event: a line of the runner's output. */
export interface Outcome {
  /** Of a heal the subscription's id, of a reconciliation the name of its execution. */
  eventId: string;
  /** Of a heal or a reconciliation the name of its state machine. */
  type: string;
  /** The Stripe customer that it is about, `cus_…`; null where it names none. */
  customerId: string | null;
  /** The user that it is about; null where none was found, and of a refund or dispute where nothing was published. */
  userId: string | null;
  /**
   * `applied`: rows were written. `duplicate`: they said the same already. `stale`: they say something newer. `skipped`: not for us.
   * `refused`: must not be written; in the dead-letter queue. `dead-letter`: failed; in the dead-letter queue.
   * `unmatched`: no rule matches. `lost`: neither handled nor in the queue, as the queue takes no message, or the machine timed out.
   * Of a heal: `healed` by Stripe's answer; `closed` by the missing event itself; `unknown` to Stripe. Of a reconciliation: `reconciled`.
   */
  outcome: EventOutcome | "healed" | "closed" | "unknown" | "reconciled";
  /** The states that the execution entered, in order. */
  states: string[];
  /** How often EventBridge delivered it again, and Step Functions ran a state again. */
  retries: number;
  /** The keys that were written, each as `<table> <PK> <SK>`. */
  written: string[];
  /** The events for other services that were put on their bus. */
  published: PublishedEvent[];
  error: { name: string; message: string } | null;
  /** What a heal has changed of the subscription. */
  changes?: { change: string; from: unknown; to: unknown }[];
  /** How long it took, in milliseconds; of a heal or a reconciliation by the emulator's clock, with its waits. */
  ms: number;
  /** Where an unmatched event comes from, if that is not the stack's source; then its type may be handled. */
  source?: string;
  /** How an operator had it handled again; absent for an event that arrives. */
  again?: "redriven" | "replayed";
}

type Result = Pick<Outcome, "outcome" | "states" | "retries" | "written" | "error">;

/** The outcome of an event by its deliveries, which began at `since` on the clock of `performance`, and by what they published. */
export const outcomeOf = (
  event: Pick<StripeEnvelope, "detail">,
  deliveries: Delivery[],
  since: number,
  published: PublishedEvents,
): Outcome => {
  const ms = Math.round(10 * (performance.now() - since)) / 10;
  const executions = deliveries.flatMap((delivery) => ("undelivered" in delivery ? [] : [delivery.execution]));
  const userId = userIdIn(executions.flatMap(({ history }) => history));
  const ids = executions.map(({ arn }) => arn);
  const { error, ...result } = resultOf(deliveries);
  const { id, type } = event.detail;
  const customerId = ownerOfEvent(event)?.customerId ?? null;
  return { eventId: id, type, customerId, userId, ...result, published: published.takeOf(ids), error, ms };
};

/** Whose it is, by what the states were given: a heal's input, the user that was found, or that of what was to be published. */
export const userIdIn = (history: Execution["history"]): string | null => {
  const ids = history.flatMap((event) => {
    if (event.type !== "StateEntered") return [];
    const { userId, customer, publish } = Object(event.state.input);
    return [userId, Object(customer).userId, Object(publish).entries?.[0]?.Detail?.user_id];
  });
  return ids.find((id) => typeof id === "string") ?? null;
};

// Of several targets the worst outcome counts.
const resultOf = (deliveries: Delivery[]): Result => {
  const results = deliveries
    .map((delivery) => ({ ...resultOfOne(delivery), retries: retriesOf(delivery) }))
    .toSorted((a, b) => Number(b.error !== null) - Number(a.error !== null));
  const [{ outcome, states, error } = { outcome: "unmatched" as const, states: [], error: null }] = results;
  const retries = results.reduce((sum, one) => sum + one.retries, 0);
  return { outcome, states, retries, written: results.flatMap(({ written }) => written), error };
};

const retriesOf = (delivery: Delivery): number =>
  "undelivered" in delivery
    ? delivery.retries
    : delivery.retries + delivery.execution.history.filter(({ type }) => type === "StateRetried").length;

const resultOfOne = (delivery: Delivery): Omit<Result, "retries"> => {
  if ("undelivered" in delivery) {
    const outcome = delivery.isLost ? "lost" : "dead-letter";
    return { outcome, states: [], written: [], error: delivery.undelivered };
  }
  return resultOfExecution(delivery.execution);
};

/** What an execution that has ended makes of what it was started with. */
export const resultOfExecution = ({
  status,
  output,
  failure,
  history,
}: Pick<Execution, "status" | "output" | "failure" | "history">): Omit<Result, "retries"> => {
  const states = history.flatMap((event) => (event.type === "StateEntered" ? [event.state.name] : []));
  if (status === "SUCCEEDED") {
    // The last state of every definition answers with these; a test sees to it.
    const { outcome, written = [] } = output as Pick<Outcome, "outcome"> & { written?: string[] };
    return { outcome, states, written, error: null };
  }
  const data = lastInput(history);
  // What was written stays so, though what came after it failed.
  const { written = [] } = data;
  if (data.failure === undefined || states.at(-1) !== "DeadLettered") {
    const error = { name: failure?.Error ?? "States.Runtime", message: failure?.Cause ?? "" };
    return { outcome: "lost", states, written, error };
  }
  const { Error: name, Cause } = data.failure;
  const outcome = name === "Refused" ? "refused" : "dead-letter";
  return { outcome, states, written, error: { name, message: failureMessage(Cause) } };
};

interface Data {
  written?: string[];
  failure?: { Error: string; Cause?: string };
}

const lastInput = (history: Execution["history"]): Data => {
  const entered = history.filter(
    (event): event is Extract<HistoryEvent, { type: "StateEntered" }> => event.type === "StateEntered",
  );
  // Every definition's data is the envelope, or what the Lambda that wrote rows returned, to which states add these keys.
  return (entered.at(-1)?.state.input ?? {}) as Data;
};
