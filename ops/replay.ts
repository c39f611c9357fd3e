import { readReplayOptions } from "./replay-options.ts";

// The command line comes first: its help needs nothing of what follows.
const options = readReplayOptions(process.argv.slice(2));
const { replayRule } = await import("./replay/replay-rule.ts");
const { runCommand } = await import("./command/run-command.ts");

await runCommand((signal) => replayRule(options, signal), "The replay is cancelled; it can be started again.");
