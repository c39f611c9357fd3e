import type { LoggedState } from "../../ops/show/subscription-history.ts";
import type { Tone } from "../html/text.ts";
import { statusTone } from "./status.ts";

/** What the logs say, with its place in Stripe's time, in unix seconds. */
export interface PlacedState extends LoggedState {
  time: number;
}

/** Puts what the logs say in the order of Stripe's time; what was healed comes after the events that were known then. */
export const inStripesOrder = (states: LoggedState[]): PlacedState[] => {
  const newest = new Map<string, number>();
  return states
    .map((state) => {
      const { subscriptionId: id, created, at } = state;
      const time = created ?? newest.get(id) ?? Math.floor(at / 1000);
      newest.set(id, Math.max(newest.get(id) ?? 0, time));
      return { ...state, time };
    })
    .toSorted((a, b) => a.time - b.time);
};

/** A stretch of a subscription's life, in unix seconds. */
export interface Band {
  /** `status`: what it was; `plan`: what was to come, or was paused. */
  row: "status" | "plan";
  word: string;
  tone: Tone;
  from: number;
  to: number;
}

// What begins and ends the bands below those of the status.
const plans = [
  { begins: "cancellation_scheduled", ends: ["reactivated", "cancelled"], word: "to be cancelled" },
  { begins: "collection_paused", ends: ["collection_resumed", "cancelled"], word: "collection paused" },
];

/** The bands of one subscription between two times; `status` is what it was all along where no change is known. */
export const bandsOf = (
  states: PlacedState[],
  { begin, end, status }: { begin: number; end: number; status: string | null },
): Band[] => {
  const changes = states.flatMap(({ time, changes: own }) => own.map((one) => ({ ...one, time })));
  const turns = changes.filter(({ change }) => change === "status_changed");
  const before = turns.length > 0 ? turns[0]?.from : status;
  const starts = [...(before ? [{ to: before, time: begin }] : []), ...turns];
  const bands = starts.map(({ to, time }, index): Band => ({
    row: "status",
    word: `${to}`,
    tone: statusTone(`${to}`),
    from: time,
    to: starts[index + 1]?.time ?? end,
  }));
  for (const { begins, ends, word } of plans) {
    for (const [index, { change, time }] of changes.entries()) {
      if (change !== begins) continue;
      const last = changes.slice(index + 1).find((one) => ends.includes(one.change) || one.change === begins);
      bands.push({ row: "plan", word, tone: "warn", from: time, to: last?.time ?? end });
    }
  }
  return bands;
};
