import type { EventLedger, Transition } from "./event-ledger.ts";
import { hashesBeforeVersion2, hashOf } from "./state-hash.ts";
import type { SubscriptionState } from "./subscription-state.ts";

/** An event's states under the names by which the ledger has them: those of the second that a ledger of version 1 came to keep theirs. */
export const namesInVersion1 = (
  ledger: EventLedger,
  { created, from, to }: Transition,
  names: { from: string; to: string },
) => {
  const kept = created === ledger.newest ? ledger.transitions.flatMap((one) => one.split(">")) : [];
  const nameOf = (state: SubscriptionState, name: string) =>
    hashesBeforeVersion2(state).find((hash) => kept.includes(hash)) ?? name;
  return { from: from ? nameOf(from, names.from) : "", to: nameOf(to, names.to), state: to };
};

/** Maps hashes of today to the open hashes of a ledger of version 1 for the same states, with those that an event shows added. */
export const knownFromVersion1 = ({ version1 }: EventLedger, { from, to }: Transition): EventLedger["version1"] => {
  if (!version1) return null;
  const { open } = version1;
  const states = [from, to].filter((state) => state !== null);
  const known = states.flatMap((state): [string, string][] => {
    const old = hashesBeforeVersion2(state).find((hash) => open.includes(hash));
    return old === undefined ? [] : [[hashOf(state), old]];
  });
  return { open, known: { ...version1.known, ...Object.fromEntries(known) } };
};

/**
 * Puts what a ledger of version 1 has left open to the states of today that it stands for, in a sum for each state: first to those that
 * it balances, and what is left to the first of them.
 */
export const carryOver = (
  sums: Map<string, number>,
  known: Record<string, string>,
  states: EventLedger["states"],
): void => {
  for (const [old, hashes] of Map.groupBy(Object.entries(known), ([, one]) => one)) {
    meet(
      sums,
      old,
      // A state that may be the current one comes first.
      hashes.map(([hash]) => hash).toSorted((a, b) => Number(b in states) - Number(a in states) || (a < b ? -1 : 1)),
    );
  }
};

const meet = (sums: Map<string, number>, old: string, [first = old, ...others]: string[]): void => {
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
