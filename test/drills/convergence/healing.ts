import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import type { EventLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { heal } from "../../../lambdas/subscriptions/heal.ts";
import type { SubscriptionHistory } from "../../../samples/subscription-history.ts";
import { readFromStripe } from "../../helpers/read-from-stripe.ts";

/** A subscription's ledger, and how often Stripe was asked for the subscription. */
export interface Healed {
  ledger: EventLedger;
  reads: number;
}

// How long after its last event a subscription that shows a gap is read.
const healingSeconds = 3600;

// More would mean that a read does not close a gap.
const maxReads = 3;

/** Reads a subscription from Stripe for as long as its ledger shows a gap, an hour after its last event and each hour since. */
export const closeGap = (history: SubscriptionHistory, ledger: EventLedger, reads = 0): Healed => {
  if (resolveState(ledger).gapSince === null || reads === maxReads) return { ledger, reads };
  return closeGap(history, asked(history, ledger, (reads + 1) * healingSeconds), reads + 1);
};

/** Compares a subscription with what Stripe's list shows a day after its last event, and takes what is missing. */
export const reconcile = (history: SubscriptionHistory, ledger: EventLedger): EventLedger =>
  asked(history, ledger, 24 * 3600);

/** How many calls list so many subscriptions. */
export const pagesOf = (subscriptions: number): number => Math.ceil(subscriptions / 100);

// As the Lambdas do it with the subscription's row.
const asked = (history: SubscriptionHistory, ledger: EventLedger, waitSeconds: number): EventLedger => {
  const { subscriptionId } = history;
  const stored = { [subscriptionId]: { created: 0, ledger, resolved: resolveState(ledger) } };
  const snapshot = { ...readFromStripe(history, { waitSeconds }), subscriptionId, subscriptionCreated: 0 };
  const { subscriptions = stored } = heal(stored, snapshot, { monthly: [], yearly: [] });
  return subscriptions[subscriptionId]?.ledger ?? ledger;
};
