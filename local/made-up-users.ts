import { subscriptionKey } from "../lambdas/dynamodb/keys.ts";
import { type Envelope, ownerOfEvent } from "./stripe-envelope.ts";

/** Users for customers of whom nobody said whose they are. */
export interface MadeUpUsers {
  /** Gives each customer of these events that is new a user; returns for how many one was made up, as no event names it. */
  add(events: Iterable<Envelope>): Promise<number>;
}

/** Makes up users, `user_<customer id>` unless an event names one, and puts each one's item by `put`, which says whether it is new. */
export const makeMadeUpUsers = (put: (item: Record<string, string>) => Promise<boolean>): MadeUpUsers => {
  const known = new Set<string>();
  return {
    add: async (events) => {
      const users = new Map<string, string>();
      for (const event of events) {
        const { customerId = null, metadataUserId = null } = ownerOfEvent(event) ?? {};
        if (customerId === null || known.has(customerId)) continue;
        if (metadataUserId !== null) users.set(customerId, metadataUserId);
        else if (!users.has(customerId)) users.set(customerId, madeUpId(customerId));
      }
      for (const customerId of users.keys()) known.add(customerId);
      const madeUp = [...users].map(async ([customerId, userId]) => {
        const isNew = await put(itemOf(customerId, userId));
        return isNew && userId === madeUpId(customerId);
      });
      return (await Promise.all(madeUp)).filter(Boolean).length;
    },
  };
};

const madeUpId = (customerId: string): string => `user_${customerId}`;

const itemOf = (customerId: string, userId: string) => ({
  ...subscriptionKey(userId),
  user_id: userId,
  customer_id: customerId,
});
