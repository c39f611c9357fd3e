import { assign, type } from "superstruct";
import { env } from "./runtime/env.ts";
import { handle } from "./runtime/handle.ts";
import { assertAccepted } from "./stripe/event-types.ts";
import { Invoice } from "./stripe/invoice.ts";
import type { Log } from "./runtime/log.ts";
import { emitMetrics } from "./runtime/metric.ts";
import { parse } from "./runtime/parse.ts";
import { toPayment } from "./payments/payment.ts";
import { type Payments, paymentsTable } from "./payments/payments-table.ts";
import { type PublishSettings, toPublish } from "./publishing/to-publish.ts";
import { linkPayers } from "./reversals/link-payers.ts";
import { type ReversalsTable, reversalsTable } from "./reversals/reversals-table.ts";
import { FoundCustomer } from "./runtime/resolved-customer.ts";
import { envelope } from "./stripe/stripe-event.ts";

const Event = assign(envelope(Invoice), type({ customer: FoundCustomer }));

/**
 * Records the payment of an invoice's event; on a failure it logs the line and emits the metric that alerting watches.
 *
 * @throws {InvalidEvent} for another type, and for an invoice that cannot be recorded.
 */
export const writePayment =
  (payments: Payments, reversals: ReversalsTable, { bus }: PublishSettings) =>
  async (event: unknown, log: Log) => {
    const { detail, customer } = parse(event, Event);
    assertAccepted("write-payment", detail.type);
    const payment = toPayment(detail, customer.userId);
    const failed = Number(payment.status === "failed");
    // The row of each Event object stays; the alarm is about attempts.
    const isNew = payment.status === "succeeded" || (await payments.isNewAttempt(payment));
    const how = { reason: "event", log } as const;
    const recorded = await payments.record(payment, { ...how, isPublished: isNew });
    const { outcome, isFirst, payers, unpublished } = recorded;
    const result = { outcome, written: outcome === "applied" ? [`payments ${payment.PK} ${payment.SK}`] : [] };
    const { billing_reason: billingReason, next_payment_attempt: nextAttempt } = detail.data.object;
    const facts = {
      ...result,
      userId: payment.user_id,
      customerId: payment.customer_id,
      subscriptionId: payment.subscription_id,
      invoiceId: payment.stripe_invoice_id,
      paymentId: payment.payer?.id ?? null,
      amount: payment.amount,
      currency: payment.currency,
      billingReason: billingReason ?? null,
    };
    if (payment.status === "succeeded") {
      log.info("Payment succeeded", facts);
    } else {
      log.error("Payment failed", {
        ...facts,
        failureReason: payment.failure_reason,
        attemptCount: payment.attempt_count,
        nextPaymentAttempt: nextAttempt ?? null,
      });
    }
    if (isFirst && isNew) emitMetrics({ PaymentFailed: failed, PaymentSucceeded: 1 - failed });
    const link = payment.status === "succeeded" ? recorded.payment : null;
    const linked = link ? await linkPayers(reversals, payers, link, how) : [];
    return { ...result, publish: toPublish([unpublished, ...linked], { bus }, detail) };
  };

export const handler = (input: unknown) => {
  const table = env("HOMEBIYORI_PAYMENTS");
  return handle(input, writePayment(paymentsTable(table), reversalsTable(table), { bus: env("BILLING_BUS") }));
};
