import { readTraceOptions } from "./trace-options.ts";

// The command line comes first: its help needs nothing of what follows.
const { eventId, options } = readTraceOptions(process.argv.slice(2));
const { runCommand } = await import("./command/run-command.ts");
const { traceEvent } = await import("./trace/trace-event.ts");

await runCommand(() => traceEvent(eventId, options));
