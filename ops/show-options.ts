import { Command, Option } from "commander";
import { timeOption, wholeOption } from "./command/option-values.ts";
import { addPlaceOptions, parsePlace, type PlaceOptions } from "./command/target-options.ts";

/** How records are to be shown. */
export interface ShowOptions extends PlaceOptions {
  /** How many payments of each user at most. */
  limit: number;
  /** How far back an event is looked for in the logs. */
  since: Date;
  json?: boolean;
}

/** Reads the command line: whose records, and how to show them; ends the process at what is wrong with it, or after the help. */
export const readShowOptions = (argv: string[]): { id: string; options: ShowOptions } => {
  const command = addPlaceOptions(new Command("npm run show --"))
    .description("Shows what is on record of a user: the subscription, and the payments, the newest first.")
    .argument("<id>", "a user; or a Stripe customer cus_…, an invoice in_… or an event evt_…, to find the user by")
    .option("--limit <number>", "show no more payments than that", wholeOption, 20)
    .addOption(
      new Option("--since <time>", "look for an event no further back than 90m, 6h, 2d, or 2026-01-31T12:00:00Z")
        .argParser(timeOption)
        .default(timeOption("1d"), "a day ago"),
    )
    .option("--json", "print it as JSON, with every field")
    .addHelpText("after", "\nExit code: 0, 1 if nothing is known, 2 if it could not be read. More: docs/records.md");
  const options = parsePlace(command, argv).opts<ShowOptions>();
  return { id: `${command.processedArgs[0]}`, options };
};
