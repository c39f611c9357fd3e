import { Command, Option } from "commander";
import { timeOption } from "./command/option-values.ts";
import { addPlaceOptions, parsePlace, type PlaceOptions } from "./command/target-options.ts";

/** What a replay was asked to do. */
export interface ReplayOptions extends PlaceOptions {
  dryRun?: boolean;
  /** The name of the rule that gets the events. */
  rule: string;
  /** The window, by the time in the events: from this on, and before that. */
  from: Date;
  to: Date;
}

/** Reads the command line; prints the help, or what is wrong with it, and ends the process then. */
export const readReplayOptions = (argv: string[]): ReplayOptions => {
  const command = addPlaceOptions(new Command("npm run replay --"))
    .description("Gives the events of a window to a rule again, from the archive of its bus.")
    .option("--dry-run", "only say what it would touch")
    .requiredOption("--rule <name>", "required: the rule of their type, such as payment-succeeded-rule")
    .requiredOption(
      "--from <time>",
      "required: the events from then on: 90m, 6h, 2d, or 2026-01-31T12:00:00Z",
      timeOption,
    )
    .addOption(
      new Option("--to <time>", "the events before then; what is younger may not be archived yet")
        .argParser(timeOption)
        .default(timeOption("10m"), "ten minutes ago"),
    )
    .addHelpText("after", help);
  return parsePlace(command, argv).opts<ReplayOptions>();
};

const help = `
The time of an event is when Stripe created it. What was handled before changes nothing.

Exit code: 0 if all was replayed (or only looked at), 1 if it could not be, 2 if nothing was
started, 130 after Ctrl-C, which cancels the replay. What fails of it is in the dead-letter queue,
as ever. docs/dead-letters.md says when to replay.`;
