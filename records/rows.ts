import type { GetCommandOutput } from "@aws-sdk/lib-dynamodb";
import { type ReversedPayment, reversedPayment } from "../lambdas/reversals/reversed-payment.ts";
import { reversalsIn } from "../lambdas/reversals/reversals.ts";

/** An item of a table. */
export type Item = NonNullable<GetCommandOutput["Item"]>;

/** A user's subscription, as it is kept; times in unix seconds. */
export interface SubscriptionRecord {
  user_id: string;
  customer_id: string | null;
  subscription_id: string;
  /** Stripe's, and any that Stripe adds. `active`, `trialing` and, as a grace period, `past_due` grant access. */
  status: string;
  /** Null where neither the configuration nor the price says it. */
  plan: "monthly" | "yearly" | null;
  price_id: string | null;
  current_period_start: number | null;
  current_period_end: number | null;
  cancel_at_period_end: boolean;
  /** When it will end, if a time is set; with flexible billing only this says that it will. */
  cancel_at: number | null;
  canceled_at: number | null;
  ended_at: number | null;
  trial_start: number | null;
  trial_end: number | null;
  /** How Stripe treats invoices while their collection is paused; null while it is not. */
  pause_collection: string | null;
  pause_resumes_at: number | null;
  /** When Stripe created the event whose state this is. */
  updated_at: number;
  /** Ordering confidence: `assumed` where the events leave room for another state. */
  order: "certain" | "assumed";
  /** Since when an event of the user's subscriptions has been missing; null while none is. */
  gap_since: number | null;
}

/** A payment that succeeded or failed, with its refunds and disputes: amounts in the currency's minor unit, times in unix seconds. */
export interface PaymentRecord extends ReversedPayment {
  user_id: string;
  customer_id: string | null;
  subscription_id: string | null;
  stripe_invoice_id: string;
  /** `pi_…` where an event has named the payment intent, else `in_…`. */
  payment_id: string;
  /** The payment intent of the invoice's own payment; left out while no event has named it. */
  stripe_payment_intent_id?: string;
  /** Every payment intent that paid the invoice or a part of it; left out while no event has named one. */
  stripe_payment_intent_ids?: string[];
  /** Every charge without a payment intent that paid the invoice or a part of it; left out while no event has named one. */
  stripe_charge_ids?: string[];
  /** What was paid, or what was still due when it failed. */
  amount: number;
  currency: string;
  /** Null where the event does not say what is paid for. */
  billing_period_start: number | null;
  billing_period_end: number | null;
  /** When Stripe created the invoice. */
  stripe_created: number;
  /** When it was paid or failed. */
  created_at: number;
  /** When DynamoDB may delete it. */
  expires_at: number;
  /** Of a failed attempt alone. */
  failure_reason?: string;
  /** Stripe's count of the attempts of its own schedule, which one by hand does not raise; of a failed attempt alone. */
  attempt_count?: number;
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

/** Reads the payment of an item, and its refunds and disputes of the items that hold those. */
export const toPayment = (item: Item, reversals: readonly Item[]): PaymentRecord => {
  const {
    PK: _,
    SK: __,
    tie_breaker: ___,
    stripe_published: ____,
    stripe_unpublished: _____,
    stripe_payment_intent_ids: intents,
    stripe_charge_ids: charges,
    ...rest
  } = item;
  // Only this program writes the payments table, so the casts hold.
  const fields = rest as Omit<PaymentRecord, keyof ReversedPayment> & { status: "succeeded" | "failed" };
  return {
    ...fields,
    ...(intents instanceof Set && { stripe_payment_intent_ids: [...intents].map(String).toSorted() }),
    ...(charges instanceof Set && { stripe_charge_ids: [...charges].map(String).toSorted() }),
    ...reversedPayment(fields, reversals.map(reversalsIn)),
  };
};
