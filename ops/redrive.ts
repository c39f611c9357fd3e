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
A redrive is idempotent and loses nothing: an event stays in a queue until it is
processed. The on-call runbook, by error: docs/dead-letters.md

Examples:
  npm run redrive -- --stack prod --dry-run
  npm run redrive -- --stack prod --error CustomerNotFound --since 6h

Exit codes:
  0    every selected event was redriven (or listed)
  1    an event failed again, was parked or left, or no dead letter matches
  2    nothing was started; the message says why
  130  ended by Ctrl-C`;

const command = addTargetOptions(
  makeCommand(
    "redrive",
    "Redrives dead letters: starts the state machine again for each event in the dead-letter queue.",
  ),
)
  .option("--dry-run", "list the dead letters; start and change nothing")
  .option(
    "--show <id>",
    "print the whole body of an event's dead letters, by the event id (evt_…) or the SQS message id; start nothing",
  )
  .option("--json", "print the list and the results as JSON, with every event id")
  .option(
    "--type <type...>",
    "only events of these Stripe types, such as invoice.paid; or heal-subscription, reconcile",
  )
  .option("--error <name...>", "only events that failed with these errors, such as CustomerNotFound")
  .option("--event <id...>", "only these events, evt_…; the heals of these subscriptions, sub_…")
  .option(
    "--since <time>",
    "only messages sent to the queue since then: 90m, 6h or 2d ago, or 2026-01-31T12:00:00Z",
    timeOption,
  )
  .option("--max <number>", "failed redrives of an event before it is moved to the parking-lot queue", wholeOption, 3)
  .option("--rate <number>", "executions started per second at most", rateOption, 10)
  .option("--parked", "redrive the parking-lot queue instead, without a maximum of attempts")
  .addHelpText("after", help);

const options = parseTargetCommand(command).opts<RedriveOptions>();
// Loaded late: the help needs no SDK.
const { redriveAll } = await import("./redrive/redrive-all.ts");

await runCommand(
  (signal) => redriveAll(options, signal),
  "It ends once what has been started is done; the rest stays in the queue.",
);
