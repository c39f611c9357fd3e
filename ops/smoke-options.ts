import { Command } from "commander";
import { addPlaceOptions, parsePlace, type PlaceOptions } from "./command/target-options.ts";

/** Reads the command line; prints the help, or what is wrong with it, and ends the process then. */
export const readSmokeOptions = (argv: string[]): PlaceOptions =>
  parsePlace(
    addPlaceOptions(new Command("npm run smoke --"))
      .description(
        "Puts one event of each handled type on the bus of a stack without Stripe, and sees what becomes of it.",
      )
      .addHelpText(
        "after",
        "\nExit code: 0 if all is well, 1 if not, 2 if it could not be tried. It deletes its rows.\nMore: docs/smoke.md",
      ),
    argv,
  ).opts<PlaceOptions>();
