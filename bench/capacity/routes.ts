import { validateInputs } from "../../emulator/graph/validate-inputs.ts";
import { Definition } from "../../emulator/stepfunctions/definition.ts";
import { type Graph, ofType, type Resource } from "../../emulator/graph/graph.ts";

/** The route of one type of event through the graph. */
export interface Route {
  eventType: string;
  /** How many rules it passes: the forwarding one, where there is one, and its own. */
  rules: number;
  /** The Lambdas that its states call, in turn. */
  lambdas: string[];
}

/** The routes of all handled types, as the graph and its definitions are configured. */
export const routesOf = (graph: Graph): Route[] => {
  const targets = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget");
  const functions = ofType(graph, "aws:lambda/function:Function");
  return ofType(graph, "aws:sfn/stateMachine:StateMachine").map(({ name, inputs, outputs }) => {
    const target = targets.find((candidate) => candidate.inputs["arn"] === outputs["arn"]);
    const rule = ofType(graph, "aws:cloudwatch/eventRule:EventRule").find((one) => one.name === target?.name);
    if (!rule) throw new Error(`No rule starts the state machine ${name}`);
    const forwards = targets.some(({ inputs: { arn } }) => `${arn}`.includes(":event-bus/"));
    return {
      eventType: String(JSON.parse(`${rule.inputs["eventPattern"]}`).detail.type[0]),
      rules: forwards ? 2 : 1,
      lambdas: lambdasOf(validateInputs(JSON.parse(`${inputs["definition"]}`), Definition, name), functions),
    };
  });
};

// Along the route of an event that is handled: every task to its next state, every choice to its first.
const lambdasOf = ({ StartAt, States }: Definition, functions: Resource[]): string[] => {
  const lambdas: string[] = [];
  for (let name: string | undefined = StartAt; name !== undefined;) {
    const state: Definition["States"][string] | undefined = States[name];
    if (!state) throw new Error(`There is no state ${name}`);
    name = state.Type === "Choice" ? state.Choices[0]?.Next : "Next" in state ? state.Next : undefined;
    if (state.Type !== "Task") continue;
    const { FunctionName: arn } = Object(state.Parameters);
    const lambda = functions.find(({ outputs }) => outputs["arn"] === arn);
    if (!lambda) throw new Error(`There is no Lambda ${arn}`);
    lambdas.push(lambda.name);
  }
  return lambdas;
};
