import type { Graph } from "../emulator/graph/graph.ts";
import type { DynamoDB } from "../emulator/dynamodb/dynamodb.ts";
import type { Bundles } from "./lambda/bundles.ts";

/** How often things are done. */
export interface Counts {
  /** Starts of each process. */
  starts: number;
  /** Processes of each Lambda, and warm calls of each. */
  rounds: number;
  calls: number;
  /** Events through the whole pipeline, and for how it grows. */
  events: number;
  grown: number;
}

/** What every section is given. */
export interface Bench {
  counts: Counts;
  /** The dev stack. */
  graph: Graph;
  tables: DynamoDB;
  /** The files of the Lambdas as they are deployed, and as esbuild makes them by default. */
  bundles: Bundles;
}

/** The counts that are usual: some minutes on two cores. */
export const usualCounts: Counts = {
  starts: 20,
  rounds: 5,
  calls: 1000,
  events: 2000,
  grown: 10_000,
};

/** Small counts, to see that all runs; what comes of them says little. */
export const quickCounts: Counts = {
  starts: 2,
  rounds: 2,
  calls: 100,
  events: 200,
  grown: 400,
};
