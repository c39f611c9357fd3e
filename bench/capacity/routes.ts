import { validateInputs } from "../../emulator/graph/validate-inputs.ts";
import { Definition } from "../../emulator/stepfunctions/definition.ts";
import { type Graph, ofType, type Resource } from "../../emulator/graph/graph.ts";

/** The route of one type of event through the graph. */
export interface Route {
  eventType: string;
  /** How many rules it passes: the forwarding one, where there is one, and its own. */
  rules: number;
  /** The Lambdas that its states call, in turn, if it changes nothing. */
  lambdas: string[];
  /** The Lambdas that are called besides once a change is published. */
  publishing: string[];
}

/** The routes of all handled types, as the graph and its definitions are configured. */
export const routesOf = (graph: Graph): Route[] => {
  const targets = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget");
  const functions = ofType(graph, "aws:lambda/function:Function");
  const rules = ofType(graph, "aws:cloudwatch/eventRule:EventRule");
  const forwards = targets.some(({ inputs: { arn } }) => `${arn}`.includes(":event-bus/"));
  return ofType(graph, "aws:sfn/stateMachine:StateMachine").flatMap(({ name, inputs, outputs }): Route[] => {
    const target = targets.find((candidate) => candidate.inputs["arn"] === outputs["arn"]);
    const rule = rules.find((one) => one.name === target?.name);
    // The Standard ones are started by others.
    if (!rule && inputs["type"] === "STANDARD") return [];
    if (!rule) throw new Error(`No rule starts the state machine ${name}`);
    const route = {
      eventType: String(JSON.parse(`${rule.inputs["eventPattern"]}`).detail.type[0]),
      rules: forwards ? 2 : 1,
      ...lambdasOf(validateInputs(JSON.parse(`${inputs["definition"]}`), Definition, name), functions),
    };
    return [route];
  });
};

// Along the route of an event that is handled: every task to its next state, every choice to its first. Not each task calls a Lambda.
const lambdasOf = ({ StartAt, States }: Definition, functions: Resource[]) => {
  const [lambdas, publishing]: [string[], string[]] = [[], []];
  let isPublished = false;
  for (let name: string | undefined = StartAt; name !== undefined;) {
    const state: Definition["States"][string] | undefined = States[name];
    if (!state) throw new Error(`There is no state ${name}`);
    name = state.Type === "Choice" ? state.Choices[0]?.Next : "Next" in state ? state.Next : undefined;
    if (state.Type !== "Task") continue;
    isPublished ||= state.Resource === "arn:aws:states:::events:putEvents";
    const { FunctionName: arn } = Object(state.Parameters);
    if (arn === undefined) continue;
    const lambda = functions.find(({ outputs }) => outputs["arn"] === arn);
    if (!lambda) throw new Error(`There is no Lambda ${arn}`);
    (isPublished ? publishing : lambdas).push(lambda.name);
  }
  return { lambdas, publishing };
};
