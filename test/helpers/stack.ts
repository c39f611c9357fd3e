import { type Graph, loadGraph, type StackArgs } from "../../local/graph.ts";
import { stackConfig } from "../../local/stack-config.ts";

const graphs = new Map<string, Promise<Graph>>();

/** The dev stack's configuration, with other settings in their place. */
export const stackWith = (stack: string, settings: Record<string, string> = {}): StackArgs => {
  const { project, config } = stackConfig(stack === "prod" ? "prod" : "dev");
  const own = Object.entries(settings).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]);
  return { project, stack, config: { ...config, ...Object.fromEntries(own) } };
};

/** The graph of the `dev` or the `prod` stack as configured, loaded once. */
export const graphOf = (stack: "dev" | "prod"): Promise<Graph> => {
  const graph = graphs.get(stack) ?? loadGraph(stackWith(stack));
  graphs.set(stack, graph);
  return graph;
};
