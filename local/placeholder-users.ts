import { subscriptionKey } from "../lambdas/dynamodb/keys.ts";
import { ownerOfEvent, type StripeEnvelope } from "./stripe-envelope.ts";

/** Users of customers, so that events have somewhere to go on an empty table. */
export interface PlaceholderUsers {
  /** Reads which users these events name for their customers. */
  learn(events: Iterable<StripeEnvelope>): void;
  /** Gives each new customer of these events a user; returns how many got a placeholder, as no event names their user. */
  add(events: Iterable<StripeEnvelope>): Promise<number>;
}

/** Makes users, `user_<customer id>` unless an event names one, and puts each one's item by `put`, which returns whether it is new. */
export const makePlaceholderUsers = (put: (item: Record<string, string>) => Promise<boolean>): PlaceholderUsers => {
  const named = new Map<string, string>();
  const known = new Set<string>();
  const learn = (events: Iterable<StripeEnvelope>): string[] => {
    const customers = new Set<string>();
    for (const event of events) {
      const { customerId = null, metadataUserId = null } = ownerOfEvent(event) ?? {};
      if (customerId === null || known.has(customerId)) continue;
      customers.add(customerId);
      if (metadataUserId !== null && !named.has(customerId)) named.set(customerId, metadataUserId);
    }
    return [...customers];
  };
  return {
    learn,
    add: async (events) => {
      const customers = learn(events);
      for (const customerId of customers) known.add(customerId);
      const placeholders = customers.map(async (customerId) => {
        const userId = named.get(customerId);
        named.delete(customerId);
        const isNew = await put(itemOf(customerId, userId ?? placeholderId(customerId)));
        return isNew && userId === undefined;
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
