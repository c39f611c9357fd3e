import { samplesOf } from "./events.ts";
import type { Json } from "./stripe-objects.ts";
import { makeSubscriptionHistory } from "./subscription-history.ts";

/** An event of a generated subscription, as Stripe sends it. */
export type BillingEvent = Json & { id: string };

// A month's own; the subscription's own are in its history.
const ofSubscription = /^customer\.subscription\.(created|updated|deleted)$/;

// Most payments succeed at once.
const shares: Record<string, number> = { "invoice.payment_failed": 0.3 };

/** Generates the events of one subscription from `begin` on, with what is sent in four months of it: about 20 of all handled types, in order. */
export const makeBillingHistory = (name: string, random: () => number, begin = 1_767_225_600): BillingEvent[] => {
  const { events, subscriptionId } = makeSubscriptionHistory({ name, random, gaps: "half", late: 0, start: begin });
  const months = Array.from({ length: 4 }, (_, index) => {
    const start = begin + Math.floor(random() * 300);
    const owner = { customer: `cus_${subscriptionId}`, userId: `user_${subscriptionId}` };
    return samplesOf({ name: `${name}_${index}`, subscription: subscriptionId, ...owner, start })
      .map(({ event }) => event)
      .filter(({ type }) => !ofSubscription.test(type) && (!(type in shares) || random() < (shares[type] ?? 1)));
  });
  return [...events, ...months.flat()].toSorted((a, b) => Number(a["created"]) - Number(b["created"]));
};
