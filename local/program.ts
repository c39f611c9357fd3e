import { join } from "node:path";
import { loadGraph } from "../emulator/graph/load.ts";
import type { Graph, StackArgs } from "../emulator/graph/graph.ts";
import { configWith, stackConfig } from "../emulator/graph/stack-config.ts";
import program from "../index.ts";

const root = join(import.meta.dirname, "..");

/** The configuration of a stack, by its file and the defaults of `Pulumi.yaml`. */
export const configOf = (stack: string): StackArgs => stackConfig(root, stack);

/** The configuration of a stack with these settings instead of those of its file. */
export const configFrom = (stack: string, settings: Record<string, unknown>): StackArgs =>
  configWith(root, stack, settings);

/** Loads what the program makes for a stack: as its file configures it, or with this configuration. */
export const loadStack = (stack: string | StackArgs): Promise<Graph> =>
  loadGraph(program, typeof stack === "string" ? configOf(stack) : stack);
