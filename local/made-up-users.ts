import { subscriptionKey } from "../lambdas/lib/keys.ts";
import { type Envelope, ownerOfEvent } from "./event.ts";

/** Users for customers of whom nobody said whose they are. */
export interface MadeUpUsers {
  /** Makes up a user for each customer of these events that is new; returns how many. */
  add(events: Iterable<Envelope>): Promise<number>;
}

/** Makes up users, `user_<customer id>` unless an event names one, and puts each one's item where `put` says. */
export const makeMadeUpUsers = (put: (item: Record<string, string>) => Promise<void>): MadeUpUsers => {
  const known = new Set<string>();
  return {
    add: async (events) => {
      const users = new Map<string, string>();
      for (const event of events) {
        const { customerId = null, metadataUserId = null } = ownerOfEvent(event) ?? {};
        if (customerId === null || known.has(customerId)) continue;
        if (metadataUserId !== null) users.set(customerId, metadataUserId);
        else if (!users.has(customerId)) users.set(customerId, `user_${customerId}`);
      }
      for (const customerId of users.keys()) known.add(customerId);
      await Promise.all([...users].map(([customerId, userId]) => put(itemOf(customerId, userId))));
      return users.size;
    },
  };
};

const itemOf = (customerId: string, userId: string) => ({
  ...subscriptionKey(userId),
  user_id: userId,
  customer_id: customerId,
});
