import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { buildOptions } from "../infra/processing/bundle.ts";
import type { Graph } from "../emulator/graph/graph.ts";
import type { DynamoDB } from "../emulator/dynamodb/dynamodb.ts";

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

/** Files of code, by the name of the Lambda. */
export interface Bundles {
  deployed: Record<string, string>;
  plain: Record<string, string>;
}

/** Writes the Lambdas' code into a directory. */
export const writeBundles = async (directory: string): Promise<Bundles> => {
  const write = async (kind: string, options: BuildOptions): Promise<Record<string, string>> => {
    const { entryPoints, outdir } = buildOptions;
    const { outputFiles } = await build({ ...options, entryPoints, outdir, bundle: true, write: false });
    mkdirSync(join(directory, kind));
    return Object.fromEntries(
      outputFiles.map(({ path, text }) => {
        const file = join(directory, kind, basename(path));
        writeFileSync(file, text);
        return [basename(path, ".js"), file];
      }),
    );
  };
  return {
    deployed: await write("deployed", buildOptions),
    plain: await write("plain", { platform: "node" }),
  };
};

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
