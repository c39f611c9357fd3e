import { Command } from "commander";

/** Refuses an option as the value of another: Commander takes the next argument for a value, even where the value was forgotten. */
export const refuseOptionsAsValues = (command: Command): void => {
  for (const option of command.options) {
    const value = [command.getOptionValue(option.attributeName())].flat().find((one) => `${one}`.startsWith("-"));
    if (value !== undefined) command.error(`error: option '${option.flags}' needs a value before '${value}'`);
  }
};

/** A command line of a script in package.json: ends the process with 0 after its help, and with 2 for wrong usage. */
export const makeCommand = (script: string, description: string): Command =>
  new Command(`npm run ${script} --`)
    .description(description)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
