import { lines as known } from "../../lambdas/runtime/handle.ts";
import { redriveNumber } from "../redrive/execution-name.ts";
import { failureMessage } from "../terminal/failure-message.ts";
import { type LoggedData, loggedData, notLogged } from "./logged-data.ts";
import type { ExecutionLog, LambdaLine, MachineEvent } from "./event-logs.ts";

/** The name and the message of an error. */
export interface TraceError {
  name: string;
  message: string;
}

/** One attempt of a state to call its Lambda or queue; times in milliseconds, `at` since 1970. */
export interface Attempt {
  at: number;
  /** Its duration; null where its end is not logged. */
  ms: number | null;
  error: TraceError | null;
}

/** A state that an execution entered. */
export interface StateTrace extends Pick<Attempt, "at" | "ms"> {
  name: string;
  input: LoggedData;
  output: LoggedData;
  attempts: Attempt[];
  /** The outcome that its Lambda logged, such as `applied`, and the reason; null if it logged none. */
  outcome: string | null;
  reason: string | null;
  /** The keys that its Lambda wrote, each as `<table> <PK> <SK>`. */
  written: string[];
  /** The events for other services that were put on their bus before its Lambda marked them. */
  published: NonNullable<LambdaLine["published"]>;
  /** What its Lambda logged of the event, in the order of time. */
  lines: Pick<LambdaLine, "at" | "level" | "message" | "fields">[];
}

/** One execution of an event. */
export interface ExecutionTrace extends Pick<Attempt, "at" | "ms" | "error"> {
  arn: string;
  machine: string;
  /** `redrive`: an operator started it. `again`: a duplicate, delivered once more by EventBridge or sent once more by Stripe. */
  kind: "first" | "again" | "redrive";
  /** Null where the state machine's log does not say it. */
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | null;
  input: LoggedData;
  states: StateTrace[];
}

/** Traces an event through its executions, from their logs. */
export const tracesOf = (logs: ExecutionLog[]): ExecutionTrace[] => {
  const inOrder = logs.toSorted((a, b) => startOf(a) - startOf(b));
  const first = inOrder.find(({ arn }) => !isRedrive(arn));
  return inOrder.map((log) => {
    if (isRedrive(log.arn)) return traceOf(log, "redrive");
    return traceOf(log, log === first ? "first" : "again");
  });
};

const isRedrive = (executionArn: string): boolean => redriveNumber(executionArn) > 0;

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
  const states = isWhole ? statesFromMachine(events, lines) : statesFromLambdas(lines);
  return {
    arn,
    machine,
    kind,
    at,
    ms: end ? end.at - at : null,
    status: (end && ends[end.type]) ?? null,
    error: end && end.type !== "ExecutionSucceeded" ? errorOf(end) : null,
    input: loggedData(
      events.find(({ type }) => type === "ExecutionStarted"),
      "input",
    ),
    states: states.map((state) => ({ ...state, ...loggedOutcome(state.name, lines) })),
  };
};

type State = Pick<StateTrace, "name" | "at" | "ms" | "input" | "output" | "attempts">;

const statesFromMachine = (events: MachineEvent[], lines: LambdaLine[]): State[] => {
  const states: State[] = [];
  for (const event of events) {
    const { type, at, details } = event;
    if (type.endsWith("StateEntered")) {
      const input = loggedData(event, "input");
      states.push({ name: details.name ?? "", at, ms: null, input, output: notLogged, attempts: [] });
    }
    const state = states.at(-1);
    const current = state?.attempts.at(-1);
    if (type === "TaskScheduled") state?.attempts.push({ at, ms: null, error: null });
    if (state && current && /^Task(Succeeded|Failed|TimedOut)$/.test(type)) {
      current.ms = at - current.at;
      if (type !== "TaskSucceeded") current.error = errorOf(event) ?? loggedError(state.name, lines, current.at);
    }
    if (state && type.endsWith("StateExited")) {
      state.ms = at - state.at;
      state.output = loggedData(event, "output");
    }
  }
  return states;
};

const noData = { input: notLogged, output: notLogged };

// Where a state machine's log level leaves states out, its Lambdas' log lines have those that called them.
const statesFromLambdas = (lines: LambdaLine[]): State[] => {
  const states: State[] = [];
  for (const { lambda, at, message, error, reason, outcome } of lines) {
    const name = stateOf(lambda);
    const state = states.find((one) => one.name === name) ?? { name, at, ms: null, ...noData, attempts: [] };
    if (!states.includes(state)) states.push(state);
    if (message === known.received) state.attempts.push({ at, ms: null, error: null });
    const current = state.attempts.at(-1);
    if (current && message === known.failed) {
      current.ms = at - current.at;
      current.error = { name: `${error}`, message: reason ?? "" };
    }
    if (outcome !== undefined) state.ms = at - state.at;
  }
  return states;
};

const loggedError = (state: string, lines: LambdaLine[], since: number): TraceError | null => {
  const line = lines.find(({ lambda, at, error }) => stateOf(lambda) === state && at >= since && error !== undefined);
  return line ? { name: `${line.error}`, message: line.reason ?? "" } : null;
};

type LoggedOutcome = Pick<StateTrace, "outcome" | "reason" | "written" | "published" | "lines">;

const loggedOutcome = (state: string, lines: LambdaLine[]): LoggedOutcome => {
  const own = lines.filter(({ lambda }) => stateOf(lambda) === state);
  const line = own.findLast(({ outcome }) => outcome !== undefined);
  const published = own.findLast((one) => one.published !== undefined)?.published ?? [];
  return {
    outcome: line?.outcome ?? null,
    reason: line?.reason ?? null,
    // An attempt that failed after it had written is followed by one that finds a duplicate.
    written: [...new Set(own.flatMap(({ written = [] }) => written))],
    published,
    lines: own.map(({ at, level, message, fields }) => ({ at, level, message, fields })),
  };
};

const errorOf = ({ details: { error, cause } }: MachineEvent): TraceError | null =>
  error === undefined ? null : { name: error, message: failureMessage(cause) };

// Lambda `write-payment` is state `WritePayment`.
const stateOf = (lambda: string): string =>
  lambda.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
