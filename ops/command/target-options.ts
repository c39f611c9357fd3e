import { type Command, InvalidArgumentError, Option } from "commander";
import { refuseOptionsAsValues } from "./make-command.ts";

/** Which stack a command works on: exactly one of the two is set. */
export interface TargetOptions {
  /** The name of a deployed stack. */
  stack?: string;
  /** The URL of a local runner. */
  local?: string;
}

const defaultUrl = "http://127.0.0.1:4400";

/** Adds the options that say which stack a command works on. */
export const addTargetOptions = (command: Command): Command =>
  command
    .option("--stack <name>", "the deployed stack to work on", stackOption)
    .addOption(
      new Option("--local [url]", `work on the local runner of npm start instead (default URL: ${defaultUrl})`)
        .argParser(runnerUrl)
        .conflicts("stack"),
    );

/** The options that name the same target on another command line. */
export const targetText = ({ stack, local }: TargetOptions): string => {
  if (stack !== undefined) return `--stack ${stack}`;
  return local === defaultUrl ? "--local" : `--local ${local}`;
};

/** Reads a target in one word: `local`, a local runner's URL, or the name of a deployed stack. */
export const targetOption = (text: string): TargetOptions => {
  if (text === "local") return { local: defaultUrl };
  return text.includes("://") ? { local: runnerUrl(text) } : { stack: stackOption(text) };
};

/** Reads the command line of a command with target options; prints the help, or what is wrong with it, and ends the process then. */
export const parseTargetCommand = (command: Command, argv: readonly string[] = process.argv.slice(2)): Command => {
  parseCommand(command, argv);
  const { stack, local } = command.opts<{ stack?: string; local?: string | true }>();
  if (local === true) command.setOptionValue("local", defaultUrl);
  if (stack === undefined && local === undefined) {
    command.error("error: say which stack to work on, by --stack <name> or --local");
  }
  return command;
};

/** Reads a command line; prints the help, or what is wrong with it, and ends the process then. */
export const parseCommand = (command: Command, argv: readonly string[] = process.argv.slice(2)): Command => {
  command.parse(argv, { from: "user" });
  refuseOptionsAsValues(command);
  return command;
};

/** Reads the name of a deployed stack. */
export const stackOption = (text: string): string => {
  if (/^[\w.][\w./-]*$/.test(text)) return text;
  throw new InvalidArgumentError("expected the name of a stack, such as dev or prod");
};

const runnerUrl = (text: string): string => {
  if (URL.canParse(text) && new URL(text).protocol === "http:") return text;
  throw new InvalidArgumentError(`expected a URL such as ${defaultUrl}`);
};
