import { changesBetween, type Change } from "./changes.ts";
import { emptyLedger, type EventLedger, type Transition } from "../ledger/event-ledger.ts";
import { recordEvent } from "../ledger/record-event.ts";
import { isConfigured, type PlanPrices, soldPlan } from "./plan.ts";
import type { ResolvedState } from "../ledger/reading.ts";
import { resolveState } from "../ledger/resolve-state.ts";
import { hashOf } from "../ledger/state-hash.ts";
import { accessOf, isEnded } from "../ledger/subscription-state.ts";

/** One of a user's subscriptions: the ledger of its events, and what that makes its state. */
export interface StoredSubscription {
  /** When Stripe made the subscription, in unix seconds. */
  created: number;
  ledger: EventLedger;
  resolved: ResolvedState;
}

/** A user's subscriptions, by `sub_…`. */
export type StoredSubscriptions = Record<string, StoredSubscription>;

/** An event about one of a user's subscriptions. */
export interface SubscriptionEvent extends Transition {
  subscriptionId: string;
  /** When Stripe made the subscription, in unix seconds. */
  subscriptionCreated: number;
}

/** What an event did to a user's subscriptions. */
export interface Synced {
  /** `stale`: it is on record, but the state is that of another event, as before. `duplicate`: it was on record already. */
  outcome: "applied" | "stale" | "duplicate";
  /** All of the user's subscriptions afterwards; absent for a duplicate, of which nothing is to be written. */
  subscriptions?: StoredSubscriptions;
  changes: Change[];
  resolved: ResolvedState;
}

/** Puts an event to a user's subscriptions. */
export const sync = (stored: StoredSubscriptions, event: SubscriptionEvent, sold: PlanPrices): Synced => {
  const before = stored[event.subscriptionId];
  const ledgerBefore = before?.ledger ?? emptyLedger;
  const ledger = recordEvent(ledgerBefore, event);
  const resolved = resolveState(ledger ?? ledgerBefore);
  if (!ledger) return { outcome: "duplicate", changes: [], resolved };
  const after: StoredSubscription = { created: event.subscriptionCreated, ledger, resolved };
  const changes = changesBetween(before?.resolved.state ?? event.from, resolved.state, sold);
  const isCurrent = resolved.updatedAt === event.created && hashOf(resolved.state) === hashOf(event.to);
  return {
    outcome: isCurrent || changes.length > 0 ? "applied" : "stale",
    subscriptions: { ...stored, [event.subscriptionId]: after },
    changes,
    resolved,
  };
};

/** The fields that other services read at the top of the item: those of one subscription, chosen by looking at all of them. */
export const currentSubscriptionFields = (userId: string, subscriptions: StoredSubscriptions, sold: PlanPrices) => {
  const [shown] = byPrecedence(subscriptions, sold);
  const current = shown && subscriptions[shown];
  if (!current) throw new Error(`User ${userId} has no subscription to show`);
  const { state, updatedAt, order } = current.resolved;
  const { prices, ...fields } = state;
  const gaps = Object.values(subscriptions).flatMap(({ resolved }) => resolved.gapSince ?? []);
  return {
    user_id: userId,
    subscription_id: shown,
    ...fields,
    ...soldPlan(prices, sold),
    updated_at: updatedAt,
    order,
    gap_since: gaps.length > 0 ? Math.min(...gaps) : null,
  };
};

/**
 * The ids of a user's subscriptions, the one that shows first.
 *
 * Where prices are configured, one of ours before one that is not; then a live one before one that has ended; then the one that grants
 * more access; then the newest.
 */
export const byPrecedence = (subscriptions: StoredSubscriptions, sold: PlanPrices): string[] =>
  Object.entries(subscriptions)
    .map(
      ([
        id,
        {
          created,
          resolved: { state },
        },
      ]) => ({
        id,
        ranks: [
          isConfigured(sold) && soldPlan(state.prices, sold).plan !== null ? 1 : 0,
          isEnded(state) ? 0 : 1,
          accessOf(state),
          created,
        ],
      }),
    )
    .toSorted((a, b) => descending(a.ranks, b.ranks) || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id);

const descending = (a: readonly number[], b: readonly number[]): number =>
  a.map((rank, at) => Number(b[at]) - rank).find((difference) => difference !== 0) ?? 0;
