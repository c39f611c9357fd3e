import { randomUUID } from "node:crypto";
import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { EmulatorError } from "../graph/errors.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import { type Clock, installTimers } from "../time/clock.ts";
import { eventsCounted, type HistoryEvent, longestHistory } from "./limits.ts";
import { asJson, handlersOf, type ServiceCall, type TaskCall } from "./task-handlers.ts";
import { Definition, type TaskResource } from "./definition.ts";

/** An execution that has ended. */
export interface Execution {
  arn: string;
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  /** Its output, if it succeeded. */
  output: unknown;
  /** Its error and cause, if it did not. */
  failure: Failure | null;
  history: HistoryEvent[];
  /** The calls of services by its tasks, in order. */
  serviceCalls: ServiceCall[];
}

/** Why an execution failed, or was aborted. */
export interface Failure {
  Error: string;
  Cause: string;
}

/** An Express machine runs for minutes; a Standard one for up to a year, and keeps the names of its executions. */
export type MachineType = "EXPRESS" | "STANDARD";

/** A state machine that can be run. */
export interface Machine {
  name: string;
  arn: string;
  type: MachineType;
  /** The ARN of an execution of this name; executions of Express may share a name, and get an id of their own. */
  executionArn(executionName: string): string;
  /** Runs an execution to its end; `signal` aborts it, its reason being the `Failure`. */
  run(executionName: string, input: unknown, more?: { arn?: string; signal?: AbortSignal }): Promise<Execution>;
}

/** How a state machine is made. */
export interface MachineArgs {
  name: string;
  arn: string;
  type: MachineType;
  /** The definition with its placeholders resolved. */
  definition: string;
  /** How a task calls each service, by the ARN of the call. */
  taskCalls: Record<TaskResource, TaskCall>;
  /** Whether a fault lets the execution with this input hang until it times out. */
  hangs: (input: unknown) => boolean;
  clock: Clock;
}

/** Makes a state machine of a definition; refuses one that would not run here exactly as in AWS. */
export const makeMachine = ({ name, arn, type, definition, taskCalls, hangs, clock }: MachineArgs): Machine => {
  // The interpreter waits by the global `setTimeout`, and takes no other.
  installTimers();
  const validDefinition = validateInputs(JSON.parse(definition), Definition, `state machine ${name}`);
  const longest = type === "EXPRESS" ? 300 : secondsOfYear;
  if (validDefinition.TimeoutSeconds > longest)
    throw new EmulatorError(
      `State machine ${name}: TimeoutSeconds is more than ${longest}, which ${type} runs at most`,
    );
  // The struct lets through no more than the library's own type has; the library's own check would take a tenth of a second each.
  const interpreter = new StateMachine(validDefinition as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const executionArn = (executionName: string): string =>
    type === "EXPRESS"
      ? `${arn.replace(":stateMachine:", ":express:")}:${executionName}:${randomUUID()}`
      : `${arn.replace(":stateMachine:", ":execution:")}:${executionName}`;
  return {
    name,
    arn,
    type,
    executionArn,
    run: (executionName, input, { arn: ownArn = executionArn(executionName), signal } = {}) =>
      clock.runWith(async () => {
        if (hangs(input)) return { arn: ownArn, ...(await hang(input, validDefinition, { clock, signal })) };
        const serviceCalls: ServiceCall[] = [];
        let hasEnded = false;
        const isOver = () => hasEnded || signal?.aborted === true;
        const handlers = handlersOf(
          validDefinition,
          { taskCalls, clock, executionArn: ownArn, isOver },
          serviceCalls,
          input,
        );
        const running = interpreter.run(asJson(input), {
          overrides: { taskResourceLocalHandlers: handlers },
          context: { Execution: { Id: ownArn, Name: executionName }, StateMachine: { Id: arn, Name: name } },
        });
        const end = await follow(running, { type, clock, signal });
        hasEnded = true;
        return { arn: ownArn, ...end, serviceCalls };
      }),
  };
};

const secondsOfYear = 365 * 24 * 60 * 60;

// Follows an execution to its end, which may be that it is aborted or that its history is full.
const follow = async (
  { result, eventLogs, abort }: ReturnType<StateMachine["run"]>,
  { type, clock, signal }: Pick<MachineArgs, "type" | "clock"> & { signal: AbortSignal | undefined },
): Promise<Omit<Execution, "arn" | "serviceCalls">> => {
  const outcome = result.then(succeeded, failed);
  const stop = (): void => clock.runWith(abort);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const history: HistoryEvent[] = [];
  let counted = 0;
  for await (const event of eventLogs) {
    // The interpreter takes its times from the real clock.
    event.timestamp = clock.now();
    counted += eventsCounted(event, history.at(-1));
    history.push(event);
    if (type === "STANDARD" && counted >= longestHistory && "state" in event) {
      stop();
      history.push({ type: "ExecutionFailed", timestamp: clock.now(), ...historyIsFull });
      return { status: "FAILED", output: null, failure: historyIsFull, history };
    }
  }
  signal?.removeEventListener("abort", stop);
  const isAborted = signal?.aborted && history.at(-1)?.type === "ExecutionAborted";
  return { ...(isAborted ? abortedBy(signal) : await outcome), history };
};

const historyIsFull = {
  Error: "States.Runtime",
  Cause: `The execution reached the maximum number of history events (${longestHistory}).`,
};

const hang = async (
  input: unknown,
  { TimeoutSeconds }: Definition,
  { clock, signal }: { clock: Clock; signal: AbortSignal | undefined },
): Promise<Omit<Execution, "arn">> => {
  const started = { type: "ExecutionStarted" as const, timestamp: clock.now(), input: asJson(input) };
  await Promise.race([clock.sleep(1000 * TimeoutSeconds), abortOf(signal)]);
  if (signal?.aborted) {
    const aborted = { type: "ExecutionAborted" as const, timestamp: clock.now() };
    return { ...abortedBy(signal), history: [started, aborted], serviceCalls: [] };
  }
  const ended = { type: "ExecutionTimeout" as const, timestamp: clock.now() };
  return { ...timedOut("Injected: the execution hangs"), history: [started, ended], serviceCalls: [] };
};

const abortOf = (signal?: AbortSignal): Promise<unknown> =>
  new Promise((done) => signal?.addEventListener("abort", done, { once: true }));

const succeeded = (output: unknown) => ({ status: "SUCCEEDED" as const, output, failure: null });

const timedOut = (cause: string) => ({
  status: "TIMED_OUT" as const,
  output: null,
  failure: { Error: "States.Timeout", Cause: cause },
});

const abortedBy = (signal: AbortSignal) => ({
  status: "ABORTED" as const,
  output: null,
  failure: signal.reason as Failure,
});

const failed = (error: Error) => {
  if (error.name === "ExecutionTimeoutError") return timedOut(error.message);
  const cause = error.cause instanceof Error ? error.cause : error;
  return { status: "FAILED" as const, output: null, failure: { Error: cause.name, Cause: cause.message } };
};
