import { placeholdersOf, readDefinition, resolve } from "../../infra/processing/definition.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { type Execution, makeMachine } from "../../emulator/stepfunctions/machine.ts";

/** What each service answers, call by call: a value, an error that it throws, or `hangs`; the last answer goes on for ever. */
export type Script = Record<string, unknown[]>;

/** A service that never answers. */
export const hangs = Symbol("hangs");

/** How a run by a script went. */
export interface ScriptedRun extends Execution {
  states: string[];
  /** How often each service was called. */
  calls: Record<string, number>;
  /** What was sent to the dead-letter queue. */
  sent: unknown[];
  /** The executions that were started, by their parameters. */
  started: unknown[];
  /** The entries that were put on a bus. */
  published: unknown[];
  /** How much virtual time passed, in seconds. */
  seconds: number;
}

/** An error by the name that a state machine matches. */
export const failure = (name: string): Error => Object.assign(new Error(`${name} happened`), { name });

/** Runs a definition with services that answer by a script; `dead-letter-queue` is one of them. */
export const runScripted = async (
  name: string,
  script: Script,
  input: unknown = {},
  type: "EXPRESS" | "STANDARD" = "EXPRESS",
): Promise<ScriptedRun> => {
  const definition = readDefinition(name);
  const themselves = Object.fromEntries(placeholdersOf(definition).map((placeholder) => [placeholder, placeholder]));
  const clock = new VirtualClock(0);
  const calls: Record<string, number> = {};
  const sent: unknown[] = [];
  const started: unknown[] = [];
  const published: unknown[] = [];

  const answerOf = async (service: string): Promise<unknown> => {
    calls[service] = (calls[service] ?? 0) + 1;
    const answers = script[service] ?? [];
    const answer = answers[Math.min(calls[service], answers.length) - 1];
    if (answer === hangs) return new Promise(() => {});
    if (answer instanceof Error) throw answer;
    return answer;
  };

  const machine = makeMachine({
    name,
    type,
    arn: `arn:aws:states:region:account:stateMachine:${name}`,
    definition: resolve(definition, themselves),
    hangs: () => false,
    clock,
    taskCalls: {
      "arn:aws:states:::events:putEvents": async (parameters) => {
        const { Entries } = Object(parameters);
        const answer = await answerOf(Object(Entries[0]).EventBusName);
        published.push(...Entries);
        return answer;
      },
      "arn:aws:states:::lambda:invoke": async (parameters) => ({
        Payload: await answerOf(Object(parameters).FunctionName),
      }),
      "arn:aws:states:::sqs:sendMessage": async (parameters) => {
        const { QueueUrl, MessageBody } = Object(parameters);
        await answerOf(QueueUrl);
        sent.push(MessageBody);
        return { MessageId: "1" };
      },
      "arn:aws:states:::states:startExecution": async (parameters) => {
        const answer = await answerOf(Object(parameters).StateMachineArn);
        started.push(parameters);
        return answer;
      },
    },
  });
  const execution = await machine.run("run-1", input);
  const states = execution.history.flatMap((event) => (event.type === "StateEntered" ? [event.state.name] : []));
  return { ...execution, states, calls, sent, started, published, seconds: clock.now() / 1000 };
};
