import { type Json, sampleEvent, sampleInvoice } from "./stripe-objects.ts";
import { makeLife } from "./subscription-lives.ts";

/** An event of a made-up subscription, as Stripe sends it. */
export type BillingEvent = Json & { id: string };

/** Makes up the events of one subscription, with its payments: about 20 of all handled types, in order. */
export const makeBillingLife = (name: string, random: () => number): BillingEvent[] => {
  const { events, subscriptionId } = makeLife({ name, random, gaps: "half", late: 0 });
  const invoices = Array.from({ length: 4 }, (_, index) => invoiceEvents(`${name}_${index}`, subscriptionId, random));
  return [...events, ...invoices.flat()].toSorted((a, b) => Number(a["created"]) - Number(b["created"]));
};

const invoiceEvents = (name: string, subscription: string, random: () => number) => {
  const created = 1_767_225_600 + Math.floor(random() * 300);
  const paidAt = created + 7200;
  const customer = `cus_${subscription}`;
  const metadata = { user_id: `user_${subscription}` };
  const parent = { parent: { subscription_details: { subscription, metadata } } };
  const period = { start: created, end: created + 30 * 24 * 3600 };
  const base = { id: `in_${name}`, customer, subscription, amount: 580, created, ...period, more: parent };
  const failure = sampleEvent(`evt_${name}_f`, "invoice.payment_failed", created + 3600, sampleInvoice(base));
  const paid = sampleInvoice({ ...base, paidAt, attempts: 2 });
  const payment = {
    id: `inpay_${name}`,
    object: "invoice_payment",
    invoice: `in_${name}`,
    is_default: true,
    payment: { type: "payment_intent", payment_intent: `pi_${name}` },
  };
  return [
    ...(random() < 0.3 ? [failure] : []),
    sampleEvent(`evt_${name}_l`, "invoice_payment.paid", paidAt, payment),
    sampleEvent(`evt_${name}_p`, "invoice.paid", paidAt, paid),
    sampleEvent(`evt_${name}_s`, "invoice.payment_succeeded", paidAt, paid),
  ];
};
