import { boolean, enums, type } from "superstruct";
import { env } from "./runtime/env.ts";
import { Refused } from "./runtime/errors.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { emitMetrics } from "./runtime/metric.ts";
import { parse } from "./runtime/parse.ts";
import { assertAccepted } from "./stripe/event-types.ts";
import { rejectTestMode, skipConnectedAccount } from "./stripe/origin.ts";
import { type Payments, paymentsTable } from "./payments/payments-table.ts";
import { sevenYearsAfter } from "./payments/retention.ts";
import { Id, maybe, Reference } from "./stripe/shapes.ts";
import { envelope } from "./stripe/stripe-event.ts";

// https://docs.stripe.com/api/invoice-payment/object
const InvoicePayment = type({
  object: enums(["invoice_payment"]),
  id: Id,
  invoice: Reference,
  is_default: boolean(),
  payment: type({ payment_intent: maybe(Reference) }),
});

const Event = envelope(InvoicePayment);

/**
 * Puts a payment intent that paid an invoice, or a part of it, on the payment's record, whether or not the invoice's own event has come yet.
 *
 * @throws {InvalidEvent} for what is no payment of an invoice.
 * @throws {Refused} for an event of Stripe's test mode, where live ones only are taken.
 */
export const linkPayment = (payments: Payments, liveOnly: boolean) => async (event: unknown, log: Log) => {
  const { detail } = parse(event, Event);
  assertAccepted("link-payment", detail.type);
  const { invoice, is_default: isDefault, payment } = detail.data.object;
  const facts = { invoiceId: invoice, paymentIntentId: payment.payment_intent ?? null };
  const skip = (reason: string) => {
    log.info("Nothing is written", { outcome: "skipped", reason, ...facts });
    return { outcome: "skipped", written: [] };
  };
  const foreign = skipConnectedAccount(detail);
  if (foreign !== null) {
    emitMetrics({ NoneOfOurs: 1 });
    return skip(foreign);
  }
  const rejected = rejectTestMode(detail, liveOnly);
  if (rejected !== null) throw new Refused(rejected);
  if (!payment.payment_intent) return skip("It names no payment intent");
  const { outcome, key } = await payments.link(invoice, {
    paymentIntentId: payment.payment_intent,
    isDefault,
    expiresAt: sevenYearsAfter(detail.created),
  });
  const result = { outcome, written: outcome === "applied" ? [`payments ${key}`] : [] };
  log.info("Payment linked", { ...result, ...facts });
  return result;
};

export const handler = (input: unknown) =>
  handle(input, linkPayment(paymentsTable(env("HOMEBIYORI_PAYMENTS")), env("LIVEMODE") !== "any"));
