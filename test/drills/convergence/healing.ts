import type { EventLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import { takeSnapshot } from "../../../lambdas/ledger/snapshot.ts";
import { hashOf } from "../../../lambdas/ledger/state-hash.ts";
import type { SubscriptionHistory } from "../../../samples/subscription-history.ts";
import { readFromStripe } from "../../helpers/read-from-stripe.ts";

/** A subscription's ledger, and how often Stripe was asked for the subscription. */
export interface Healed {
  ledger: EventLedger;
  reads: number;
}

/** How long after its last event a subscription that shows a gap is read. */
const healingSeconds = 3600;

// More would mean that a read does not close a gap.
const maxReads = 3;

/** Reads a subscription from Stripe for as long as its ledger shows a gap, an hour after its last event and each hour since. */
export const heal = (history: SubscriptionHistory, ledger: EventLedger, reads = 0): Healed => {
  if (resolveState(ledger).gapSince === null || reads === maxReads) return { ledger, reads };
  const snapshot = readFromStripe(history, { waitSeconds: (reads + 1) * healingSeconds });
  return heal(history, takeSnapshot(ledger, snapshot) ?? ledger, reads + 1);
};

/** Compares a subscription with what Stripe's list shows the night after, and takes that where the state differs, an event is missing or the order is assumed. */
export const reconcile = (history: SubscriptionHistory, ledger: EventLedger): EventLedger => {
  const snapshot = readFromStripe(history, { waitSeconds: 24 * 3600 });
  const { hash, order, gapSince } = resolveState(ledger);
  const isEqual = hash === hashOf(snapshot.state) && order === "certain" && gapSince === null;
  return isEqual ? ledger : (takeSnapshot(ledger, snapshot) ?? ledger);
};

/** How many calls list so many subscriptions. */
export const pagesOf = (subscriptions: number): number => Math.ceil(subscriptions / 100);
