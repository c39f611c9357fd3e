import { type Command, InvalidArgumentError, Option } from "commander";

/** Which stack a command is about: one of the two is always there. */
export interface PlaceOptions {
  /** The name of a deployed stack. */
  stack?: string;
  /** The address of a running runner. */
  local?: string;
}

const home = "http://127.0.0.1:4400";

/** Adds to a command the options that say which stack it is about. */
export const addPlaceOptions = (command: Command): Command =>
  command
    .option("--stack <name>", "the deployed stack")
    .addOption(
      new Option("--local [url]", `instead of a stack: the runner that npm start runs, ${home} by default`)
        .argParser(address)
        .conflicts("stack"),
    );

/** The options that name the same place to another command. */
export const placeText = ({ stack, local }: PlaceOptions): string => {
  if (stack !== undefined) return `--stack ${stack}`;
  return local === home ? "--local" : `--local ${local}`;
};

/** Reads the command line of a command that has these options; prints the help, or what is wrong with it, and ends the process then. */
export const parsePlace = (command: Command, argv: string[]): Command => {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)).parse(argv, { from: "user" });
  const { stack, local } = command.opts<{ stack?: string; local?: string | true }>();
  if (local === true) command.setOptionValue("local", home);
  if (stack === undefined && local === undefined) {
    command.error("error: say which stack it is, by --stack <name> or --local");
  }
  return command;
};

const address = (text: string): string => {
  if (URL.canParse(text) && new URL(text).protocol === "http:") return text;
  throw new InvalidArgumentError(`expected an address such as ${home}`);
};
