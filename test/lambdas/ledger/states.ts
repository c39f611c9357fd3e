import type { SubscriptionState } from "../../../lambdas/ledger/subscription-state.ts";

/** An active subscription of which nothing else is known. */
export const stateFields: SubscriptionState = {
  customer_id: "cus_state",
  status: "active",
  prices: [],
  current_period_start: null,
  current_period_end: null,
  cancel_at_period_end: false,
  cancel_at: null,
  canceled_at: null,
  ended_at: null,
  trial_start: null,
  trial_end: null,
  pause_collection: null,
  pause_resumes_at: null,
};
