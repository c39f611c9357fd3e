import { byPrecedence, type StoredSubscription, type StoredSubscriptions } from "./subscription-item.ts";
import type { PlanPrices } from "./plan.ts";
import { isEnded } from "../ledger/subscription-state.ts";

// An item has at most 400 KB, and a write costs a unit for each KB. One ended subscription stays, to be shown where none is live.
const maxEnded = 1;
const maxBytes = 80_000;

/** What a user's item has room for, by the size of each subscription in bytes. */
export interface Room {
  /** The subscription that an event is about, which stays for having ended. */
  eventOf: string;
  sold: PlanPrices;
  sizeOf: (subscription: StoredSubscription) => number;
}

/**
 * The ids of the subscriptions that leave a user's item, each for an item of its own: all ended ones but the newest, and where the
 * others are too many, those that would be the last to show.
 */
export const overflowOf = (subscriptions: StoredSubscriptions, { eventOf, sold, sizeOf }: Room): string[] => {
  const lastFirst = byPrecedence(subscriptions, sold).toReversed();
  const ended = lastFirst.filter((id) => isSettled(subscriptions[id])).slice(0, -maxEnded);
  const leaving = new Set(ended.filter((id) => id !== eventOf));
  const sizes = new Map(Object.entries(subscriptions).map(([id, subscription]) => [id, sizeOf(subscription)]));
  const bytes = () => [...sizes].reduce((sum, [id, size]) => sum + (leaving.has(id) ? 0 : size), 0);
  for (const id of lastFirst.slice(0, -1)) {
    if (bytes() <= maxBytes) break;
    leaving.add(id);
  }
  return [...leaving];
};

/** Whether a subscription has ended, and no event of it is known to be missing. */
export const isSettled = (subscription: StoredSubscription | undefined): boolean =>
  subscription !== undefined && isEnded(subscription.resolved.state) && subscription.resolved.gapSince === null;
