import { sampleCharge, sampleDispute, sampleInvoicePayment, sampleRefund } from "./reversal-objects.ts";
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

/** The month of a subject, and Stripe's objects in it: its trial ends, its payment fails and then succeeds, a part of it is refunded and the rest disputed, the subscription ends. */
export interface SampleMonth {
  userId: string | null;
  customer: string;
  invoiceId: string;
  paymentIntentId: string;
  trial: Period;
  paid: Period;
  failedAt: number;
  paidAt: number;
  refundedAt: number;
  disputedAt: number;
  subscription(status: string, period: Period, more?: Json): Json;
  item(period: Period): Json;
  /** The invoice, open or paid. */
  invoice(paidAt?: number): Json;
  /** What names the payment intent of the invoice. */
  invoicePayment(): Json;
  /** The refund of a part of the payment, or another one of as much, some time later. */
  refund(status: string, which?: "second" | "failed"): Json;
  /** The dispute about the rest of the payment. */
  dispute(status: string): Json;
  /** The charge of the payment, once a part of it is refunded. */
  charge(): Json;
}

const hour = 3600;
const monthSeconds = 30 * 24 * hour;
const [amount, refunded] = [580, 80];

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
  const [paidAt, refundedAt, disputedAt] = [start + 2 * hour, start + 3 * hour, start + 6 * hour];
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
    paidAt,
    refundedAt,
    disputedAt,
    subscription: (status, period, more = {}) =>
      sampleSubscription({ id: subscription, customer, status, ...period, more: { metadata, ...more } }),
    item: (period) => sampleItem(samplePrices.monthly, period.start, period.end),
    invoice: (at) =>
      sampleInvoice({
        id: invoiceId,
        customer,
        subscription,
        amount,
        created: start,
        attempts: at === undefined ? 1 : 2,
        ...(at !== undefined && { paidAt: at }),
        ...paid,
        more: { parent },
      }),
    invoicePayment: () => sampleInvoicePayment(invoiceId, paymentIntentId, amount, paidAt),
    refund: (status, which) => {
      const id = which === undefined ? `re_${name}` : `re_${name}_${which}`;
      const created = which === undefined ? refundedAt : refundedAt + hour;
      const more = { failure_reason: "lost_or_stolen_card", failure_balance_transaction: `txn_${id}_failed` };
      const refund = { id, paymentIntent: paymentIntentId, amount: refunded, created, status };
      return sampleRefund({ ...refund, ...(status === "failed" && { more }) });
    },
    dispute: (status) => {
      const dispute = { id: `du_${name}`, paymentIntent: paymentIntentId, created: disputedAt, status };
      return sampleDispute({ ...dispute, amount: amount - refunded });
    },
    charge: () => sampleCharge({ paymentIntent: paymentIntentId, amount, refunded, customer, created: paidAt }),
  };
};
