import { readSmokeOptions } from "./smoke-options.ts";

// The command line comes first: its help needs nothing of what follows.
const options = readSmokeOptions(process.argv.slice(2));
const { runCommand } = await import("./command/run-command.ts");
const { smokeTest } = await import("./smoke/smoke-test.ts");

await runCommand((signal) => smokeTest(options, signal), "It deletes its rows, and ends.");
