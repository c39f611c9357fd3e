import { bounds, type EventLedger } from "./event-ledger.ts";
import type { SubscriptionState } from "./subscription-state.ts";
import { type Edge, endOfWalk, isConnected, isUnambiguous } from "./transition-graph.ts";
import { carryOver } from "./first-version.ts";

/** A subscription's current state, and the confidence in it. */
export interface ResolvedState {
  state: SubscriptionState;
  /** The state's name in the ledger. */
  hash: string;
  updatedAt: number;
  /** `certain`: no order of the events could have ended otherwise. */
  order: "certain" | "assumed";
  /** Since when an event has been missing; null while none is. */
  gapSince: number | null;
  /** The states at whose ends it is missing, by hash. */
  missing: { after: string[]; before: string[] };
}

/** A transition that came again in its second, and how many of its copies a reading leaves out. */
export interface Fold {
  second: number;
  from: string;
  to: string;
  count: number;
}

/** One reading of the ledger: what it leaves out, what that makes of it, and each state's in-degree less out-degree in it. */
export interface Reading {
  folds: Fold[];
  resolved: ResolvedState;
  balance: Map<string, number>;
}

/** What the ledger says if these copies are left out. */
export const read = (ledger: EventLedger, folds: Fold[]): Omit<Reading, "folds"> => {
  const { ended, started, newest, states } = ledger;
  const balance = balanceOf(ledger, folds);
  const edges = edgesOf(ledger, folds);
  const entered = [...balance].flatMap(([hash, excess]) => (excess > 0 ? [hash] : []));
  const left = [...balance].flatMap(([hash, excess]) => (excess < 0 ? [hash] : []));
  const periodEndOf = (hash: string) => (states[hash] ? (states[hash].current_period_end ?? 0) : null);
  // In a crowded second no edge that is kept may lead to a state that is.
  const [anyState = ""] = Object.keys(states);
  const here = ended?.hash ?? (endOfWalk({ edges, entered, left, periodEndOf }) || anyState);
  const lastOf = (hash: string): number => ledger.balance[hash]?.[1] ?? 0;
  const latest = (a: string, b: string) => lastOf(b) - lastOf(a) || (a < b ? -1 : 1);
  // Where the end names no state before it, that one stays entered; where the start is not known, it was left only.
  const spare = entered.filter((hash) => hash !== here).toSorted(latest);
  const after = ended ? spare.slice(1) : spare;
  const unmet = left.toSorted(latest);
  const before = started ? unmet : unmet.slice(0, -1);
  const isBroken = !ledger.isCrowded && !isConnected(edges);
  const isGap = after.length > 0 || before.length > 0 || isBroken;
  const state = ended?.state ?? states[here];
  if (!state) throw new Error(`The ledger of events holds no state ${here}`);
  const isWhole = started && !isGap && isUnambiguous(edges) && !isBounded(ledger);
  const resolved: ResolvedState = {
    state,
    hash: here,
    updatedAt: ended?.at ?? newest,
    order: ended || isWhole ? "certain" : "assumed",
    gapSince: isGap ? Math.min(newest, ...[...after, ...before].map(lastOf)) : null,
    missing: { after, before },
  };
  return { resolved, balance };
};

// Whether the ledger has had to leave something out.
const isBounded = ({ isCrowded, untrackedFrom, repeats }: EventLedger): boolean =>
  isCrowded || untrackedFrom !== null || Object.keys(repeats).length >= bounds.repeats;

/** A transition of a ledger, `<from>><to>`, as an edge that stands for so many. */
export const edgeOf = (transition: string, count: number): Edge => {
  const [from = "", to = ""] = transition.split(">");
  return { from, to, count };
};

const edgesOf = ({ transitions, repeats, newest }: EventLedger, folds: Fold[]): Edge[] =>
  transitions.map((transition) => {
    const fold = folds.find(({ second, from, to }) => second === newest && transition === `${from}>${to}`);
    return edgeOf(transition, 1 + (repeats[`${newest}:${transition}`] ?? 0) - (fold?.count ?? 0));
  });

const balanceOf = ({ balance, states, untrackedFrom, version1 }: EventLedger, folds: Fold[]): Map<string, number> => {
  const sums = new Map(Object.entries(balance).map(([hash, [excess]]) => [hash, excess]));
  const add = (hash: string, excess: number) => {
    if (untrackedFrom === null || hash < untrackedFrom) sums.set(hash, (sums.get(hash) ?? 0) + excess);
  };
  for (const { from, to, count } of folds) {
    add(from, count);
    add(to, -count);
  }
  if (version1) carryOver(sums, version1.known, states);
  return sums;
};
