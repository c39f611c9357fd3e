import { assign, type } from "superstruct";
import { env } from "./lib/env.ts";
import { Invoice } from "./lib/invoice.ts";
import { count } from "./lib/metric.ts";
import { parse } from "./lib/parse.ts";
import { toPayment } from "./lib/payment.ts";
import { type Payments, paymentsTable } from "./lib/payments-table.ts";
import { FoundCustomer } from "./lib/resolved-customer.ts";
import { envelope } from "./lib/stripe-event.ts";

const Event = assign(envelope(Invoice), type({ customer: FoundCustomer }));

/**
 * Puts the payment that an invoice's event tells of on record, and on a failure the log and metric that alerting watches.
 *
 * @throws {InvalidEvent} for an invoice that cannot be recorded.
 */
export const writePayment = (payments: Payments) => async (event: unknown) => {
  const { detail, customer } = parse(event, Event);
  const payment = toPayment(detail, customer.userId);
  const outcome = await payments.record(payment);
  const { billing_reason: billingReason, next_payment_attempt: nextAttempt } = detail.data.object;
  const facts = {
    eventId: detail.id,
    outcome,
    userId: payment.user_id,
    customerId: payment.customer_id,
    subscriptionId: payment.subscription_id,
    invoiceId: payment.stripe_invoice_id,
    paymentIntentId: payment.stripe_payment_intent_id ?? null,
    amount: payment.amount,
    currency: payment.currency,
    billingReason: billingReason ?? null,
  };
  if (payment.status === "succeeded") {
    console.info({ message: "Payment succeeded", ...facts });
  } else {
    console.error({
      message: "Payment failed",
      ...facts,
      failureReason: payment.failure_reason,
      attemptCount: payment.attempt_count,
      nextPaymentAttempt: nextAttempt ?? null,
    });
  }
  const failed = Number(payment.status === "failed");
  if (outcome === "applied") count({ PaymentFailed: failed, PaymentSucceeded: 1 - failed });
  const written = outcome === "applied" ? [`payments ${payment.PK} ${payment.SK}`] : [];
  return { outcome, written };
};

export const handler = (event: unknown) => writePayment(paymentsTable(env("HOMEBIYORI_PAYMENTS")))(event);
