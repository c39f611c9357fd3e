import type { LoggedState } from "../../ops/show/subscription-history.ts";

/** What the logs say, with its place in Stripe's time, and what it did to a gap. */
export interface PlacedState extends LoggedState {
  /** In unix seconds. */
  time: number;
  /** Since when an event is missing, by Stripe's time, where this was the first to show it. */
  opened: number | null;
  /** Since when an event was missing, where since this none is. */
  closed: number | null;
}

/** Whether an event came after a later one had been handled, so that it changed nothing of the row. */
export const isLate = ({ by, outcome }: LoggedState): boolean => by === "event" && outcome === "stale";

/** Puts what the logs say, which is in the order of handling, in the order of Stripe's time. */
export const inStripesOrder = (states: LoggedState[]): PlacedState[] =>
  [...Map.groupBy(states, ({ subscriptionId }) => subscriptionId).values()]
    .flatMap(placedStates)
    .toSorted((a, b) => a.time - b.time);

const placedStates = (states: LoggedState[]): PlacedState[] => {
  const placed: PlacedState[] = [];
  let newest: number | null = null;
  let gap: number | null = null;
  for (const state of states) {
    // What was healed comes after the events that were known then.
    const time: number = state.created ?? newest ?? Math.floor(state.at / 1000);
    // And after those that it stood in for, which came late though they are newer.
    if (newest !== null && time > newest && isLate(state))
      for (const one of placed) if (one.by !== "event" && one.time === newest) one.time = time;
    const gapBefore = gap;
    gap = gapAfter(state, gapBefore);
    placed.push({ ...state, time, opened: gapBefore === null ? gap : null, closed: gap === null ? gapBefore : null });
    newest = Math.max(newest ?? time, time);
  }
  return placed;
};

const gapAfter = ({ by, outcome, gapSince }: LoggedState, before: number | null): number | null => {
  if (by === "event") return gapSince;
  return by === "reconciliation" || outcome === "healed" ? null : before;
};
