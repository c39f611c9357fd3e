import { stateOf, Subscription } from "../ledger/subscription-state.ts";
import { parse } from "../runtime/parse.ts";
import type { SubscriptionSnapshot } from "../subscriptions/heal.ts";
import type { Answer } from "./stripe-client.ts";

/**
 * A subscription as Stripe's API shows it.
 *
 * @throws {InvalidEvent} for what is no subscription of Stripe's.
 */
export const snapshotOf = ({ value, from, to }: Answer<unknown>): SubscriptionSnapshot => {
  const subscription = parse(value, Subscription);
  return {
    subscriptionId: subscription.id,
    subscriptionCreated: subscription.created,
    state: stateOf(subscription),
    from,
    to,
  };
};
