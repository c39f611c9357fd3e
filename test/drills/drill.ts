import { Command, InvalidArgumentError } from "commander";
import { wholeOption } from "../../ops/command/option-values.ts";
import { type DrillArgs, runDrill } from "./run-drill.ts";

// Shows that nothing is lost through any fault, and that all rows are right in the end.

const shareOption = (text: string): number => {
  const share = Number(text);
  if (text !== "" && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError("expected a number from 0 to 1");
};

const command = new Command("npm run drill --")
  .description("Plays lives through faults, redrives what failed, and compares all rows with those without a fault.")
  .option("--lives <number>", "how many lives there are", wholeOption, 500)
  .option(
    "--events <number>",
    "how many events there are in all; the last lives are cut off there",
    wholeOption,
    10_000,
  )
  .option("--seed <number>", "what the lives and the faults follow from", wholeOption, 1)
  .option("--share <number>", "the share of faults at each hop, from 0 to 1", shareOption, 0.1)
  .addHelpText("after", "\nExit code: 0 if nothing is lost and all rows are right, 1 if not, 2 if it could not be run.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
const options = command.parse().opts<Omit<DrillArgs, "say">>();

const result = await runDrill({ ...options, say: (line) => console.log(line) });

const lines: [string, number][] = [
  ["events in", result.eventsIn],
  ["of them and their duplicates, delivered", result.deliveries],
  ["applied", result.applied],
  ["dead-lettered", result.deadLettered],
  ["redriven", result.redriven],
  ["from the archive, as the queue refused them", result.fromArchive],
  ["lost", result.lost],
  ["rows different", result.rowsDifferent],
];
for (const [name, number] of lines) console.log(`${name.padEnd(46)}${String(number).padStart(8)}`);
process.exitCode = result.lost + result.rowsDifferent > 0 ? 1 : 0;
