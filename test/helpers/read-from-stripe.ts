import type { Snapshot } from "../../lambdas/ledger/snapshot.ts";
import { stateOf, Subscription } from "../../lambdas/ledger/subscription-state.ts";
import { parse } from "../../lambdas/runtime/parse.ts";
import type { SubscriptionHistory } from "../../samples/subscription-history.ts";

/** When a subscription is read from Stripe's API: after which of its events, how long after it, and how long the answer takes. */
export interface ReadTime {
  /** The event's index; the last one's if it is not named. */
  index?: number;
  waitSeconds: number;
  answerSeconds?: number;
}

/** What Stripe's API says of a subscription at that time. */
export const readFromStripe = (
  { objects, times }: SubscriptionHistory,
  { index = objects.length - 1, waitSeconds, answerSeconds = 0 }: ReadTime,
): Snapshot => {
  const at = (times[index] ?? 0) + waitSeconds;
  const state = stateOf(parse(objects[index], Subscription));
  // Its clock and ours may be two seconds apart.
  return { state, from: at - answerSeconds - 2, to: at + answerSeconds + 2 };
};
