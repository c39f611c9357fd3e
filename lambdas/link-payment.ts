import { boolean, enums, type } from "superstruct";
import { env } from "./runtime/env.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { parse } from "./runtime/parse.ts";
import { skipReason } from "./runtime/skip-reason.ts";
import { assertAccepted } from "./stripe/event-types.ts";
import { payerOf } from "./payments/payers.ts";
import { type Payments, paymentsTable } from "./payments/payments-table.ts";
import { sevenYearsAfter } from "./payments/retention.ts";
import { type PublishSettings, toPublish } from "./publishing/to-publish.ts";
import { linkPayers } from "./reversals/link-payers.ts";
import { type ReversalsTable, reversalsTable } from "./reversals/reversals-table.ts";
import { Id, maybe, Reference } from "./stripe/shapes.ts";
import { envelope } from "./stripe/stripe-event.ts";

// https://docs.stripe.com/api/invoice-payment/object
const InvoicePayment = type({
  object: enums(["invoice_payment"]),
  id: Id,
  invoice: Reference,
  is_default: boolean(),
  payment: type({ payment_intent: maybe(Reference), charge: maybe(Reference) }),
});

const Event = envelope(InvoicePayment);

/**
 * Puts what paid an invoice, or a part of it, on the payment's record, whether or not the invoice's own event has come yet.
 *
 * @throws {InvalidEvent} for what is no payment of an invoice.
 * @throws {Refused} for an event of Stripe's test mode, where live ones only are taken.
 */
export const linkPayment =
  (payments: Pick<Payments, "link">, reversals: ReversalsTable, settings: PublishSettings & { liveOnly: boolean }) =>
  async (event: unknown, log: Log) => {
    const { detail } = parse(event, Event);
    assertAccepted("link-payment", detail.type);
    const { invoice, is_default: isDefault, payment } = detail.data.object;
    const payer = payerOf(payment, isDefault);
    const facts = { invoiceId: invoice, paymentId: payer?.id ?? null };
    const skipped = skipReason(detail, settings.liveOnly);
    if (skipped !== null || !payer) {
      const reason = skipped ?? "It names neither a payment intent nor a charge";
      log.info("Nothing is written", { outcome: "skipped", reason, ...facts });
      return { outcome: "skipped", written: [], publish: toPublish([], settings, detail) };
    }
    const { outcome, key, payment: recorded } = await payments.link(invoice, payer, sevenYearsAfter(detail.created));
    const how = { reason: "event", log } as const;
    const unpublished = recorded ? await linkPayers(reversals, [payer.id], recorded, how) : [];
    const result = { outcome, written: outcome === "applied" ? [`payments ${key}`] : [] };
    log.info("Payment linked", { ...result, ...facts });
    return { ...result, publish: toPublish(unpublished, settings, detail) };
  };

export const handler = (input: unknown) => {
  const table = env("HOMEBIYORI_PAYMENTS");
  const settings = { liveOnly: env("LIVEMODE") !== "any", bus: env("BILLING_BUS") };
  return handle(input, linkPayment(paymentsTable(table), reversalsTable(table), settings));
};
