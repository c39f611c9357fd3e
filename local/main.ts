import { enableCompileCache } from "node:module";
import { inspect } from "node:util";
import { Command, InvalidArgumentError, Option } from "commander";
import { EmulatorError } from "../emulator/graph/errors.ts";
import { UserError } from "../ops/command/errors.ts";
import { refuseOptionsAsValues } from "../ops/command/make-command.ts";
import { portOption } from "../ops/command/option-values.ts";
import { escapeLines } from "../ops/terminal/escape.ts";
import type { Options } from "./start.ts";

enableCompileCache();

const endpoint = (text: string): string => {
  if (URL.parse(text)?.protocol === "http:") return text;
  throw new InvalidArgumentError("expected a URL that begins with http://");
};

const consumer = (text: string): string => {
  if (["http:", "https:"].includes(URL.parse(text)?.protocol ?? "")) return text;
  throw new InvalidArgumentError("expected a URL that begins with http:// or https://");
};

const directory = (text: string): string => {
  if (text !== "") return text;
  throw new InvalidArgumentError("expected the path of a directory");
};

const stripeSource = (text: string): string => {
  if (text !== "") return text;
  throw new InvalidArgumentError('expected the path of a file, or "api"');
};

const help = `
Without --exit it then listens, until Ctrl-C:
  POST /events    an EventBridge envelope or a bare Stripe event; answers 202
                  and its outcome
  POST /webhook   what this sends: stripe listen --forward-to
                  127.0.0.1:4400/webhook; the signature is checked if
                  STRIPE_WEBHOOK_SECRET is set
  GET /stack      what the program exports
  POST /          the AWS calls of an operator's commands with --local, and
                  reads of DynamoDB
The first Ctrl-C answers and writes what is under way, and writes --dump; the
second waits for nothing.

Exit codes:
  0     done
  1     an event was dead-lettered
  2     an event or an option could not be read, or nothing could be stored any
        more: a full disk, or the end of DynamoDB's process
  130   Ctrl-C came before all was played, or twice`;

const command = new Command("npm start --")
  .description("Runs the program that `pulumi up` deploys, on this machine: Stripe's events in, rows out.")
  .option(
    "--events <file or directory...>",
    'play the events of these JSON files instead of those of a sample subscription: an event, an envelope, a list of them, or { "events": [...] }; of a directory all *.json',
  )
  .option("--exit", "stop when done")
  .option("--json", "print one JSON object per event on stdout")
  .option("--dump <file>", "write all tables and dead letters to this file as JSON when done")
  .option("--items <file>", "items that the core table starts with, a JSON list")
  .option("--no-items", "start with an empty core table (default: each customer gets a user, user_<customer id>)")
  .option("--stack <name>", "the stack whose configuration is loaded", "dev")
  .option("--keep-source", "keep the envelope's source (default: replaced by the stack's)")
  .addOption(new Option("--empty", "play nothing").conflicts("events"))
  .option("--port <number>", "the port to listen on, on 127.0.0.1", portOption, 4400)
  .option(
    "--data <directory>",
    "keep tables and dead letters in this directory between runs, which one runner at a time can use",
    directory,
  )
  .option(
    "--dynamodb <endpoint>",
    "keep the tables in the DynamoDB at this endpoint, such as http://127.0.0.1:8000, and create those that do not exist; the runner forwards each call that the policies allow, which invalidates its signature, so it must be a DynamoDB that checks none, such as DynamoDB Local",
    endpoint,
  )
  .option(
    "--stripe <file>",
    'what Stripe\'s API shows: of a JSON file, { "subscriptions": [...], "invoices": [...] } (default: the newest state of what the events show); or "api", to ask a sandbox by the restricted key in STRIPE_API_KEY',
    stripeSource,
  )
  .option(
    "--listen <url>",
    "post each published event to this URL, in the envelope in which EventBridge gives it to a target (docs/events.md)",
    consumer,
  )
  .option("--faults <file>", "inject the faults described in this file (docs/faults.md)")
  .addHelpText("after", help)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
const { empty, ...options } = command.parse().opts<Options & { empty?: boolean }>();
refuseOptionsAsValues(command);
if (empty) options.events = [];

// A reader such as `head` may close stdout early: all that was asked for is done anyway.
const stdoutClosed = new AbortController();
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  stdoutClosed.abort();
});

// Loaded late: the help needs nothing of it.
const { start } = await import("./start.ts");
try {
  process.exitCode = await start(options, stdoutClosed.signal);
} catch (error) {
  const isForUser = error instanceof UserError || error instanceof EmulatorError;
  console.error(escapeLines(isForUser ? error.message : inspect(error)));
  // What waits for a part that has failed would hold the process.
  process.exit(2);
}
