import { InvalidArgumentError } from "commander";
import { makeCommand } from "./command/make-command.ts";
import { timeOption, wholeOption } from "./command/option-values.ts";
import { runCommand } from "./command/run-command.ts";
import { addTargetOptions, parseTargetCommand } from "./command/target-options.ts";
import type { RedriveOptions } from "./redrive/redrive-all.ts";

const rateOption = (text: string): number => {
  const rate = Number(text);
  if (rate > 0 && rate <= 1000) return rate;
  throw new InvalidArgumentError("expected a number over 0, at most 1000");
};

const help = `
Exit code: 0 if every selected event was redriven (or listed), 1 if one failed again, was parked
or left, or if no dead letter matches the filters, 2 if nothing was started (with the reason),
130 after Ctrl-C. A redrive is idempotent and loses nothing: an event stays in a queue until it
is done. The on-call runbook, by error: docs/dead-letters.md`;

const command = addTargetOptions(
  makeCommand(
    "redrive",
    "Redrives dead letters: starts the state machine again for each event in the dead-letter queue.",
  ),
)
  .option("--dry-run", "list the dead letters, start nothing and change nothing")
  .option(
    "--show <id>",
    "print the whole body of the dead letters of this event (evt_… or an SQS message id), start nothing",
  )
  .option("--json", "print the list and the results as JSON, with every event id")
  .option("--type <type...>", "only events of these Stripe types, such as invoice.paid")
  .option("--error <name...>", "only events that failed with these errors, such as CustomerNotFound")
  .option("--event <id...>", "only these events, evt_…")
  .option(
    "--since <time>",
    "only messages sent to the queue since then: 90m, 6h or 2d ago, or 2026-01-31T12:00:00Z",
    timeOption,
  )
  .option("--max <number>", "park an event in the parking-lot queue after so many failed redrives", wholeOption, 3)
  .option("--rate <number>", "start at most so many executions per second", rateOption, 10)
  .option("--parked", "redrive the parking-lot queue instead, without a limit on attempts")
  .addHelpText("after", help);

const options = parseTargetCommand(command).opts<RedriveOptions>();
// Loaded late: the help needs no SDK.
const { redriveAll } = await import("./redrive/redrive-all.ts");

await runCommand(
  (signal) => redriveAll(options, signal),
  "It ends once what has been started is done; the rest stays in the queue.",
);
