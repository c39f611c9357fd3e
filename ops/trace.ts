import { Argument, Option } from "commander";
import { makeCommand } from "./command/make-command.ts";
import { eventIdOption, timeOption } from "./command/option-values.ts";
import { runCommand } from "./command/run-command.ts";
import { addTargetOptions, parseTargetCommand } from "./command/target-options.ts";
import type { TraceOptions } from "./trace/trace-event.ts";

const help = `
What the output means: docs/tracing.md

Exit codes:
  0    the trace is printed
  1    the logs have nothing of the event
  2    the event could not be traced; the message says why`;

const command = addTargetOptions(
  makeCommand("trace", "Traces an event through its executions: states, attempts, errors, and what was written."),
)
  .addArgument(new Argument("<event>", "the event, evt_…").argParser(eventIdOption))
  .addOption(
    new Option("--since <time>", "search the logs from then on: 90m, 6h or 2d ago, or 2026-01-31T12:00:00Z")
      .argParser(timeOption)
      .default(timeOption("1d"), "1 day ago"),
  )
  .option("--json", "print JSON")
  .addHelpText("after", help);

const options = parseTargetCommand(command).opts<TraceOptions>();
// Loaded late: the help needs no SDK.
const { traceEvent } = await import("./trace/trace-event.ts");

await runCommand(() => traceEvent(`${command.processedArgs[0]}`, options));
