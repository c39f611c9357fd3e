import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { GraphFile } from "./graph-files.ts";

const { check } = new Command("npm run graph --")
  .description(
    "Writes the graph of each configured stack to docs/graph/, and who may do what in prod to docs/permissions.md, the tables of event types to docs/, and the JSON Schema of the published events to records/.",
  )
  .option(
    "--check",
    "write nothing; print what differs from the committed files, and exit with 1 if anything does",
    false,
  )
  .parse()
  .opts<{ check: boolean }>();

// Loaded late: the help needs none of the program.
const { loadGraph } = await import("../emulator/graph/load.ts");
const { stackConfig } = await import("../emulator/graph/stack-config.ts");
const { default: program } = await import("../index.ts");
const { eventSchema } = await import("./event-schema.ts");
const { pagesWithTables } = await import("./event-tables.ts");
const { checkGraphFiles, graphFilesOf, writeGraphFiles } = await import("./graph-files.ts");

const root = join(import.meta.dirname, "..");
const files: GraphFile[] = [];
for (const file of readdirSync(root)) {
  const [, stack] = /^Pulumi\.([^.]+)\.yaml$/.exec(file) ?? [];
  if (stack !== undefined) files.push(...graphFilesOf(await loadGraph(program, stackConfig(root, stack))));
}
files.push(...pagesWithTables(root), eventSchema(root));
if (!check) writeGraphFiles(root, files);
else process.exitCode = checkGraphFiles(root, files) ? 0 : 1;
