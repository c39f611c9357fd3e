import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Graph, loadGraph } from "../local/graph.ts";
import { stackConfig } from "../local/stack-config.ts";
import { checkGraphs, writeGraphs } from "./graph-files.ts";

// Writes the graph of each stack that has a file of configuration as text, whose diff shows what a change makes, alters and
// deletes; --check only compares.

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const root = join(import.meta.dirname, "..");
const folder = join(root, "docs/graph");

const graphs: Graph[] = [];
for (const file of readdirSync(root)) {
  const [, stack] = /^Pulumi\.([^.]+)\.yaml$/.exec(file) ?? [];
  if (stack !== undefined) graphs.push(await loadGraph(stackConfig(stack)));
}
if (!values.check) writeGraphs(folder, graphs);
else process.exitCode = checkGraphs(folder, graphs) ? 0 : 1;
