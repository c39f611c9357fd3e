import { bounds, type EventLedger, type KnownSnapshot, repeatOf } from "./event-ledger.ts";
import { edgeOf, type Fold, read, type Reading, type ResolvedState } from "./reading.ts";
import { hasPath, isConnected } from "./transition-graph.ts";

/**
 * The current state of a subscription, by the ledger of its events.
 *
 * A transition that came again within its second may be a second Event object of one change, or the same change once more. In the
 * newest second it counts once unless a path leads back. Otherwise both readings fit: the one is taken that leaves the fewest states
 * unmet; where several leave none, the one that counts most.
 */
export const resolveState = (ledger: EventLedger): ResolvedState =>
  ledger.snapshot ? resolvedSince(ledger.snapshot, ledger) : resolvedFrom(ledger);

/**
 * The current state by what Stripe's API said, and the events since.
 *
 * The walk begins in the state that was read, or, as a transition of the read's own seconds may be in that state already, in one that
 * such a transition leaves: the beginning is taken that leaves the fewest states unmet, the state that was read before others.
 */
const resolvedSince = ({ from, to, hash, transitions }: KnownSnapshot, ledger: EventLedger): ResolvedState => {
  const edges = transitions.map((transition) => edgeOf(transition, 1));
  const isWhole = isConnected([...edges, { from: hash, to: hash, count: 1 }]);
  const starts = [...new Set([hash, ...(isWhole ? edges.map((edge) => edge.from) : [])])];
  const isWithin = !ledger.ended && ledger.newest <= to;
  const readings = starts.map((start) =>
    resolvedFrom({ ...ledger, balance: start === "" ? ledger.balance : withEntered(ledger, start, from) }),
  );
  const best = readings.reduce((a, b) => (unmetIn(b) < unmetIn(a) ? b : a));
  const isSure = !isWithin || (transitions.length < bounds.transitions && edges.every((edge) => edge.to === hash));
  return {
    ...best,
    gapSince: best.gapSince ?? (isWithin && !isWhole ? from : null),
    order: isSure ? best.order : "assumed",
  };
};

const withEntered = ({ balance, untrackedFrom }: EventLedger, hash: string, at: number): EventLedger["balance"] => {
  if (untrackedFrom !== null && hash >= untrackedFrom) return balance;
  const [excess, last] = balance[hash] ?? [0, at];
  return { ...balance, [hash]: [excess + 1, Math.max(at, last)] };
};

const resolvedFrom = (ledger: EventLedger): ResolvedState => {
  const { folded, optional } = repeatsOf(ledger);
  const { resolved } = bestReading(ledger, folded, optional);
  // A repeat was one change for certain only if the walk ends with it.
  const isSure = folded.every(({ to }) => to === resolved.hash);
  return isSure ? resolved : { ...resolved, order: "assumed" };
};

// What counts once for certain, and what a reading may leave out.
const repeatsOf = (ledger: EventLedger): { folded: Fold[]; optional: Fold[] } => {
  const edges = ledger.transitions.map((transition) => edgeOf(transition, 1));
  const all = Object.entries(ledger.repeats).map(([key, count]): Fold => ({ ...repeatOf(key), count }));
  const isFolded = ({ second, from, to }: Fold) =>
    !ledger.ended && second === ledger.newest && !hasPath(edges, to, from);
  return { folded: all.filter(isFolded), optional: all.filter((fold) => !isFolded(fold)) };
};

// From both ends, no copy left out and all of them: from the first alone the search can be stuck.
const bestReading = (ledger: EventLedger, folded: Fold[], optional: Fold[]): Reading => {
  const readWith = (folds: Fold[]): Reading => ({ ...read(ledger, [...folded, ...folds]), folds });
  const none = optional.map((fold) => ({ ...fold, count: 0 }));
  const fewest = improved(readWith(none), optional, readWith);
  if (unmetIn(fewest.resolved) === 0) return fewest;
  const most = improved(readWith(optional), optional, readWith);
  return unmetIn(most.resolved) <= unmetIn(fewest.resolved) ? most : fewest;
};

const improved = (start: Reading, limits: Fold[], readWith: (folds: Fold[]) => Reading): Reading => {
  let best = start;
  for (let next: Reading | undefined = start; next && unmetIn(best.resolved) > 0;) {
    next = undefined;
    for (const folds of neighboursOf(best, limits)) {
      const reading = readWith(folds);
      if (unmetIn(reading.resolved) >= unmetIn(best.resolved)) continue;
      next = reading;
      break;
    }
    best = next ?? best;
  }
  return best;
};

// More copies left out, or fewer, of each transition where that balances an end of it.
const neighboursOf = function* ({ folds, balance }: Reading, limits: Fold[]): Generator<Fold[]> {
  for (const [index, fold] of folds.entries()) {
    const limit = limits[index]?.count ?? 0;
    for (const copies of [-(balance.get(fold.from) ?? 0), balance.get(fold.to) ?? 0]) {
      const count = fold.count + copies;
      if (copies !== 0 && count >= 0 && count <= limit) yield folds.with(index, { ...fold, count });
    }
  }
};

const unmetIn = ({ missing }: ResolvedState): number => missing.after.length + missing.before.length;
