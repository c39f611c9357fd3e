import { emulatorKey } from "../../emulator/protocol/access-keys.ts";
import { makeCommand } from "../../ops/command/make-command.ts";
import { wholeOption } from "../../ops/command/option-values.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { toEnvelope } from "../../local/stripe-envelope.ts";
import { loadStack, configOf } from "../../local/program.ts";
import { type Runner, startRunner } from "../../local/runner.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import { makeKeyedQueue } from "../../emulator/time/keyed-queue.ts";
import { rowAfter } from "../helpers/play-life.ts";
import { randomFrom, shuffled, withDoubles, withDuplicates } from "../../samples/random.ts";
import {
  changesRecord,
  matchesGroundTruth,
  type SubscriptionHistory,
  makeSubscriptionHistory,
} from "../../samples/subscription-history.ts";

const { lives, seed } = makeCommand(
  "bench:convergence",
  "Measures how many subscriptions end in the right state when their events arrive twice, out of order, and share a second.",
)
  .option("--lives <number>", "subscriptions in each row of the table", wholeOption, 300)
  .option("--seed <number>", "seed of the random numbers", wholeOption, 1)
  .parse()
  .opts<{ lives: number; seed: number }>();

const random = randomFrom(seed);

interface Cell {
  kind: string;
  gaps: "apart" | "half" | "none";
  order: "in order" | "shuffled";
  late: number;
  isOneLost: boolean;
  /** The share of changes that Stripe tells of by two Event objects. */
  doubled: number;
  isToggling?: boolean;
}

const kinds = [
  { kind: "every snapshot as its event says", late: 0, isOneLost: false, doubled: 0 },
  { kind: "10 % of snapshots late", late: 0.1, isOneLost: false, doubled: 0 },
  { kind: "30 % of snapshots late", late: 0.3, isOneLost: false, doubled: 0 },
  { kind: "one event lost in every life", late: 0, isOneLost: true, doubled: 0 },
  { kind: "20 % of changes by two Event objects", late: 0, isOneLost: false, doubled: 0.2 },
  { kind: "20 % by two Event objects, status toggles", late: 0, isOneLost: false, doubled: 0.2, isToggling: true },
  { kind: "20 % by two Event objects, one event lost", late: 0, isOneLost: true, doubled: 0.2 },
];

const gapNames = { apart: "at least 1 s", half: "half of them 0 s", none: "all 0 s" };

const cells: Cell[] = kinds.flatMap((kind) =>
  (["apart", "half", "none"] as const).flatMap((gaps) =>
    (["in order", "shuffled"] as const).map((order) => ({ ...kind, gaps, order })),
  ),
);

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

// A life, and its events as they arrive.
const arrivalsOf = (cell: Cell, name: string): { life: SubscriptionHistory; events: Json[] } => {
  const life = makeSubscriptionHistory({ ...cell, name, random });
  const middle = life.events.slice(1, -1).filter(changesRecord);
  const lost = cell.isOneLost ? middle[Math.floor(random() * middle.length)] : undefined;
  // A life without an event that could be lost does not count for this kind.
  if (cell.isOneLost && !lost) return arrivalsOf(cell, name);
  const sent = withDuplicates(
    withDoubles(
      life.events.filter((event) => event !== lost),
      cell.doubled,
      random,
    ),
    0.1,
    random,
  );
  return { life, events: cell.order === "shuffled" ? shuffled(sent, random) : sent };
};

const callsOf = async (runner: Runner): Promise<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const [call, times] of Object.entries(await runner.calls())) {
    const [caller = "", action = ""] = call.split(" ");
    if (caller !== emulatorKey) sums[action] = (sums[action] ?? 0) + times;
  }
  return sums;
};

const runCell = async (runner: Runner, cell: Cell, index: number) => {
  const all = Array.from({ length: lives }, (_, life) => arrivalsOf(cell, `${index}_${life}`));
  const { account, region } = runner.graph;
  const arrival = { eventSource: "homebiyori.stripe.test", keepSource: false, account, region };
  const schedule = makeKeyedQueue(16);
  const before = await callsOf(runner);
  await Promise.all(
    all.flatMap(({ life, events }) =>
      events.map((event) => schedule(life.subscriptionId, () => runner.take(toEnvelope(event, arrival)))),
    ),
  );
  const after = await callsOf(runner);
  const items = new Map((await runner.dump()).core.map((item) => [item["subscription_id"], item]));
  const ends = all.map(({ life }) => {
    const item = items.get(life.subscriptionId) ?? {};
    return {
      isRight: matchesGroundTruth(item, life.end),
      isCertain: item["order"] === "certain",
      isGap: item["gap_since"] !== null,
    };
  });
  const events = all.reduce((sum, life) => sum + life.events.length, 0);
  const perEvent = (action: string) => (((after[action] ?? 0) - (before[action] ?? 0)) / events).toFixed(2);
  console.log(
    [
      gapNames[cell.gaps].padEnd(17),
      cell.order.padEnd(9),
      percent(ends.filter(({ isRight }) => isRight).length, lives).padStart(8),
      percent(ends.filter(({ isCertain }) => isCertain).length, lives).padStart(8),
      String(ends.filter(({ isRight, isCertain }) => isCertain && !isRight).length).padStart(14),
      percent(ends.filter(({ isGap }) => isGap).length, lives).padStart(8),
      ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:UpdateItem"].map(perEvent).join(" / ").padStart(18),
    ].join("  "),
  );
};

const runner = await startRunner({ graph: loadStack(configOf("dev")), clock: new VirtualClock() });
console.log(`${lives} lives of 5 to 10 events in each row, 10 % of the events twice, seed ${seed}`);
console.log("Calls of Stripe's API per event: 0, as nothing here has a client for it");
for (const [index, cell] of cells.entries()) {
  if (cell.kind !== cells[index - 1]?.kind) {
    console.log(`\n${cell.kind}`);
    console.log("gaps               arrival       right   certain  certain, wrong   gap seen  query/read/write");
  }
  await runCell(runner, cell, index);
}
const falseGaps = Array.from({ length: 10_000 }, (_, index) => index).filter((index) => {
  const gaps = (["apart", "half", "none"] as const)[index % 3] ?? "none";
  const { events } = makeSubscriptionHistory({ name: `whole_${index}`, random, gaps, late: 0 });
  return rowAfter(shuffled(events, random)).gap_since !== null;
});
console.log(`\nFalse gaps in 10,000 complete lives without late snapshots: ${falseGaps.length}`);
console.log("query, read, write: calls of DynamoDB per event. gap seen: rows with gap_since.");
await runner.stop();
