import { Option } from "commander";
import { makeCommand } from "./command/make-command.ts";
import { timeOption, wholeOption } from "./command/option-values.ts";
import { runCommand } from "./command/run-command.ts";
import { addTargetOptions, parseTargetCommand } from "./command/target-options.ts";
import type { ShowOptions } from "./show/show-records.ts";

const help = `
Every field: docs/records.md

Exit codes:
  0    the records are printed
  1    nothing is recorded
  2    the records could not be read; the message says why`;

const command = addTargetOptions(makeCommand("show", "Shows a user's subscription and payments as they are recorded."))
  .argument("<id>", "the user, or what to find the user by: a customer cus_…, an invoice in_… or an event evt_…")
  .option("--limit <number>", "payments to show; a few more where the last one's invoice has more", wholeOption, 20)
  .addOption(
    new Option(
      "--since <time>",
      "search the logs for an event from then on: 90m, 6h or 2d ago, or 2026-01-31T12:00:00Z",
    )
      .argParser(timeOption)
      .default(timeOption("1d"), "1 day ago"),
  )
  .option("--json", "print JSON, with every field")
  .addHelpText("after", help);

const options = parseTargetCommand(command).opts<ShowOptions>();
// Loaded late: the help needs no SDK.
const { showRecords } = await import("./show/show-records.ts");

await runCommand(() => showRecords(`${command.processedArgs[0]}`, options));
