import { array, boolean, type Infer, literal, string, type } from "superstruct";
import { Lines, type LinesInSight, subscriptionInLines } from "./invoice-lines.ts";
import {
  AmountMinor,
  Count,
  Currency,
  Expandable,
  Id,
  maybe,
  Metadata,
  Reference,
  UnixSeconds,
  Word,
} from "./shapes.ts";

const SubscriptionDetails = type({ subscription: maybe(Reference), metadata: maybe(Metadata) });

/** Where an invoice names its subscription: under `parent` from 2025-03-31.basil on, at the top before, or in its lines alone. */
export const invoiceSubscription = {
  parent: maybe(type({ subscription_details: maybe(SubscriptionDetails) })),
  subscription: maybe(Reference),
  subscription_details: maybe(type({ metadata: maybe(Metadata) })),
  lines: maybe(Lines),
};

const LastError = type({ decline_code: maybe(Word), code: maybe(Word) });

const PaymentIntent = Expandable(type({ id: Id, last_payment_error: maybe(LastError) }));

const InvoicePayment = type({
  is_default: maybe(boolean()),
  status: maybe(string()),
  payment: maybe(type({ payment_intent: maybe(PaymentIntent), charge: maybe(Reference) })),
});

/** Stripe's invoice in any API version's shape, as far as a payment's record needs it. */
export const Invoice = type({
  object: literal("invoice"),
  id: Id,
  customer: maybe(Reference),
  ...invoiceSubscription,
  payment_intent: maybe(PaymentIntent),
  charge: maybe(Reference),
  payments: maybe(type({ data: array(InvoicePayment) })),
  amount_paid: AmountMinor,
  amount_due: AmountMinor,
  amount_remaining: maybe(AmountMinor),
  currency: Currency,
  created: UnixSeconds,
  period_end: maybe(UnixSeconds),
  status_transitions: maybe(type({ paid_at: maybe(UnixSeconds) })),
  attempt_count: Count,
  next_payment_attempt: maybe(UnixSeconds),
  billing_reason: maybe(string()),
});

/** The subscription that an invoice bills, by its head or else by its lines; null for one that belongs to none. */
export const subscriptionOf = (
  invoice: Pick<Infer<typeof Invoice>, "parent" | "subscription"> & LinesInSight,
): string | null =>
  invoice.parent?.subscription_details?.subscription ?? invoice.subscription ?? subscriptionInLines(invoice);

/** The payment intent that an invoice names; no invoice event has one since Basil, and Stripe's API one that failed or was canceled too. */
export const paymentIntentOf = (invoice: Infer<typeof Invoice>) =>
  invoice.payment_intent ?? ownPaymentOf(invoice)?.payment_intent ?? null;

/** The charge that an invoice names; where it has a payment intent, that is what paid the invoice. */
export const chargeOf = (invoice: Infer<typeof Invoice>): string | null =>
  invoice.charge ?? ownPaymentOf(invoice)?.charge ?? null;

const ownPaymentOf = ({ payments }: Infer<typeof Invoice>) =>
  payments?.data.find(({ is_default: isDefault, status }) => isDefault && (status ?? "paid") === "paid")?.payment;
