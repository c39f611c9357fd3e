import { emptyLedger } from "../ledger/event-ledger.ts";
import { resolveState } from "../ledger/resolve-state.ts";
import type { ResolvedState } from "../ledger/reading.ts";
import { type Snapshot, takeSnapshot } from "../ledger/snapshot.ts";
import { hashOf } from "../ledger/state-hash.ts";
import { type Change, changesBetween } from "./changes.ts";
import type { PlanPrices } from "./plan.ts";
import type { StoredSubscription, StoredSubscriptions } from "./subscription-item.ts";

/** A subscription as Stripe's API shows it, and which it is. */
export interface SubscriptionSnapshot extends Snapshot {
  subscriptionId: string;
  /** When Stripe made the subscription, in unix seconds. */
  subscriptionCreated: number;
}

/** What a snapshot did to a user's subscriptions. */
export interface Healed {
  /**
   * `healed`: the state was another. `confirmed`: it was this one, but not `certain`, or an event was missing. `equal`: nothing is to be
   * written. `newer`: an event is known that may be later than the snapshot, which is not taken.
   */
  outcome: "healed" | "confirmed" | "equal" | "newer";
  changes: Change[];
  /** The state before, and after; undefined where the subscription was not known, and where nothing is to be written. */
  before: ResolvedState | undefined;
  after: ResolvedState | undefined;
  /** All of the user's subscriptions afterwards; undefined where nothing is to be written. */
  subscriptions?: StoredSubscriptions;
}

/** Puts what Stripe's API says of a subscription to a user's subscriptions. */
export const heal = (stored: StoredSubscriptions, snapshot: SubscriptionSnapshot, sold: PlanPrices): Healed => {
  const { subscriptionId, subscriptionCreated, state } = snapshot;
  const known = stored[subscriptionId];
  const before = known?.resolved;
  const isSame = before?.hash === hashOf(state);
  const nothing = { changes: [], before, after: undefined };
  if (isSame && before.order === "certain" && before.gapSince === null) return { ...nothing, outcome: "equal" };
  const ledger = takeSnapshot(known?.ledger ?? emptyLedger, snapshot);
  if (!ledger) return { ...nothing, outcome: "newer" };
  const after: StoredSubscription = { created: subscriptionCreated, ledger, resolved: resolveState(ledger) };
  return {
    outcome: isSame ? "confirmed" : "healed",
    changes: changesBetween(before?.state ?? null, after.resolved.state, sold),
    before,
    after: after.resolved,
    subscriptions: { ...stored, [subscriptionId]: after },
  };
};
