import { readShowOptions } from "./show-options.ts";

// The command line comes first: its help needs nothing of what follows.
const { id, options } = readShowOptions(process.argv.slice(2));
const { runCommand } = await import("./command/run-command.ts");
const { showRecords } = await import("./show/show-records.ts");

await runCommand(() => showRecords(id, options));
