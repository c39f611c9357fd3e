import { checked } from "../../local/checked.ts";
import { Definition } from "../../local/asl.ts";
import { type Graph, ofType, type Resource } from "../../local/graph.ts";

/** A state that calls a Lambda. */
export interface Step {
  lambda: string;
  /** How long it waits at most before it tries again what was throttled, for each time that it does. */
  seconds: number[];
}

/** The way of one type of event through the graph. */
export interface Way {
  eventType: string;
  /** How many rules it passes: the forwarding one, where there is one, and its own. */
  rules: number;
  /** How often EventBridge tries its target again, and how old an event may be then. */
  retries: number;
  ageSeconds: number;
  steps: Step[];
}

/** The ways of all handled types, as the graph and its definitions are configured. */
export const waysOf = (graph: Graph): Way[] => {
  const targets = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget");
  const functions = ofType(graph, "aws:lambda/function:Function");
  return ofType(graph, "aws:sfn/stateMachine:StateMachine").map(({ name, inputs, outputs }) => {
    const target = targets.find((candidate) => candidate.inputs["arn"] === outputs["arn"]);
    const rule = ofType(graph, "aws:cloudwatch/eventRule:EventRule").find((one) => one.name === target?.name);
    if (!target || !rule) throw new Error(`No rule starts the state machine ${name}`);
    const { maximumRetryAttempts, maximumEventAgeInSeconds } = Object(target.inputs["retryPolicy"]);
    const forwards = targets.some(({ inputs: { arn } }) => `${arn}`.includes(":event-bus/"));
    return {
      eventType: String(JSON.parse(`${rule.inputs["eventPattern"]}`).detail.type[0]),
      rules: forwards ? 2 : 1,
      retries: Number(maximumRetryAttempts),
      ageSeconds: Number(maximumEventAgeInSeconds),
      steps: stepsOf(checked(JSON.parse(`${inputs["definition"]}`), Definition, name), functions),
    };
  });
};

// Along the way of an event that is handled: every task to its next state, every choice to its first.
const stepsOf = ({ StartAt, States }: Definition, functions: Resource[]): Step[] => {
  const steps: Step[] = [];
  for (let name: string | undefined = StartAt; name !== undefined;) {
    const state: Definition["States"][string] | undefined = States[name];
    if (!state) throw new Error(`There is no state ${name}`);
    name = state.Type === "Choice" ? state.Choices[0]?.Next : "Next" in state ? state.Next : undefined;
    if (state.Type !== "Task") continue;
    const { FunctionName: arn } = Object(state.Parameters);
    const lambda = functions.find(({ outputs }) => outputs["arn"] === arn);
    if (!lambda) throw new Error(`There is no Lambda ${arn}`);
    steps.push({ lambda: lambda.name, seconds: secondsOf(state.Retry ?? []) });
  }
  return steps;
};

type Retrier = NonNullable<Extract<Definition["States"][string], { Type: "Task" }>["Retry"]>[number];

// A throttled call is Lambda.TooManyRequestsException, which States.TaskFailed matches, if nothing before it names it.
const secondsOf = (retriers: Retrier[]): number[] => {
  const names = ["Lambda.TooManyRequestsException", "States.TaskFailed"];
  const retrier = retriers.find(({ ErrorEquals }) => ErrorEquals.some((name) => names.includes(name)));
  const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier ?? {};
  const attempts = retrier ? MaxAttempts : 0;
  return Array.from({ length: attempts }, (_, index) =>
    Math.min(IntervalSeconds * BackoffRate ** index, MaxDelaySeconds),
  );
};
