import { parseArgs } from "node:util";
import { join } from "node:path";
import { checkGraphs, writeGraphs } from "./graph-files.ts";

// Writes the graph of each stack as text, whose diff shows what a change makes, alters and deletes; --check only compares.

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const folder = join(import.meta.dirname, "../docs/graph");

if (!values.check) await writeGraphs(folder);
else process.exitCode = (await checkGraphs(folder)) ? 0 : 1;
