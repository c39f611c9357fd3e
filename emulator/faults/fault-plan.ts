import type { Failure } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import { FaultPlan, type Hop, type Faults } from "./faults.ts";

/** Reads a plan of faults for a graph; refuses one that names a place that the graph does not have. */
export const readFaultPlan = (content: unknown, name: string, graph: Graph): FaultPlan => {
  const refuse = (path: string, failure: Failure) => new EmulatorError(`${name}: ${problemOf(path, failure)}`);
  const plan = validateInputs(content, FaultPlan, refuse);
  for (const [index, { hop, at, events }] of plan.faults.entries()) {
    const where = `${name}: faults.${index}`;
    if (hop === "dynamodb" && events !== undefined)
      throw new EmulatorError(
        `${where}: at dynamodb no events can be named, as its calls name none; say a probability`,
      );
    if (at === undefined) continue;
    const types = placeTypes[hop];
    if (types === undefined)
      throw new EmulatorError(`${where}: at ${hop} no place can be named, and there is at: ${at}`);
    const places = types.flatMap((type) => ofType(graph, type)).map(({ inputs }) => `${inputs["name"]}`);
    if (!places.includes(at))
      throw new EmulatorError(`${where}: there is no ${at} at ${hop}; there are ${places.join(", ")}`);
  }
  return plan;
};

const placeTypes: Partial<Record<Hop, string[]>> = {
  forward: ["aws:cloudwatch/eventRule:EventRule"],
  delivery: ["aws:cloudwatch/eventRule:EventRule", "aws:scheduler/schedule:Schedule"],
  machine: ["aws:sfn/stateMachine:StateMachine"],
  lambda: ["aws:lambda/function:Function"],
  publish: ["aws:sfn/stateMachine:StateMachine", "aws:lambda/function:Function"],
};

const problemOf = (path: string, failure: Failure): string => {
  if (failure.type === "never") return `${path} is not known`;
  const expected = failure.message.replace(/,? but received.*$/s, "").replace("an integer", "a whole number");
  const is = failure.value === undefined ? "missing" : JSON.stringify(failure.value);
  return `${path} is ${is}; ${expected.replace("Expected", "expected")}`;
};

/** The faults of a run, which can be replaced while it goes on. */
export interface ReplaceableFaults {
  /** The faults that are injected now. */
  faults(): FaultPlan;
  /** Replaces the faults by those of this plan, or by none where it is null; throws an `EmulatorError`, which calls it by the title, for what is no plan for the graph. */
  setFaults(plan: unknown, title?: string): Promise<void>;
}

/** Makes faults replaceable by plans for a graph; `replaceElsewhere` replaces those that another process injects. */
export const replaceableFaults = (
  faults: Faults,
  graph: Graph,
  replaceElsewhere: (plan: FaultPlan | null) => Promise<void>,
): ReplaceableFaults => ({
  faults: () => faults.plan(),
  setFaults: async (content, title = "The fault plan") => {
    const plan = content === null ? null : readFaultPlan(content, title, graph);
    faults.replace(plan);
    await replaceElsewhere(plan);
  },
});
