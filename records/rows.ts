import type { GetCommandOutput } from "@aws-sdk/lib-dynamodb";
import type { Payment } from "../lambdas/payments/payment.ts";
import type { currentSubscriptionFields } from "../lambdas/subscriptions/subscription-item.ts";

/** An item of a table. */
export type Item = NonNullable<GetCommandOutput["Item"]>;

/** A user's subscription, as it is kept; times in unix seconds. */
export type SubscriptionRecord = ReturnType<typeof currentSubscriptionFields>;

/** A payment that succeeded or failed, as it is kept. */
export interface PaymentRecord extends Omit<Payment, "PK" | "SK"> {
  /** `pi_…` where an event has named the payment intent, else `in_…`. */
  payment_id: string;
  /** Every payment intent that paid the invoice or a part of it; left out while no event has named one. */
  stripe_payment_intent_ids?: string[];
}

// The item has more attributes: those of other services, and those that only this program reads.
const shown: Record<keyof SubscriptionRecord, true> = {
  user_id: true,
  customer_id: true,
  subscription_id: true,
  status: true,
  plan: true,
  price_id: true,
  current_period_start: true,
  current_period_end: true,
  cancel_at_period_end: true,
  cancel_at: true,
  canceled_at: true,
  ended_at: true,
  trial_start: true,
  trial_end: true,
  pause_collection: true,
  pause_resumes_at: true,
  updated_at: true,
  order: true,
  gap_since: true,
};

const names = [...Object.keys(shown), "stripe_version"];

/** The projection of a `GetItem` that reads only a subscription's fields. */
export const subscriptionFields = {
  ProjectionExpression: names.map((name) => `#${name}`).join(", "),
  ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
};

/** Reads the subscription of an item, or null. */
export const toSubscription = (item: Item): SubscriptionRecord | null => {
  const { stripe_version: version, ...fields } = item;
  // Another service has written the item, to link the customer to the user, before any subscription event came.
  if (version === undefined) return null;
  // An index key cannot be null, so the attribute is absent then. Only this program writes these attributes, so the cast holds.
  return { customer_id: null, ...fields } as SubscriptionRecord;
};

/** Reads the payment of an item. */
export const toPayment = (item: Item): PaymentRecord => {
  const { PK: _, SK: __, tie_breaker: ___, stripe_payment_intent_ids: intents, ...fields } = item;
  // Only this program writes the payments table, so the cast holds.
  return {
    ...fields,
    ...(intents instanceof Set && { stripe_payment_intent_ids: [...intents].map(String).toSorted() }),
  } as PaymentRecord;
};
