import { array, boolean, integer, literal, min, pattern, string, type, type Infer } from "superstruct";
import { AmountMinor, Expandable, Id, maybe, Metadata, Reference, UnixSeconds } from "./shapes.ts";

const SubscriptionDetails = type({ subscription: maybe(Reference), metadata: maybe(Metadata) });

/** Where an invoice names its subscription: under `parent` from 2025-03-31.basil on, at the top before. */
export const invoiceSubscription = {
  parent: maybe(type({ subscription_details: maybe(SubscriptionDetails) })),
  subscription: maybe(Reference),
  subscription_details: maybe(type({ metadata: maybe(Metadata) })),
};

const LastError = type({ decline_code: maybe(string()), code: maybe(string()) });

const PaymentIntent = Expandable(type({ id: Id, last_payment_error: maybe(LastError) }));

const InvoicePayment = type({
  is_default: maybe(boolean()),
  payment: maybe(type({ payment_intent: maybe(PaymentIntent) })),
});

/** Stripe's invoice in any API version's shape, as far as a payment's record needs it. */
export const Invoice = type({
  object: literal("invoice"),
  id: Id,
  customer: maybe(Reference),
  ...invoiceSubscription,
  payment_intent: maybe(PaymentIntent),
  payments: maybe(type({ data: array(InvoicePayment) })),
  amount_paid: AmountMinor,
  amount_due: AmountMinor,
  currency: pattern(string(), /^[a-z]{3}$/),
  created: UnixSeconds,
  period_start: UnixSeconds,
  period_end: UnixSeconds,
  lines: maybe(type({ data: array(type({ period: type({ start: UnixSeconds, end: UnixSeconds }) })) })),
  status_transitions: maybe(type({ paid_at: maybe(UnixSeconds) })),
  attempt_count: min(integer(), 0),
  next_payment_attempt: maybe(UnixSeconds),
  billing_reason: maybe(string()),
});

/** The subscription that an invoice bills, or null for one that belongs to none. */
export const subscriptionOf = (invoice: Pick<Infer<typeof Invoice>, "parent" | "subscription">): string | null =>
  invoice.parent?.subscription_details?.subscription ?? invoice.subscription ?? null;

/** The payment intent that an invoice names; no invoice event has one since Basil. */
export const paymentIntentOf = (invoice: Infer<typeof Invoice>) =>
  invoice.payment_intent ??
  invoice.payments?.data.find((payment) => payment.is_default)?.payment?.payment_intent ??
  null;

/**
 * The period that an invoice pays for: that of its line which ends last.
 *
 * The invoice's own period looks back at what was added to it, and lines of a proration end no later than what they prorate.
 */
export const servicePeriodOf = (invoice: Infer<typeof Invoice>): { start: number; end: number } =>
  (invoice.lines?.data ?? [])
    .map((line) => line.period)
    .reduce<{ start: number; end: number } | null>(
      (last, period) => (last === null || period.end > last.end ? period : last),
      null,
    ) ?? { start: invoice.period_start, end: invoice.period_end };
