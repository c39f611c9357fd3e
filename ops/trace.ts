import { Argument, Option } from "commander";
import { makeCommand } from "./command/make-command.ts";
import { eventIdOption, timeOption } from "./command/option-values.ts";
import { runCommand } from "./command/run-command.ts";
import { addTargetOptions, parseTargetCommand } from "./command/target-options.ts";
import type { TraceOptions } from "./trace/trace-event.ts";

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
  .addHelpText(
    "after",
    "\nExit code: 0, 1 if the logs have nothing of the event, 2 if it could not be traced. More: docs/tracing.md",
  );

const options = parseTargetCommand(command).opts<TraceOptions>();
// Loaded late: the help needs no SDK.
const { traceEvent } = await import("./trace/trace-event.ts");

await runCommand(() => traceEvent(`${command.processedArgs[0]}`, options));
