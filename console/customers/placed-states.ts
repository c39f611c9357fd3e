import { isEnded } from "../../lambdas/ledger/subscription-state.ts";
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

/** From which status to which one led, the same twice where it changed another field; null where the logs do not say it. */
export const stepOf = ({ status, says }: LoggedState): { from: string | null; to: string } | null => {
  const change = says?.find((one) => one.change === "status_changed");
  if (change) return { from: change.from === null ? null : `${change.from}`, to: `${change.to}` };
  return status === null ? null : { from: status, to: status };
};

/** Puts what the logs say, which is in the order of handling, in the order of Stripe's time. */
export const inStripesOrder = (states: LoggedState[]): PlacedState[] =>
  [...Map.groupBy(states, ({ subscriptionId }) => subscriptionId).values()]
    .flatMap((own) => chained(placedStates(own).toSorted((a, b) => a.time - b.time || rankOf(a) - rankOf(b))))
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

// Of one second: what begins a subscription, what changes it, what ends it, what was healed.
const rankOf = (state: PlacedState): number => {
  if (state.by !== "event") return 3;
  const step = stepOf(state);
  if (step && isEnded({ status: step.to })) return 2;
  return step?.from === null ? 0 : 1;
};

// Within these the one comes next that leaves the status which the last one led to; else one that no other leads to.
const chained = (states: PlacedState[]): PlacedState[] => {
  let current: string | null = null;
  return [...Map.groupBy(states, (state) => `${state.time} ${rankOf(state)}`).values()].flatMap((own) => {
    const rest = [...own];
    return own.flatMap(() => {
      const steps = rest.map(stepOf);
      const follows = steps.findIndex((step) => step?.from === current);
      const begins = steps.findIndex((step) => !steps.some((other) => other !== step && other?.to === step?.from));
      const [next] = rest.splice(follows >= 0 ? follows : Math.max(0, begins), 1);
      current = (next && stepOf(next)?.to) ?? current;
      return next ?? [];
    });
  });
};

const gapAfter = ({ by, outcome, gapSince }: LoggedState, before: number | null): number | null => {
  if (by === "event") return gapSince;
  return by === "reconciliation" || outcome === "healed" ? null : before;
};
