import { sizeOfStored, type SubscriptionItem } from "./core-table.ts";
import { isSettled, overflowOf } from "./overflow.ts";
import type { PlanPrices } from "./plan.ts";
import { byPrecedence, type StoredSubscription, type StoredSubscriptions } from "./subscription-item.ts";

/** What is to be written of a user: the item, and what goes to other items before it. */
export interface NextItem {
  item: SubscriptionItem;
  /** Subscriptions that the item has no room for. */
  overflow: StoredSubscriptions;
  /** Customers that no item ties to the user yet: those of all subscriptions, also of those that leave, and the one that the product put into the index. */
  unlinked: string[];
}

/** An event's effect on a user's item: all of the user's subscriptions after it, and whose the event is. */
export interface Effect {
  subscriptions: StoredSubscriptions;
  /** The subscription that the event is about. */
  eventOf: string;
  /** That subscription as it was in an item of its own, if it was there. */
  returned: StoredSubscription | undefined;
  /** The event's customer, whom `resolve-customer` has tied to the user. */
  customerId: string | null;
  sold: PlanPrices;
}

/** The user's item after an event; a pure function of what it was and of the event's effect. */
export const nextItem = (
  before: SubscriptionItem,
  { subscriptions, eventOf, returned, customerId, sold }: Effect,
): NextItem => {
  const leaving = overflowOf(subscriptions, { eventOf, sold, sizeOf: sizeOfStored });
  const all = Object.entries(subscriptions);
  const overflow = Object.fromEntries(all.filter(([id]) => leaving.includes(id)));
  const kept = Object.fromEntries(all.filter(([id]) => !leaving.includes(id)));
  const customers = customersOf(kept);
  const [left, cameBack] = [unsettledIn(Object.values(overflow)), unsettledIn(returned ? [returned] : [])];
  return {
    item: {
      stripe_version: (before.stripe_version ?? 0) + 1,
      stripe_customers: customers,
      stripe_overflow:
        leaving.length > 0 || before.stripe_overflow !== null ? (before.stripe_overflow ?? 0) + left - cameBack : null,
      customer_id: indexedCustomer(before, kept, sold),
      subscriptions: kept,
    },
    overflow,
    unlinked: [
      ...new Set([...customersOf(subscriptions), ...(before.customer_id === null ? [] : [before.customer_id])]),
    ].filter((id) => !before.stripe_customers.includes(id) && id !== customerId),
  };
};

const unsettledIn = (subscriptions: StoredSubscription[]): number =>
  subscriptions.filter((subscription) => !isSettled(subscription)).length;

const customersOf = (subscriptions: StoredSubscriptions): string[] => {
  const ids = Object.values(subscriptions).flatMap(({ resolved }) => resolved.state.customer_id ?? []);
  return [...new Set(ids)].toSorted();
};

// A customer that no subscription has was put there by the product, and stays until a subscription of theirs has come.
const indexedCustomer = (before: SubscriptionItem, kept: StoredSubscriptions, sold: PlanPrices): string | null => {
  const known = [...customersOf(before.subscriptions), ...before.stripe_customers, ...customersOf(kept)];
  if (before.customer_id !== null && !known.includes(before.customer_id)) return before.customer_id;
  const [shown = ""] = byPrecedence(kept, sold);
  return kept[shown]?.resolved.state.customer_id ?? null;
};
