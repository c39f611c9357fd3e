import type { Infer } from "superstruct";
import { failedKey, succeededKey } from "../dynamodb/keys.ts";
import { chargeOf, type Invoice, paymentIntentOf, subscriptionOf } from "../stripe/invoice.ts";
import { servicePeriodOf } from "../stripe/invoice-lines.ts";
import type { StripeEvent } from "../stripe/stripe-event.ts";
import { type Payer, payerOf } from "./payers.ts";
import { sevenYearsAfter } from "./retention.ts";

/** A payment that succeeded or failed, as it is kept: amounts in the currency's minor unit, times in unix seconds. */
export interface Payment {
  /** `INVOICE#<invoice id>`. */
  PK: string;
  /** `SUCCEEDED` or `FAILED#<when it failed>#<attempt count>`. */
  SK: string;
  user_id: string;
  customer_id: string | null;
  subscription_id: string | null;
  stripe_invoice_id: string;
  /** What was paid, or what was still due when it failed. */
  amount: number;
  currency: string;
  status: "succeeded" | "failed";
  /** Null where the event does not say what is paid for. */
  billing_period_start: number | null;
  billing_period_end: number | null;
  /** When Stripe made the invoice. */
  stripe_created: number;
  /** When it was paid or failed. */
  created_at: number;
  /** When DynamoDB may delete the record: tax law wants seven years of it. */
  expires_at: number;
  failure_reason?: string;
  /** Stripe's count of the attempts of its own schedule, which one by hand does not raise. */
  attempt_count?: number;
  /** What paid it, or was to, where the event names it. */
  payer?: Payer;
}

/** Whose payment of which invoice something is about, and until when that is kept, in unix seconds. */
export interface LinkedPayment {
  userId: string;
  invoiceId: string;
  expiresAt: number;
}

/** Turns what an invoice's event says into the record of the payment; no value of it comes from a clock. */
export const toPayment = (
  event: Pick<StripeEvent<Infer<typeof Invoice>>, "type" | "created" | "data">,
  userId: string,
): Payment => {
  const invoice = event.data.object;
  const intent = paymentIntentOf(invoice);
  const payer = payerOf({ payment_intent: intent?.id, charge: chargeOf(invoice) }, true);
  const period = servicePeriodOf(invoice);
  const failed = event.type === "invoice.payment_failed";
  const createdAt = failed ? event.created : (invoice.status_transitions?.paid_at ?? event.created);
  return {
    ...(failed ? failedKey(invoice.id, event.created, invoice.attempt_count) : succeededKey(invoice.id)),
    user_id: userId,
    customer_id: invoice.customer ?? null,
    subscription_id: subscriptionOf(invoice),
    stripe_invoice_id: invoice.id,
    amount: failed ? (invoice.amount_remaining ?? invoice.amount_due) : invoice.amount_paid,
    currency: invoice.currency,
    status: failed ? "failed" : "succeeded",
    billing_period_start: period.start,
    billing_period_end: period.end,
    stripe_created: invoice.created,
    created_at: createdAt,
    expires_at: sevenYearsAfter(createdAt),
    ...(failed && { failure_reason: failureReason(intent), attempt_count: invoice.attempt_count }),
    ...(payer && { payer }),
  };
};

/** Whose payment a row is, of which invoice, and until when what is about it is kept; null where no payment is on record in it. */
export const linkOf = (row: Record<string, unknown>): LinkedPayment | null => {
  const { user_id: userId, stripe_invoice_id: invoiceId, stripe_created: created } = row;
  if (typeof userId !== "string") return null;
  // All events of an invoice say the same of when it was made.
  return { userId, invoiceId: String(invoiceId), expiresAt: sevenYearsAfter(Number(created)) };
};

// No invoice event holds the reason in any version, unless its payment intent was expanded.
const failureReason = (intent: ReturnType<typeof paymentIntentOf>): string =>
  intent?.last_payment_error?.decline_code ?? intent?.last_payment_error?.code ?? "payment_failed";
