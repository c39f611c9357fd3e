import { Argument } from "commander";
import { sampleTypes } from "../samples/events.ts";
import { makeCommand } from "./command/make-command.ts";
import { subjectNameOption } from "./command/option-values.ts";
import { runCommand } from "./command/run-command.ts";
import { parseCommand, targetOption } from "./command/target-options.ts";
import { setOption } from "./trigger/set-values.ts";
import type { TriggerOptions } from "./trigger/trigger-event.ts";

const help = `
The events of one name on one day (UTC) are about one user, customer,
subscription and invoice. A stack must not receive Stripe's events.

Examples:
  npm run trigger -- customer.subscription.created
  npm run trigger -- invoice.paid --set data.object.amount_paid=980
  npm run trigger -- invoice.paid --print > invoice-paid.json
  npm run trigger -- invoice.payment_failed --to dev

Exit codes:
  0    the event was handled by the runner, put on the stack's bus, or printed
  1    the event failed in the runner
  2    the event was not sent; the message says why`;

const command = makeCommand("trigger", "Makes an event of a handled type, and sends it to npm start or to a stack.")
  .addArgument(new Argument("<type>", "the type of the Stripe event").choices(sampleTypes))
  .option(
    "--set <path=value>",
    "set a field of the event, such as data.object.currency=usd; the value is JSON or else a text; can be repeated",
    setOption,
  )
  .option("--to <target>", "local, the URL of a runner, or the name of a deployed stack (default: local)", targetOption)
  .option("--name <name>", "part of the ids of all that it is about (default: trigger_<today>)", subjectNameOption)
  .option("--print", "print the event; send nothing")
  .addHelpText("after", help);

const { to = targetOption("local"), set = [], ...options } = parseCommand(command).opts<Partial<TriggerOptions>>();
// Loaded late: the help needs no SDK.
const { triggerEvent } = await import("./trigger/trigger-event.ts");

await runCommand(() => triggerEvent(`${command.processedArgs[0]}`, { ...options, to, set }));
