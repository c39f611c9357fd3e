import type { Graph, StackArgs } from "../../emulator/graph/graph.ts";
import { loadStack, configFrom, configOf } from "../../local/program.ts";

// Prod's file has the values of its deployment, so tests have a prod of their own.
const prodSettings = {
  "aws:region": "ap-northeast-1",
  "aws:allowedAccountIds": ["123456789012"],
  "homebiyori-stripe-webhooks:eventSource": "aws.partner/stripe.com/ed_0000000000000000",
  "homebiyori-stripe-webhooks:logRetentionDays": 365,
  "homebiyori-stripe-webhooks:protectData": true,
};

const graphs = new Map<string, Promise<Graph>>();

/** The configuration of the tests' own prod, or else of the dev stack under that name, with other settings in their place. */
export const stackWith = (stack: string, settings: Record<string, string> = {}): StackArgs => {
  const { project, config } = stack === "prod" ? configFrom(stack, prodSettings) : configOf("dev");
  const own = Object.entries(settings).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]);
  return { project, stack, config: { ...config, ...Object.fromEntries(own) } };
};

/** The graph of the dev stack as configured, or of the tests' own prod, loaded once. */
export const graphOf = (stack: "dev" | "prod"): Promise<Graph> => {
  const graph = graphs.get(stack) ?? loadStack(stackWith(stack));
  graphs.set(stack, graph);
  return graph;
};
