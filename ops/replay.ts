import { Option } from "commander";
import { makeCommand } from "./command/make-command.ts";
import { timeOption } from "./command/option-values.ts";
import { runCommand } from "./command/run-command.ts";
import { addTargetOptions, parseTargetCommand } from "./command/target-options.ts";
import type { ReplayOptions } from "./replay/replay-rule.ts";

const help = `
The window goes by the time at which Stripe created an event. A replay is
idempotent: an event that was processed before changes nothing. What fails goes
to the dead-letter queue, as always. When to replay: docs/dead-letters.md

Example:
  npm run replay -- --stack prod --rule invoice-paid-rule --from 6h --dry-run

Exit codes:
  0    the whole window was replayed (or it was a dry run)
  1    the replay failed, or could not be watched
  2    nothing was started; the message says why
  130  ended by Ctrl-C, which cancels the replay`;

const command = addTargetOptions(makeCommand("replay", "Replays a time window of the archive to one rule."))
  .option("--dry-run", "print the archive, the window, the rule and its state machine; start nothing")
  .requiredOption("--rule <name>", "required: the rule that gets the events, such as payment-succeeded-rule")
  .requiredOption(
    "--from <time>",
    "required: the start of the window: 90m, 6h or 2d ago, or 2026-01-31T12:00:00Z",
    timeOption,
  )
  .addOption(
    new Option("--to <time>", "the end of the window, exclusive; younger events may not be in the archive yet")
      .argParser(timeOption)
      .default(timeOption("10m"), "10 minutes ago"),
  )
  .addHelpText("after", help);

const options = parseTargetCommand(command).opts<ReplayOptions>();
// Loaded late: the help needs no SDK.
const { replayRule } = await import("./replay/replay-rule.ts");

await runCommand((signal) => replayRule(options, signal), "The replay is cancelled; it can be started again.");
