import { emulatorKey } from "../../emulator/protocol/access-keys.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { loadStack, configOf } from "../../local/program.ts";
import { type Runner, startRunner } from "../../local/runner.ts";
import { makeCommand } from "../../ops/command/make-command.ts";
import { wholeOption } from "../../ops/command/option-values.ts";
import { randomFrom, shuffled } from "../../samples/random.ts";
import { makeSubscriptionHistory } from "../../samples/subscription-history.ts";
import { rowAfter } from "../helpers/play-life.ts";
import { complaintsAbout, figuresOf } from "./convergence/figures.ts";
import { allGaps, cells, makeLives } from "./convergence/lives.ts";
import { play } from "./convergence/play.ts";
import { arrivedTable, type Measured, mendedTable } from "./convergence/tables.ts";

const { lives, seed } = makeCommand(
  "bench:convergence",
  "Measures how many subscriptions end in the right state when their events arrive twice, out of order, share a second or are lost, and what asking Stripe mends.",
)
  .option("--lives <number>", "subscriptions in each row of the table", wholeOption, 300)
  .option("--seed <number>", "seed of the random numbers", wholeOption, 1)
  .parse()
  .opts<{ lives: number; seed: number }>();

const callsOf = async (runner: Runner): Promise<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const [call, times] of Object.entries(await runner.calls())) {
    const [caller = "", action = ""] = call.split(" ");
    if (caller !== emulatorKey) sums[action] = (sums[action] ?? 0) + times;
  }
  return sums;
};

const falseGapsIn = (count: number): number => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) => {
    const gaps = allGaps[index % allGaps.length] ?? "none";
    return makeSubscriptionHistory({ name: `whole_${index}`, random, gaps, late: 0 });
  }).filter(({ events }) => rowAfter(shuffled(events, random)).gap_since !== null).length;
};

const runner = await startRunner({ graph: loadStack(configOf("dev")), clock: new VirtualClock() });
const measured: Measured[] = [];
const complaints: string[] = [];
let events = 0;
for (const [index, cell] of cells.entries()) {
  const name = `${cell.kind}, ${cell.gaps}, ${cell.order}`;
  console.error(`${index + 1} of ${cells.length}: ${name}`);
  const figures = figuresOf(await play(runner, makeLives(cell, `${index}`, lives, seed + index)));
  measured.push({ cell, figures });
  complaints.push(...complaintsAbout(figures).map((complaint) => `${name}: ${complaint}`));
  events += figures.events;
}
const calls = Object.entries(await callsOf(runner));
await runner.stop();
console.log(
  `${lives} lives of 5 to 10 events in each row, in order / shuffled, 10 % of the events twice, seed ${seed}\n`,
);
console.log(`${arrivedTable(measured)}\n\n${mendedTable(measured)}\n`);
console.log(
  `Calls of DynamoDB an event: ${calls.map(([call, times]) => `${call} ${(times / events).toFixed(2)}`).join(", ")}`,
);
const falseGaps = falseGapsIn(10_000);
console.log(`False gaps in 10,000 complete lives without late snapshots: ${falseGaps}`);
if (falseGaps > 0) complaints.push(`false gaps: ${falseGaps}`);
for (const complaint of complaints) console.log(`Must not be: ${complaint}`);
process.exitCode = complaints.length > 0 ? 1 : 0;
