import { Command, InvalidArgumentError } from "commander";

/** What the runner was asked to do. */
export interface Options {
  replay?: string[];
  exit?: boolean;
  json?: boolean;
  dump?: string;
  /** A file of items, false for none; without it users are made up. */
  seed?: string | false;
  stack: string;
  keepSource?: boolean;
  port: number;
  data?: string;
  dynamodb?: string;
  faults?: string;
}

/** Reads the command line; prints the help, or what is wrong with it, and ends the process then. */
export const readOptions = (argv: string[]): Options => {
  const command = new Command("npm start --")
    .description("Runs the program that `pulumi up` deploys, on this machine: Stripe's events in, rows out.")
    .option(
      "--replay <file or directory...>",
      'take events from these JSON files instead of the built-in life: an event, an envelope, a list of them, or { "events": [...] }; of a directory all *.json',
    )
    .option("--exit", "stop when done; exit code 1 if an event was dead-lettered, 2 if one could not be read")
    .option("--json", "print one JSON object per event on stdout")
    .option("--dump <file>", "write all tables and dead letters to this file as JSON when done")
    .option("--seed <file>", "items that the core table starts with, a JSON list")
    .option("--no-seed", "start with an empty core table; else each customer seen gets a user, user_<customer id>")
    .option("--stack <name>", "the stack whose configuration is loaded", "dev")
    .option("--keep-source", "leave an envelope the source that it names")
    .option("--port <number>", "where to listen, on 127.0.0.1", portNumber, 4400)
    .option("--data <directory>", "keep tables and dead letters there between runs")
    .option(
      "--dynamodb <endpoint>",
      "keep the tables in the DynamoDB at this endpoint, such as http://127.0.0.1:8000, and make those that are not there; each call still goes by the runner, which asks the policies, so it must be one that checks no signatures, as DynamoDB Local",
      endpoint,
    )
    .option("--faults <file>", "let things go wrong as this file says (docs/faults.md)")
    .addHelpText("after", help)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  return command.parse(argv, { from: "user" }).opts<Options>();
};

const help = `
Without --exit it then listens, until Ctrl-C:
  POST /events    an EventBridge envelope or a bare Stripe event; answers 202 and what became of it
  POST /webhook   what "stripe listen --forward-to 127.0.0.1:4400/webhook" sends; the signature is
                  checked if STRIPE_WEBHOOK_SECRET is set
  GET /stack      what the program exports
  POST /          the calls of AWS's that an operator's commands make with --local`;

const endpoint = (text: string): string => {
  if (URL.parse(text)?.protocol === "http:") return text;
  throw new InvalidArgumentError("expected a URL that begins with http://");
};

const portNumber = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("expected a number from 0 to 65535");
};
