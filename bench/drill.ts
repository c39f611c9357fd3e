import { parseArgs } from "node:util";
import { runDrill } from "./run-drill.ts";

// Shows that nothing is lost through any fault, and that all rows are right in the end.

const { values } = parseArgs({
  options: {
    lives: { type: "string", default: "500" },
    events: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    share: { type: "string", default: "0.1" },
  },
});

const result = await runDrill({
  lives: Number(values.lives),
  events: Number(values.events),
  seed: Number(values.seed),
  share: Number(values.share),
  say: (line) => console.log(line),
});

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
