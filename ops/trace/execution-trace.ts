import { lines as known } from "../../lambdas/runtime/handle.ts";
import { failureMessage } from "../terminal/failure-message.ts";
import type { ExecutionLog, LambdaLine, MachineEvent } from "./event-logs.ts";

/** What an error is called, and what it says. */
export interface TraceError {
  name: string;
  message: string;
}

/** A call of a state's Lambda or queue; times in milliseconds, `at` since 1970. */
export interface Try {
  at: number;
  /** How long it took; null where its end is not logged. */
  ms: number | null;
  error: TraceError | null;
}

/** A state that an execution went through. */
export interface StateTrace extends Pick<Try, "at" | "ms"> {
  name: string;
  tries: Try[];
  /** What its Lambda said of the event, such as `applied`, and why; null if it said nothing. */
  outcome: string | null;
  reason: string | null;
  /** The keys that its Lambda wrote, each as `<table> <PK> <SK>`. */
  written: string[];
}

/** The way of an event through one execution. */
export interface ExecutionTrace extends Pick<Try, "at" | "ms" | "error"> {
  arn: string;
  machine: string;
  /** `redrive`: an operator started it. `again`: EventBridge delivered the event once more, or Stripe sent it once more. */
  kind: "first" | "again" | "redrive";
  /** Null where the state machine's log does not say it. */
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | null;
  states: StateTrace[];
}

/** Tells the way of an event through its executions from what they logged. */
export const tracesOf = (logs: ExecutionLog[]): ExecutionTrace[] => {
  const inOrder = logs.toSorted((a, b) => startOf(a) - startOf(b));
  const first = inOrder.find(({ arn }) => !isRedrive(arn));
  return inOrder.map((log) => {
    if (isRedrive(log.arn)) return traceOf(log, "redrive");
    return traceOf(log, log === first ? "first" : "again");
  });
};

const isRedrive = (executionArn: string): boolean => /^redrive-\d+-/.test(executionArn.split(":")[7] ?? "");

const ends: Record<string, ExecutionTrace["status"]> = {
  ExecutionSucceeded: "SUCCEEDED",
  ExecutionFailed: "FAILED",
  ExecutionTimedOut: "TIMED_OUT",
};

const startOf = ({ events, lines }: ExecutionLog): number => Math.min(...[...events, ...lines].map(({ at }) => at));

const traceOf = (log: ExecutionLog, kind: ExecutionTrace["kind"]): ExecutionTrace => {
  const { arn, machine, lines, events } = log;
  const at = startOf(log);
  const end = events.find(({ type }) => type in ends);
  const isWhole = events.some(({ type }) => type === "TaskStateEntered");
  const states = isWhole ? statesIn(events, lines) : statesBehind(lines);
  return {
    arn,
    machine,
    kind,
    at,
    ms: end ? end.at - at : null,
    status: (end && ends[end.type]) ?? null,
    error: end && end.type !== "ExecutionSucceeded" ? errorOf(end) : null,
    states: states.map((state) => ({ ...state, ...saidOf(state.name, lines) })),
  };
};

type State = Pick<StateTrace, "name" | "at" | "ms" | "tries">;

const statesIn = (events: MachineEvent[], lines: LambdaLine[]): State[] => {
  const states: State[] = [];
  for (const event of events) {
    const { type, at, details } = event;
    if (type.endsWith("StateEntered")) states.push({ name: details.name ?? "", at, ms: null, tries: [] });
    const state = states.at(-1);
    const current = state?.tries.at(-1);
    if (type === "TaskScheduled") state?.tries.push({ at, ms: null, error: null });
    if (state && current && /^Task(Succeeded|Failed|TimedOut)$/.test(type)) {
      current.ms = at - current.at;
      if (type !== "TaskSucceeded") current.error = errorOf(event) ?? thrownIn(state.name, lines, current.at);
    }
    if (state && type.endsWith("StateExited")) state.ms = at - state.at;
  }
  return states;
};

// What a state machine's log does not have, its Lambdas' lines tell as far as they go.
const statesBehind = (lines: LambdaLine[]): State[] => {
  const states: State[] = [];
  for (const { lambda, at, message, error, reason, outcome } of lines) {
    const name = stateOf(lambda);
    const state = states.find((one) => one.name === name) ?? { name, at, ms: null, tries: [] };
    if (!states.includes(state)) states.push(state);
    if (message === known.received) state.tries.push({ at, ms: null, error: null });
    const current = state.tries.at(-1);
    if (current && message === known.failed) {
      current.ms = at - current.at;
      current.error = { name: `${error}`, message: reason ?? "" };
    }
    if (outcome !== undefined) state.ms = at - state.at;
  }
  return states;
};

const thrownIn = (state: string, lines: LambdaLine[], since: number): TraceError | null => {
  const line = lines.find(({ lambda, at, error }) => stateOf(lambda) === state && at >= since && error !== undefined);
  return line ? { name: `${line.error}`, message: line.reason ?? "" } : null;
};

const saidOf = (state: string, lines: LambdaLine[]): Pick<StateTrace, "outcome" | "reason" | "written"> => {
  const line = lines.findLast(({ lambda, outcome }) => stateOf(lambda) === state && outcome !== undefined);
  return { outcome: line?.outcome ?? null, reason: line?.reason ?? null, written: line?.written ?? [] };
};

const errorOf = ({ details: { error, cause } }: MachineEvent): TraceError | null =>
  error === undefined ? null : { name: error, message: failureMessage(cause) };

// Lambda `write-payment` is state `WritePayment`.
const stateOf = (lambda: string): string =>
  lambda.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
