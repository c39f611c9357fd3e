import { randomUUID } from "node:crypto";
import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { checked } from "../graph/checked.ts";
import { Definition } from "./definition.ts";
import type { Clock } from "../time/clock.ts";
import { bytesOf, dataLimitExceeded, largestData } from "./data-limit.ts";

/** How a task of a state machine calls a service: the ARN of the call, and its parameters. */
export type CallService = (resource: string, parameters: unknown) => Promise<unknown>;

/** An event in the life of an execution: which state was entered, left, failed, retried or caught. */
export type HistoryEvent = ReturnType<StateMachine["run"]>["eventLogs"] extends AsyncGenerator<infer E> ? E : never;

/** How an execution went. */
export interface Execution {
  arn: string;
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT";
  /** What it answered, if it succeeded. */
  output: unknown;
  /** The error that it failed with, and why. */
  failure: { Error: string; Cause: string } | null;
  history: HistoryEvent[];
  /** Each call of a service that it made, in order. */
  serviceCalls: ServiceCall[];
}

/** A call of a service that a task made. */
export interface ServiceCall {
  /** The ARN of the call, such as `arn:aws:states:::lambda:invoke`. */
  resource: string;
  timeoutSeconds: number;
  parameters: unknown;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** What was answered; nothing if it failed. */
  output?: unknown;
}

/** A state machine that can be run. */
export interface Machine {
  name: string;
  arn: string;
  run(executionName: string, input: unknown): Promise<Execution>;
}

/** What a machine is made of. */
export interface MachineArgs {
  name: string;
  arn: string;
  /** The definition with its placeholders resolved. */
  definition: string;
  callService: CallService;
  /** Whether an execution stands still until it runs out of time, which is a fault. */
  stalls: (input: unknown) => boolean;
  clock: Clock;
}

/** Makes a machine of a definition; refuses one that would not run here exactly as in AWS. */
export const makeMachine = ({ name, arn, definition, callService, stalls, clock }: MachineArgs): Machine => {
  const checkedDefinition = checked(JSON.parse(definition), Definition, `state machine ${name}`);
  // The struct lets through no more than the library's own type has; the library's own check would take a tenth of a second each.
  const interpreter = new StateMachine(checkedDefinition as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const tasks = Object.entries(checkedDefinition.States).flatMap(([state, { Type, ...fields }]) =>
    Type === "Task" && "Resource" in fields
      ? [{ state, resource: fields.Resource, timeoutSeconds: fields.TimeoutSeconds }]
      : [],
  );
  const handlersOf = (calls: ServiceCall[]) =>
    Object.fromEntries(
      tasks.map(({ state, resource, timeoutSeconds }) => [
        state,
        async (parameters: unknown) => {
          const call: ServiceCall = { resource, timeoutSeconds, parameters, startedAt: clock.now() };
          calls.push(call);
          // Each task is given all of the data, so that there is no need to look at other states.
          if (bytesOf(parameters) > largestData) throw dataLimitExceeded(state);
          call.output = await callService(resource, parameters);
          if (bytesOf(call.output) > largestData) throw dataLimitExceeded(state);
          return asJson(call.output);
        },
      ]),
    );

  return {
    name,
    arn,
    run: (executionName, input) =>
      clock.within(async () => {
        // Express executions may share a name, so AWS adds an id of its own.
        const executionArn = `${arn.replace(":stateMachine:", ":express:")}:${executionName}:${randomUUID()}`;
        const serviceCalls: ServiceCall[] = [];
        if (stalls(input)) {
          const started = { type: "ExecutionStarted" as const, timestamp: clock.now(), input: asJson(input) };
          await clock.sleep(1000 * checkedDefinition.TimeoutSeconds);
          const ended = { type: "ExecutionTimeout" as const, timestamp: clock.now() };
          return { arn: executionArn, ...failed(timedOut), history: [started, ended], serviceCalls };
        }
        const { result, eventLogs } = interpreter.run(asJson(input), {
          overrides: { taskResourceLocalHandlers: handlersOf(serviceCalls) },
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

const timedOut = Object.assign(new Error("Injected: the execution stands still"), { name: "ExecutionTimeoutError" });

const succeeded = (output: unknown) => ({ status: "SUCCEEDED" as const, output, failure: null });

const failed = (error: Error) => {
  if (error.name === "ExecutionTimeoutError") {
    return { status: "TIMED_OUT" as const, output: null, failure: { Error: "States.Timeout", Cause: error.message } };
  }
  const cause = error.cause instanceof Error ? error.cause : error;
  return { status: "FAILED" as const, output: null, failure: { Error: cause.name, Cause: cause.message } };
};

type Json = Parameters<StateMachine["run"]>[0];

// What goes in and out of a state is JSON: it was read from a message, or will be made one.
const asJson = (value: unknown): Json => value as Json;
