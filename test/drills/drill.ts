import { InvalidArgumentError } from "commander";
import { makeCommand } from "../../ops/command/make-command.ts";
import { wholeOption } from "../../ops/command/option-values.ts";
import type { DrillArgs } from "./run-drill.ts";

const shareOption = (text: string): number => {
  const share = Number(text);
  if (text !== "" && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError("expected a number from 0 to 1");
};

const options = makeCommand(
  "drill",
  "Plays subscriptions' events through injected faults, redrives what failed, reconciles what never came, and compares all rows with those without faults, and with what was published.",
)
  .option("--lives <number>", "the number of subscriptions", wholeOption, 500)
  .option(
    "--events <number>",
    "the number of events in all; the last subscriptions are cut off there",
    wholeOption,
    10_000,
  )
  .option("--seed <number>", "seed of the random events and faults", wholeOption, 1)
  .option("--share <number>", "the share of faults at each hop, from 0 to 1", shareOption, 0.1)
  .option("--lost <number>", "the share of events that are never delivered, from 0 to 1", shareOption, 0.01)
  .addHelpText(
    "after",
    `
Exit codes:
  0    nothing is lost, all rows are right, and each of their changes was published
  1    something is lost, a row is wrong, or what was published does not agree with the rows
  2    wrong usage`,
  )
  .parse()
  .opts<Omit<DrillArgs, "say">>();

// Loaded late: the help needs none of it.
const { runDrill } = await import("./run-drill.ts");

const result = await runDrill({ ...options, say: (line) => console.log(line) });

const { published, publishedAgain, missing, untrue, waiting } = result.publication;
const lines: [string, number][] = [
  ["events in", result.eventsIn],
  ["of them never delivered", result.neverDelivered],
  ["the others and their duplicates, delivered", result.deliveries],
  ["applied", result.applied],
  ["dead-lettered", result.deadLettered],
  ["redriven", result.redriven],
  ["from the archive, as the queue refused them", result.fromArchive],
  ["lost", result.lost],
  ["rows different before the reconciliation", result.rowsDifferentBefore],
  ["rows different", result.rowsDifferent],
  ["published", published],
  ["of them again", publishedAgain],
  ["changes unpublished before the reconciliation", result.waitingBefore],
  ["changes that were not published", missing.length],
  ["events of no change", untrue.length],
  ["changes that wait to be published", waiting],
];
for (const [name, number] of lines) console.log(`${name.padEnd(48)}${String(number).padStart(8)}`);
const wrong = result.lost + result.rowsDifferent + missing.length + untrue.length + waiting + result.waitingBefore;
process.exitCode = wrong > 0 ? 1 : 0;
