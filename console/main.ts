import { once } from "node:events";
import { join } from "node:path";
import { makeCommand } from "../ops/command/make-command.ts";
import { portOption } from "../ops/command/option-values.ts";
import { runCommand } from "../ops/command/run-command.ts";
import { parseCommand, stackOption } from "../ops/command/target-options.ts";

const help = `
It listens on 127.0.0.1 alone, until Ctrl-C, and calls AWS with the credentials
of the shell: the policy of the output operatorPolicy allows all that it calls.
npm start serves the same pages over its own runner. More: docs/console.md

Exit codes:
  0    ended by Ctrl-C
  2    the stack or the port could not be used; the message says why`;

const command = makeCommand(
  "console",
  "Serves pages that show a deployed stack: events, customers, the system, dead letters.",
)
  .requiredOption("--stack <name>", "the deployed stack to show", stackOption)
  .option("--write", "allow what changes something: redrive, park, reconcile")
  .option("--port <number>", "the port to listen on, on 127.0.0.1", portOption, 4400)
  .addHelpText("after", help);

const options = parseCommand(command).opts<{ stack: string; write?: true; port: number }>();
// Loaded late: the help needs no SDK, and none of the program.
const { loadGraph } = await import("../emulator/graph/load.ts");
const { stackConfig } = await import("../emulator/graph/stack-config.ts");
const { default: program } = await import("../index.ts");
const { findTarget } = await import("../ops/command/target.ts");
const { targetText } = await import("../ops/command/target-options.ts");
const { serveStack } = await import("./serve-stack.ts");

await runCommand(async (signal) => {
  const graph = await loadGraph(program, stackConfig(join(import.meta.dirname, ".."), options.stack));
  const target = await findTarget(options);
  const { url, end } = await serveStack({
    ...options,
    write: options.write === true,
    target,
    targetText: targetText(options),
    graph,
  });
  console.log(`The console of ${options.stack}: ${url}/\nCtrl-C ends it`);
  if (!signal.aborted) await once(signal, "abort");
  await end();
  return 0;
}, "The console ends.");
