import { type Json, sampleInvoice, sampleItem, samplePrices, sampleSubscription } from "./stripe-objects.ts";

/** Whom sample events are about. */
export interface Subject {
  /** Is in the ids of the invoice and of what belongs to it. */
  name: string;
  customer: string;
  subscription: string;
  /** The user that the subscription's metadata names; null if it names none. */
  userId: string | null;
  /** When the trial ends and the month that is paid for begins, in unix seconds. */
  start: number;
}

/** From when until when, in unix seconds. */
export interface Period {
  start: number;
  end: number;
}

/** The month of a subject, and Stripe's objects in it: its trial ends, its payment fails and then succeeds, the subscription ends. */
export interface SampleMonth {
  userId: string | null;
  customer: string;
  invoiceId: string;
  paymentIntentId: string;
  trial: Period;
  paid: Period;
  failedAt: number;
  paidAt: number;
  subscription(status: string, period: Period, more?: Json): Json;
  item(period: Period): Json;
  /** The invoice, open or paid. */
  invoice(paidAt?: number): Json;
  /** What names the payment intent of the invoice. */
  invoicePayment(): Json;
}

const hour = 3600;
const monthSeconds = 30 * 24 * hour;

/** A subject of that name alone, of whom nothing else is told. */
export const subjectOf = (name: string, start: number): Subject => ({
  name,
  customer: `cus_${name}`,
  subscription: `sub_${name}`,
  userId: `user_${name}`,
  start,
});

/** The month of a subject. */
export const sampleMonth = ({ name, customer, subscription, userId, start }: Subject): SampleMonth => {
  const paid = { start, end: start + monthSeconds };
  const metadata = userId === null ? {} : { user_id: userId };
  const [invoiceId, paymentIntentId] = [`in_${name}`, `pi_${name}`];
  const parent = {
    type: "subscription_details",
    subscription_details: { metadata, subscription },
    quote_details: null,
  };
  return {
    userId,
    customer,
    invoiceId,
    paymentIntentId,
    trial: { start: start - monthSeconds, end: start },
    paid,
    failedAt: start + hour,
    paidAt: start + 2 * hour,
    subscription: (status, period, more = {}) =>
      sampleSubscription({ id: subscription, customer, status, ...period, more: { metadata, ...more } }),
    item: (period) => sampleItem(samplePrices.monthly, period.start, period.end),
    invoice: (paidAt) =>
      sampleInvoice({
        id: invoiceId,
        customer,
        subscription,
        amount: 580,
        created: start,
        attempts: paidAt === undefined ? 1 : 2,
        ...(paidAt !== undefined && { paidAt }),
        ...paid,
        more: { parent },
      }),
    // https://docs.stripe.com/api/invoice-payment/object
    invoicePayment: () => ({
      id: `inpay_${name}`,
      object: "invoice_payment",
      amount_paid: 580,
      currency: "jpy",
      invoice: invoiceId,
      is_default: true,
      livemode: true,
      payment: { type: "payment_intent", payment_intent: paymentIntentId },
      status: "paid",
    }),
  };
};
