import { subscriptionKey } from "../lambdas/dynamodb/keys.ts";
import { ownerOfEvent, type StripeEnvelope } from "./stripe-envelope.ts";

/** Users of customers, so that events have somewhere to go on an empty table. */
export interface PlaceholderUsers {
  /** Gives each new customer of these events a user; returns how many got a placeholder, as no event names their user. */
  add(events: Iterable<StripeEnvelope>): Promise<number>;
}

/** Makes users, `user_<customer id>` unless an event names one, and puts each one's item by `put`, which returns whether it is new. */
export const makePlaceholderUsers = (put: (item: Record<string, string>) => Promise<boolean>): PlaceholderUsers => {
  const known = new Set<string>();
  return {
    add: async (events) => {
      const users = new Map<string, string>();
      for (const event of events) {
        const { customerId = null, metadataUserId = null } = ownerOfEvent(event) ?? {};
        if (customerId === null || known.has(customerId)) continue;
        if (metadataUserId !== null) users.set(customerId, metadataUserId);
        else if (!users.has(customerId)) users.set(customerId, placeholderId(customerId));
      }
      for (const customerId of users.keys()) known.add(customerId);
      const placeholders = [...users].map(async ([customerId, userId]) => {
        const isNew = await put(itemOf(customerId, userId));
        return isNew && userId === placeholderId(customerId);
      });
      return (await Promise.all(placeholders)).filter(Boolean).length;
    },
  };
};

const placeholderId = (customerId: string): string => `user_${customerId}`;

const itemOf = (customerId: string, userId: string) => ({
  ...subscriptionKey(userId),
  user_id: userId,
  customer_id: customerId,
});
