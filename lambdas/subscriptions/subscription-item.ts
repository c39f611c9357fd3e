import { changesBetween, type Change } from "./changes.ts";
import { count, hashOf, type Book, type Step, type Verdict } from "./event-ledger.ts";
import { grantsAccess, isEnded, type SubscriptionState } from "./subscription-state.ts";

/** One of a user's subscriptions: its state, and what the ordering of its events needs. Ended ones stay, so that they stay ended. */
export interface StoredSubscription extends SubscriptionState {
  /** When Stripe made the subscription, in unix seconds. */
  created: number;
  updated_at: number;
  order: Verdict["order"];
  gap_since: number | null;
  book: Book;
}

/** All of a user's subscriptions, by `sub_…`. */
export type StoredSubscriptions = Record<string, StoredSubscription>;

/** An event about one of a user's subscriptions. */
export interface SubscriptionEvent extends Step {
  subscriptionId: string;
  /** When Stripe made the subscription, in unix seconds. */
  subscriptionCreated: number;
}

/** What an event did to a user's subscriptions. */
export interface Synced {
  /** `stale`: it is on record, but the state is that of another event, as before. */
  outcome: "applied" | "stale";
  subscriptions: StoredSubscriptions;
  changes: Change[];
  verdict: Verdict;
}

/** Puts an event to a user's subscriptions; null if it was there already. */
export const sync = (stored: StoredSubscriptions, event: SubscriptionEvent): Synced | null => {
  const before = stored[event.subscriptionId];
  const counted = count(before?.book, event);
  if (!counted) return null;
  const { book, verdict } = counted;
  const after: StoredSubscription = {
    ...verdict.state,
    created: event.subscriptionCreated,
    updated_at: verdict.updatedAt,
    order: verdict.order,
    gap_since: verdict.gapSince,
    book,
  };
  const changes = changesBetween(before ?? event.from, after);
  const isCurrent = verdict.updatedAt === event.created && hashOf(verdict.state) === hashOf(event.to);
  return {
    outcome: isCurrent || changes.length > 0 ? "applied" : "stale",
    subscriptions: { ...stored, [event.subscriptionId]: after },
    changes,
    verdict,
  };
};

/** The fields that other services read at the top of the item: those of one subscription, chosen by looking at all of them. */
export const shownFields = (userId: string, subscriptions: StoredSubscriptions) => {
  const [shown] = Object.entries(subscriptions).toSorted(byPrecedence);
  if (!shown) throw new Error(`User ${userId} has no subscription to show`);
  const [subscriptionId, { book: _, created: __, gap_since: ___, ...fields }] = shown;
  const gaps = Object.values(subscriptions).flatMap(({ gap_since: since }) => since ?? []);
  return {
    user_id: userId,
    subscription_id: subscriptionId,
    ...fields,
    gap_since: gaps.length > 0 ? Math.min(...gaps) : null,
  };
};

// A live one before an ended one, then the one that grants access, then the newest.
const byPrecedence = ([idA, a]: [string, StoredSubscription], [idB, b]: [string, StoredSubscription]): number =>
  Number(isEnded(a)) - Number(isEnded(b)) ||
  Number(grantsAccess(b)) - Number(grantsAccess(a)) ||
  b.created - a.created ||
  (idA < idB ? 1 : -1);
