import { Command } from "commander";

/** A command line of a script in package.json: ends the process with 0 after its help, and with 2 for wrong usage. */
export const makeCommand = (script: string, description: string): Command =>
  new Command(`npm run ${script} --`)
    .description(description)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
