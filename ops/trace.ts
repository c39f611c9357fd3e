import { readTraceOptions } from "./trace-options.ts";

// The command line comes first: its help needs nothing of what follows.
const { eventId, options } = readTraceOptions(process.argv.slice(2));
const { problemOf } = await import("./problem.ts");
const { traceEvent } = await import("./trace-event.ts");

try {
  process.exitCode = await traceEvent(eventId, options);
} catch (error) {
  console.error(problemOf(error) ?? error);
  process.exitCode = 2;
}
