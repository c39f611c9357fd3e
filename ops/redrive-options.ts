import { Command, InvalidArgumentError } from "commander";
import { timeOption, wholeOption } from "./command/option-values.ts";
import { addPlaceOptions, parsePlace, type PlaceOptions } from "./command/target-options.ts";

/** What a redrive was asked to do. */
export interface RedriveOptions extends PlaceOptions {
  dryRun?: boolean;
  /** Only letters of these types, errors and events; undefined for all. */
  type?: string[];
  error?: string[];
  event?: string[];
  /** Only letters that came into the queue since then. */
  since?: Date;
  max: number;
  rate: number;
  parked?: boolean;
}

/** Reads the command line; prints the help, or what is wrong with it, and ends the process then. */
export const readRedriveOptions = (argv: string[]): RedriveOptions => {
  const command = addPlaceOptions(new Command("npm run redrive --"))
    .description("Starts the state machines again with the events that are in the dead-letter queue.")
    .option("--dry-run", "only list what is there, and leave everything as it is")
    .option("--type <type...>", "only events of these types, such as invoice.paid")
    .option("--error <name...>", "only what failed by these errors, such as CustomerNotFound")
    .option("--event <id...>", "only these events, evt_…")
    .option("--since <time>", "only what came into the queue since: 90m, 6h, 2d, or 2026-01-31T12:00:00Z", timeOption)
    .option("--max <number>", "park what was redriven so often before, and failed each time", wholeOption, 3)
    .option("--rate <number>", "how many to start in a second at most", positive, 10)
    .option("--parked", "redrive what is in the parked queue instead, however often that was tried")
    .addHelpText("after", help);
  return parsePlace(command, argv).opts<RedriveOptions>();
};

const help = `
Exit code: 0 if all that was taken is done (or was listed), 1 if something failed again,
was parked or left, 2 if nothing could be done at all, 130 after Ctrl-C. Whatever happens,
an event is in a queue until it is done. docs/dead-letters.md says what to do about which error.`;

const positive = (text: string): number => {
  const number = Number(text);
  if (number > 0 && number <= 1000) return number;
  throw new InvalidArgumentError("expected a number over 0, and no more than 1000");
};
