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
}

// The item has more: what other services keep there, and what only this program reads.
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

/** The parts of a `GetItem` that asks for a subscription's fields alone. */
export const subscriptionFields = {
  ProjectionExpression: names.map((name) => `#${name}`).join(", "),
  ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
};

/** Reads a subscription out of an item; null if there is none in it. */
export const toSubscription = (item: Item): SubscriptionRecord | null => {
  const { stripe_version: version, ...fields } = item;
  // Somebody else has written the item, to say whose the customer is, and no event of a subscription has come yet.
  if (version === undefined) return null;
  // The key of an index cannot be null, so it is not there then. Nobody but this program writes these attributes.
  return { customer_id: null, ...fields } as SubscriptionRecord;
};

/** Reads a payment out of an item. */
export const toPayment = (item: Item): PaymentRecord => {
  const { PK: _, SK: __, ...fields } = item;
  // Nobody but this program writes the payments table.
  return fields as PaymentRecord;
};
