import type { Delivery } from "../emulator/eventbridge/delivery.ts";
import type { Envelope } from "./stripe-envelope.ts";
import type { Execution, HistoryEvent } from "../emulator/stepfunctions/machine.ts";

/** What became of one event: a line of the runner's output. */
export interface Outcome {
  eventId: string;
  type: string;
  /**
   * `applied`: rows say something new. `duplicate`: they said it already. `stale`: something newer stands. `skipped`: not for us.
   * `refused`: must not be written; in the dead-letter queue. `dead-letter`: failed; in the dead-letter queue.
   * `unmatched`: no rule takes it. `lost`: neither handled nor in the queue, which a fault at the queue itself can do.
   */
  outcome: "applied" | "duplicate" | "stale" | "skipped" | "refused" | "dead-letter" | "unmatched" | "lost";
  /** The states that were entered, in order. */
  states: string[];
  /** The keys that were written, each as `<table> <PK> <SK>`. */
  written: string[];
  error: { name: string; message: string } | null;
  /** How long it took, in milliseconds. */
  ms: number;
  /** How it came once more; not there for what comes as ever. */
  again?: "redriven" | "replayed";
}

type Result = Pick<Outcome, "outcome" | "states" | "written" | "error">;

/** Says what became of an event that was taken in at `since`, on the clock of `performance`. */
export const outcomeOf = (
  { detail: { id, type } }: Pick<Envelope, "detail">,
  deliveries: Delivery[],
  since: number,
): Outcome => {
  const ms = Math.round(10 * (performance.now() - since)) / 10;
  return { eventId: id, type, ...resultOf(deliveries), ms };
};

// Of all the targets that it came to the worst, as an event is as good as its worst end.
const resultOf = (deliveries: Delivery[]): Result => {
  const [first = { outcome: "unmatched" as const, states: [], written: [], error: null }, ...others] = deliveries
    .map(resultOfOne)
    .toSorted((a, b) => Number(b.error !== null) - Number(a.error !== null));
  return { ...first, written: [first, ...others].flatMap(({ written }) => written) };
};

const resultOfOne = (delivery: Delivery): Result => {
  if ("undelivered" in delivery) {
    const outcome = delivery.isLost ? "lost" : "dead-letter";
    return { outcome, states: [], written: [], error: delivery.undelivered };
  }
  const { status, output, failure, history } = delivery.execution;
  const states = history.flatMap((event) => (event.type === "StateEntered" ? [event.state.name] : []));
  if (status === "SUCCEEDED") {
    // The last state of every definition answers with these; a test sees to it.
    const { outcome, written = [] } = output as Pick<Outcome, "outcome"> & { written?: string[] };
    return { outcome, states, written, error: null };
  }
  const data = lastInput(history);
  if (data.failure === undefined || states.at(-1) !== "DeadLettered") {
    const { Error: name, Cause: message } = failure ?? { Error: "States.Runtime", Cause: "" };
    return { outcome: "lost", states, written: [], error: { name, message } };
  }
  const outcome = data.failure.Error === "Refused" ? "refused" : "dead-letter";
  return { outcome, states, written: [], error: { name: data.failure.Error, message: messageOf(data.failure.Cause) } };
};

interface Data {
  failure?: { Error: string; Cause?: string };
}

const lastInput = (history: Execution["history"]): Data => {
  const entered = history.filter(
    (event): event is Extract<HistoryEvent, { type: "StateEntered" }> => event.type === "StateEntered",
  );
  // Every definition's data is the envelope, to which states add these keys.
  return (entered.at(-1)?.state.input ?? {}) as Data;
};

/** The message of a failure by its cause: that of a Lambda's error is its whole answer, as JSON. */
export const messageOf = (cause = ""): string => {
  try {
    const { errorMessage } = JSON.parse(cause);
    return typeof errorMessage === "string" ? errorMessage : cause;
  } catch {
    return cause;
  }
};
