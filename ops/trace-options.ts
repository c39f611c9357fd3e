import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { timeOption } from "./command/option-values.ts";
import { addPlaceOptions, parsePlace, type PlaceOptions } from "./command/target-options.ts";

/** How an event is to be traced. */
export interface TraceOptions extends PlaceOptions {
  /** Where in time to begin to look. */
  since: Date;
  json?: boolean;
}

/** Reads the command line: the event, and how to trace it; ends the process at what is wrong with it, or after the help. */
export const readTraceOptions = (argv: string[]): { eventId: string; options: TraceOptions } => {
  const command = addPlaceOptions(new Command("npm run trace --"))
    .description("Tells the way of an event: each execution, its states, tries and errors, and what was written.")
    .addArgument(new Argument("<event>", "the event, evt_…").argParser(eventId))
    .addOption(
      new Option("--since <time>", "look no further back than 90m, 6h, 2d, or 2026-01-31T12:00:00Z")
        .argParser(timeOption)
        .default(timeOption("1d"), "a day ago"),
    )
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0, 1 if nothing is known of the event, 2 if it could not be traced. More: docs/tracing.md",
    );
  const options = parsePlace(command, argv).opts<TraceOptions>();
  return { eventId: `${command.processedArgs[0]}`, options };
};

const eventId = (text: string): string => {
  if (/^evt_\w+$/.test(text)) return text;
  throw new InvalidArgumentError("expected the id of an event, evt_…");
};
