import { readRedriveOptions } from "./redrive-options.ts";

// The command line comes first: its help needs nothing of what follows.
const options = readRedriveOptions(process.argv.slice(2));
const { redriveAll } = await import("./redrive/redrive-all.ts");
const { runCommand } = await import("./command/run-command.ts");

await runCommand(
  (signal) => redriveAll(options, signal),
  "It ends once what has been started is done; the rest stays in the queue.",
);
