import { randomUUID } from "node:crypto";
import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { validateInputs } from "../graph/validate-inputs.ts";
import { type Clock, installTimers } from "../time/clock.ts";
import { bytesOf, largestData } from "./data-limit.ts";
import { Definition, type TaskResource } from "./definition.ts";
import { DataLimitExceeded } from "./errors.ts";

/** Calls a service for a task, with the task's parameters and the input of its execution. */
export type TaskCall = (parameters: unknown, executionInput: unknown) => Promise<unknown>;

/** An event of an execution's history: which state was entered, left, failed, retried or caught. */
export type HistoryEvent = ReturnType<StateMachine["run"]>["eventLogs"] extends AsyncGenerator<infer E> ? E : never;

/** An execution that has ended. */
export interface Execution {
  arn: string;
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT";
  /** Its output, if it succeeded. */
  output: unknown;
  /** Its error and cause, if it failed. */
  failure: { Error: string; Cause: string } | null;
  history: HistoryEvent[];
  /** The calls of services by its tasks, in order. */
  serviceCalls: ServiceCall[];
}

/** A call of a service by a task. */
export interface ServiceCall {
  /** The ARN of the call, such as `arn:aws:states:::lambda:invoke`. */
  resource: string;
  timeoutSeconds: number;
  parameters: unknown;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Absent if the call failed. */
  output?: unknown;
}

/** A state machine that can be run. */
export interface Machine {
  name: string;
  arn: string;
  run(executionName: string, input: unknown): Promise<Execution>;
}

/** How a state machine is made. */
export interface MachineArgs {
  name: string;
  arn: string;
  /** The definition with its placeholders resolved. */
  definition: string;
  /** How a task calls each service, by the ARN of the call. */
  taskCalls: Record<TaskResource, TaskCall>;
  /** Whether a fault lets the execution with this input hang until it times out. */
  hangs: (input: unknown) => boolean;
  clock: Clock;
}

/** Makes a state machine of a definition; refuses one that would not run here exactly as in AWS. */
export const makeMachine = ({ name, arn, definition, taskCalls, hangs, clock }: MachineArgs): Machine => {
  // The interpreter waits by the global `setTimeout`, and takes no other.
  installTimers();
  const validDefinition = validateInputs(JSON.parse(definition), Definition, `state machine ${name}`);
  // The struct lets through no more than the library's own type has; the library's own check would take a tenth of a second each.
  const interpreter = new StateMachine(validDefinition as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  return {
    name,
    arn,
    run: (executionName, input) =>
      clock.runWith(async () => {
        // Express executions may share a name, so AWS adds an id of its own.
        const executionArn = `${arn.replace(":stateMachine:", ":express:")}:${executionName}:${randomUUID()}`;
        if (hangs(input)) return { arn: executionArn, ...(await hang(input, validDefinition, clock)) };
        const serviceCalls: ServiceCall[] = [];
        const handlers = handlersOf(validDefinition, { taskCalls, clock }, serviceCalls, input);
        const { result, eventLogs } = interpreter.run(asJson(input), {
          overrides: { taskResourceLocalHandlers: handlers },
          context: { Execution: { Id: executionArn, Name: executionName }, StateMachine: { Id: arn, Name: name } },
        });
        const outcome = result.then(succeeded, failed);
        const history: HistoryEvent[] = [];
        for await (const event of eventLogs) {
          // The interpreter takes its times from the real clock.
          event.timestamp = clock.now();
          history.push(event);
        }
        return { arn: executionArn, ...(await outcome), history, serviceCalls };
      }),
  };
};

const hang = async (input: unknown, { TimeoutSeconds }: Definition, clock: Clock): Promise<Omit<Execution, "arn">> => {
  const started = { type: "ExecutionStarted" as const, timestamp: clock.now(), input: asJson(input) };
  await clock.sleep(1000 * TimeoutSeconds);
  const ended = { type: "ExecutionTimeout" as const, timestamp: clock.now() };
  return { ...timedOut("Injected: the execution hangs"), history: [started, ended], serviceCalls: [] };
};

// What the interpreter calls for each task, by the name of its state.
const handlersOf = (
  { States }: Definition,
  { taskCalls, clock }: Pick<MachineArgs, "taskCalls" | "clock">,
  calls: ServiceCall[],
  executionInput: unknown,
) => {
  const tasks = Object.entries(States).flatMap(([state, { Type, ...fields }]) =>
    Type === "Task" && "Resource" in fields
      ? [{ state, resource: fields.Resource, timeoutSeconds: fields.TimeoutSeconds }]
      : [],
  );
  const handlers = tasks.map(({ state, resource, timeoutSeconds }) => [
    state,
    async (parameters: unknown) => {
      const call: ServiceCall = { resource, timeoutSeconds, parameters, startedAt: clock.now() };
      calls.push(call);
      // Each task gets all of the data, so that the other states need no check.
      assertWithinLimit(parameters, state);
      call.output = await taskCalls[resource](parameters, executionInput);
      assertWithinLimit(call.output, state);
      return asJson(call.output);
    },
  ]);
  return Object.fromEntries(handlers);
};

const assertWithinLimit = (data: unknown, state: string): void => {
  if (bytesOf(data) <= largestData) return;
  throw new DataLimitExceeded(`The data of state ${state} have more than ${largestData} bytes`);
};

const succeeded = (output: unknown) => ({ status: "SUCCEEDED" as const, output, failure: null });

const timedOut = (cause: string) => ({
  status: "TIMED_OUT" as const,
  output: null,
  failure: { Error: "States.Timeout", Cause: cause },
});

const failed = (error: Error) => {
  if (error.name === "ExecutionTimeoutError") return timedOut(error.message);
  const cause = error.cause instanceof Error ? error.cause : error;
  return { status: "FAILED" as const, output: null, failure: { Error: cause.name, Cause: cause.message } };
};

type Json = Parameters<StateMachine["run"]>[0];

// The input and output of a state are JSON: read from a message, or about to be written to one.
const asJson = (value: unknown): Json => value as Json;
