import type { Infer } from "superstruct";
import { paymentIntentOf, servicePeriodOf, subscriptionOf, type Invoice } from "../stripe/invoice.ts";
import { failedKey, succeededKey } from "../dynamodb/keys.ts";
import { sevenYearsAfter } from "./retention.ts";
import type { StripeEvent } from "../stripe/stripe-event.ts";

/** A payment that succeeded or failed, as it is kept: amounts in the currency's minor unit, times in unix seconds. */
export interface Payment {
  /** `INVOICE#<invoice id>`. */
  PK: string;
  /** `SUCCEEDED` or `FAILED#<attempt count>`. */
  SK: string;
  user_id: string;
  customer_id: string | null;
  subscription_id: string | null;
  stripe_invoice_id: string;
  /** Left out while no event has named it. */
  stripe_payment_intent_id?: string;
  /** What was paid, or what was due when it failed. */
  amount: number;
  currency: string;
  status: "succeeded" | "failed";
  billing_period_start: number;
  billing_period_end: number;
  /** When Stripe made the invoice. */
  stripe_created: number;
  /** When it was paid or failed. */
  created_at: number;
  /** When DynamoDB may delete the record: tax law wants seven years of it. */
  expires_at: number;
  failure_reason?: string;
  attempt_count?: number;
}

/** Turns what an invoice's event says into the record of the payment; no value of it comes from a clock. */
export const toPayment = (event: StripeEvent<Infer<typeof Invoice>>, userId: string): Payment => {
  const invoice = event.data.object;
  const intent = paymentIntentOf(invoice);
  const period = servicePeriodOf(invoice);
  const failed = event.type === "invoice.payment_failed";
  const createdAt = failed ? event.created : (invoice.status_transitions?.paid_at ?? event.created);
  return {
    ...(failed ? failedKey(invoice.id, invoice.attempt_count) : succeededKey(invoice.id)),
    user_id: userId,
    customer_id: invoice.customer ?? null,
    subscription_id: subscriptionOf(invoice),
    stripe_invoice_id: invoice.id,
    ...(intent && { stripe_payment_intent_id: intent.id }),
    amount: failed ? invoice.amount_due : invoice.amount_paid,
    currency: invoice.currency,
    status: failed ? "failed" : "succeeded",
    billing_period_start: period.start,
    billing_period_end: period.end,
    stripe_created: invoice.created,
    created_at: createdAt,
    expires_at: sevenYearsAfter(createdAt),
    ...(failed && { failure_reason: failureReason(intent), attempt_count: invoice.attempt_count }),
  };
};

// No invoice event holds the reason in any version, unless its payment intent was expanded.
const failureReason = (intent: ReturnType<typeof paymentIntentOf>): string =>
  intent?.last_payment_error?.decline_code ?? intent?.last_payment_error?.code ?? "payment_failed";
