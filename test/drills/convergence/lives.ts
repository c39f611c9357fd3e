import { randomFrom, shuffled, withDoubles, withDuplicates } from "../../../samples/random.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import {
  changesRecord,
  type HistoryArgs,
  makeSubscriptionHistory,
  type SubscriptionHistory,
} from "../../../samples/subscription-history.ts";

/** What happens to the events of some lives. */
export interface Kind {
  kind: string;
  /** The share of events that show a later state. */
  late?: number;
  isOneLost?: boolean;
  /** The share of changes that Stripe sends two Event objects for. */
  doubled?: number;
  isToggling?: boolean;
}

/** A cell of the table: a kind of lives, how far apart their events are, and the order in which they arrive. */
export interface Cell extends Kind {
  gaps: HistoryArgs["gaps"];
  order: "in order" | "shuffled";
}

/** A life, and its events as they arrive. */
export interface Life {
  history: SubscriptionHistory;
  events: Json[];
}

const kinds: Kind[] = [
  { kind: "all, each as its name says" },
  { kind: "10 % show a later state", late: 0.1 },
  { kind: "30 % show a later state", late: 0.3 },
  { kind: "one in the middle never arrives", isOneLost: true },
  { kind: "20 % of changes by two Event objects", doubled: 0.2 },
  { kind: "the same, and only the status changes, back and forth", doubled: 0.2, isToggling: true },
  { kind: "20 % by two Event objects, one never arrives", isOneLost: true, doubled: 0.2 },
];

/** How far apart events are. */
export const allGaps: HistoryArgs["gaps"][] = ["apart", "half", "none"];

/** All cells, those of a row one after the other. */
export const cells: Cell[] = kinds.flatMap((kind) =>
  allGaps.flatMap((gaps) => (["in order", "shuffled"] as const).map((order) => ({ ...kind, gaps, order }))),
);

/** Makes so many lives of a cell: 10 % of their events arrive twice. */
export const makeLives = (cell: Cell, name: string, count: number, seed: number): Life[] => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) => makeLife(cell, `${name}_${index}`, random));
};

const makeLife = (cell: Cell, name: string, random: () => number): Life => {
  const { late = 0, doubled = 0, isOneLost = false } = cell;
  const history = makeSubscriptionHistory({ ...cell, late, name, random });
  const middle = history.events.slice(1, -1).filter(changesRecord);
  const lost = isOneLost ? middle[Math.floor(random() * middle.length)] : undefined;
  // A life without an event that could be lost does not count for this kind.
  if (isOneLost && !lost) return makeLife(cell, name, random);
  const kept = history.events.filter((event) => event !== lost);
  const sent = withDuplicates(withDoubles(kept, doubled, random), 0.1, random);
  return { history, events: cell.order === "shuffled" ? shuffled(sent, random) : sent };
};
