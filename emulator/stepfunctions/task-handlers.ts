import type { StateMachine } from "aws-local-stepfunctions";
import type { Clock } from "../time/clock.ts";
import type { Definition, TaskResource } from "./definition.ts";
import { DataLimitExceeded, ExecutionEnded } from "./errors.ts";
import { bytesOf, largestData } from "./limits.ts";

/** Calls a service for a task, with the task's parameters, and the input and the ARN of its execution. */
export type TaskCall = (parameters: unknown, executionInput: unknown, executionArn: string) => Promise<unknown>;

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

/** What tasks are handled with. */
export interface HandlersArgs {
  taskCalls: Record<TaskResource, TaskCall>;
  clock: Clock;
  executionArn: string;
  /** Whether the execution has ended: the interpreter goes on with the retries of a call that was under way. */
  isOver: () => boolean;
}

/** What the interpreter calls for each task, by the name of its state; each call is added to `calls`. */
export const handlersOf = (
  { States }: Definition,
  { taskCalls, clock, executionArn, isOver }: HandlersArgs,
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
      if (isOver()) throw new ExecutionEnded();
      const call: ServiceCall = { resource, timeoutSeconds, parameters, startedAt: clock.now() };
      calls.push(call);
      // Each task gets all of the data, so that the other states need no check.
      assertWithinLimit(parameters, state);
      call.output = await taskCalls[resource](parameters, executionInput, executionArn);
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

type Json = Parameters<StateMachine["run"]>[0];

/** The input and output of a state are JSON: read from a message, or about to be written to one. */
export const asJson = (value: unknown): Json => value as Json;
