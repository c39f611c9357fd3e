import { makeCommand } from "./command/make-command.ts";
import { runCommand } from "./command/run-command.ts";
import { addTargetOptions, parseTargetCommand, type TargetOptions } from "./command/target-options.ts";

const help = `
Only for a stack that does not receive Stripe's events. It deletes the rows and
the dead letters that it made. More: docs/smoke.md

Exit codes:
  0    every event was processed
  1    an event failed
  2    nothing was sent; the message says why
  130  ended by Ctrl-C`;

const command = addTargetOptions(
  makeCommand("smoke", "Smoke test: sends one event of each handled type to the stack's bus and checks the result."),
).addHelpText("after", help);

const options = parseTargetCommand(command).opts<TargetOptions>();
// Loaded late: the help needs no SDK.
const { smokeTest } = await import("./smoke/smoke-test.ts");

await runCommand((signal) => smokeTest(options, signal), "It deletes its rows, and ends.");
