import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadGraph } from "../emulator/graph/load.ts";
import { stackConfig } from "../emulator/graph/stack-config.ts";
import program from "../index.ts";
import { checkGraphFiles, type GraphFile, graphFilesOf, writeGraphFiles } from "./graph-files.ts";

// Writes the graph of each stack that has a file of configuration as text, whose diff shows what a change makes, alters and
// deletes, and the page of what may do what in prod; --check only compares.

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const root = join(import.meta.dirname, "..");

const files: GraphFile[] = [];
for (const file of readdirSync(root)) {
  const [, stack] = /^Pulumi\.([^.]+)\.yaml$/.exec(file) ?? [];
  if (stack !== undefined) files.push(...graphFilesOf(await loadGraph(program, stackConfig(root, stack))));
}
if (!values.check) writeGraphFiles(root, files);
else process.exitCode = checkGraphFiles(root, files) ? 0 : 1;
