import { Option } from "commander";
import { makeCommand } from "./command/make-command.ts";
import { idOption, timeOption } from "./command/option-values.ts";
import { runCommand } from "./command/run-command.ts";
import { addTargetOptions, parseTargetCommand } from "./command/target-options.ts";
import type { ReconcileOptions } from "./reconcile/reconcile-stack.ts";

const help = `
It compares every subscription, payment, refund and dispute with Stripe's, and
heals what differs, by the functions that events go through; what is newer here
stays. It is idempotent, and can be stopped and started anywhere. A stack that
starts beside existing customers is filled by it: docs/backfill.md

Examples:
  npm run reconcile -- --stack prod --since 90d --dry-run
  npm run reconcile -- --stack prod --subscription sub_1MowQVLkdIwHu7ix

Exit codes:
  0    all was compared, and what differs was healed (or listed)
  1    an object could not be healed, or the reconciliation failed
  2    nothing was started; the message says why
  130  ended by Ctrl-C; the reconciliation goes on without the command`;

const command = addTargetOptions(
  makeCommand("reconcile", "Reconciles the records with Stripe: compares, heals what differs, and lists it."),
)
  .option("--dry-run", "compare and list; write nothing")
  .option(
    "--since <time>",
    "backfill the payments since then, and what went back of them: 90d ago, or 2026-01-31 (default: those of the nightly run)",
    timeOption,
  )
  .option("--subscription <id>", "only this subscription and its payments, sub_…", idOption("sub_"))
  .addOption(
    new Option("--customer <id>", "only this customer's subscriptions and payments, cus_…")
      .argParser(idOption("cus_"))
      .conflicts("subscription"),
  )
  .option("--json", "print one JSON object for each difference, and the summary last")
  .addHelpText("after", help);

const options = parseTargetCommand(command).opts<ReconcileOptions>();
// Loaded late: the help needs no SDK.
const { reconcileStack } = await import("./reconcile/reconcile-stack.ts");

await runCommand((signal) => reconcileStack(options, signal), "The reconciliation goes on without this command.");
