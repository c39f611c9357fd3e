import { bounds, type EventLedger, repeatOf } from "./event-ledger.ts";
import type { SubscriptionState } from "./subscription-state.ts";
import { type Edge, endOfWalk, hasPath, isConnected, isUnambiguous } from "./transition-graph.ts";

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

/**
 * The current state of a subscription, by the ledger of its events.
 *
 * A transition that came again within its second may be a second Event object of one change, or the same change once more. In the
 * newest second it counts once unless a path leads back. Otherwise both readings fit: the one is taken that leaves the fewest states
 * unmet, on a tie the one that counts most.
 */
export const resolveState = (ledger: EventLedger): ResolvedState => {
  const { folded, optional } = repeatsOf(ledger);
  const { resolved } = bestReading(ledger, folded, optional);
  if (ledger.ended || resolved.order === "assumed") return resolved;
  // A repeat was one change for certain only if the walk ends with it, or has one end whatever the order.
  const ends = new Set(ledger.transitions.map((transition) => transition.split(">")[1]));
  const isSure =
    !optional.some(({ second }) => second === ledger.newest) &&
    (ends.size === 1 || folded.every(({ to }) => to === resolved.hash));
  return isSure ? resolved : { ...resolved, order: "assumed" };
};

/** A transition that came again in its second, and how many of its copies a reading leaves out. */
interface Fold {
  second: number;
  from: string;
  to: string;
  count: number;
}

// What counts once for certain, and what a reading may leave out.
const repeatsOf = (ledger: EventLedger): { folded: Fold[]; optional: Fold[] } => {
  const edges = ledger.transitions.map((transition) => edgeOf(transition, 1));
  const all = Object.entries(ledger.repeats).map(([key, count]): Fold => ({ ...repeatOf(key), count }));
  const isFolded = ({ second, from, to }: Fold) =>
    !ledger.ended && second === ledger.newest && !hasPath(edges, to, from);
  return { folded: all.filter(isFolded), optional: all.filter((fold) => !isFolded(fold)) };
};

// One reading of the ledger: what it makes of it, and each state's in-degree less out-degree in it.
interface Reading {
  folds: Fold[];
  resolved: ResolvedState;
  balance: Map<string, number>;
}

// From both ends, nothing left out and all of the older seconds' repeats, one copy at a time: from the first alone the search can be stuck.
const bestReading = (ledger: EventLedger, folded: Fold[], optional: Fold[]): Reading => {
  const readWith = (folds: Fold[]): Reading => ({ ...read(ledger, [...folded, ...folds]), folds });
  const none = optional.map((fold) => ({ ...fold, count: 0 }));
  const fewest = improved(readWith(none), optional, readWith);
  if (unmetIn(fewest) === 0 || optional.length === 0) return fewest;
  const isNewest = ({ second }: Fold) => !ledger.ended && second === ledger.newest;
  const all = optional.map((fold) => (isNewest(fold) ? { ...fold, count: 0 } : fold));
  const most = improved(readWith(all), optional, readWith);
  return unmetIn(most) < unmetIn(fewest) ? most : fewest;
};

const improved = (start: Reading, limits: Fold[], readWith: (folds: Fold[]) => Reading): Reading => {
  let best = start;
  for (let next: Reading | undefined = start; next && unmetIn(best) > 0;) {
    next = undefined;
    for (const folds of neighboursOf(best, limits)) {
      const reading = readWith(folds);
      if (unmetIn(reading) >= unmetIn(best)) continue;
      next = reading;
      break;
    }
    best = next ?? best;
  }
  return best;
};

// More copies left out, or fewer, of each transition where that balances an end of it; of those that may move the end of the walk, one
// more or fewer too.
const neighboursOf = function* ({ folds, balance, resolved }: Reading, limits: Fold[]): Generator<Fold[]> {
  for (const [index, fold] of folds.entries()) {
    const [from, to] = [balance.get(fold.from) ?? 0, balance.get(fold.to) ?? 0];
    const limit = limits[index]?.count ?? 0;
    const movesEnd = fold.second === resolved.updatedAt || fold.from === resolved.hash || fold.to === resolved.hash;
    for (const copies of new Set([-from, to, ...(movesEnd ? [1, to - 1, -1] : [])])) {
      const count = fold.count + copies;
      if (copies !== 0 && count >= 0 && count <= limit) yield folds.with(index, { ...fold, count });
    }
  }
};

const unmetIn = ({ resolved: { missing } }: Reading): number => missing.after.length + missing.before.length;

// What the ledger says if these copies are left out.
const read = (ledger: EventLedger, folds: Fold[]): Omit<Reading, "folds"> => {
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

const edgeOf = (transition: string, count: number): Edge => {
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
  const known = Object.entries(version1?.known ?? {});
  for (const [old, hashes] of Map.groupBy(known, ([, one]) => one)) {
    carryOver(
      sums,
      old,
      // A state that may be the current one comes first.
      hashes.map(([hash]) => hash).toSorted((a, b) => Number(b in states) - Number(a in states) || (a < b ? -1 : 1)),
    );
  }
  return sums;
};

// What a ledger of version 1 has left open under an old hash goes to the states of today that it stands for: first to those that it
// balances, and what is left to the first of them.
const carryOver = (sums: Map<string, number>, old: string, [first = old, ...others]: string[]): void => {
  for (const hash of [first, ...others]) {
    const [today, before] = [sums.get(hash) ?? 0, sums.get(old) ?? 0];
    if (today * before >= 0) continue;
    const met = Math.sign(today) * Math.min(Math.abs(today), Math.abs(before));
    sums.set(hash, today - met);
    sums.set(old, before + met);
  }
  const left = sums.get(old) ?? 0;
  sums.set(old, 0);
  sums.set(first, (sums.get(first) ?? 0) + left);
};
