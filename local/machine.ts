import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { checked } from "./checked.ts";
import { Definition } from "./asl.ts";
import type { Clock } from "./clock.ts";

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
    Type === "Task" && "Resource" in fields ? [{ state, resource: fields.Resource }] : [],
  );
  const taskResourceLocalHandlers = Object.fromEntries(
    tasks.map(({ state, resource }) => [
      state,
      async (parameters: unknown) => asJson(await callService(resource, parameters)),
    ]),
  );

  return {
    name,
    arn,
    run: (executionName, input) =>
      clock.within(async () => {
        const executionArn = `${arn.replace(":stateMachine:", ":express:")}:${executionName}`;
        if (stalls(input)) {
          await clock.sleep(1000 * checkedDefinition.TimeoutSeconds);
          return { arn: executionArn, ...failed(timedOut), history: [] };
        }
        const { result, eventLogs } = interpreter.run(asJson(input), {
          overrides: { taskResourceLocalHandlers },
          context: { Execution: { Id: executionArn, Name: executionName }, StateMachine: { Id: arn, Name: name } },
        });
        const outcome = result.then(succeeded, failed);
        const history: HistoryEvent[] = [];
        for await (const event of eventLogs) history.push(event);
        return { arn: executionArn, ...(await outcome), history };
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
