import { failedKey, subscriptionKey, succeededKey } from "../../lambdas/dynamodb/keys.ts";
import {
  type Json,
  sampleEvent,
  sampleInvoice,
  sampleItem,
  samplePrices,
  sampleSubscription,
} from "../../samples/stripe-objects.ts";

/** What a smoke test puts on a bus, one event of each type, and the keys of all rows that come of it. */
export interface SmokeEvents {
  userId: string;
  invoiceId: string;
  paymentIntentId: string;
  events: (Json & { id: string })[];
  coreKeys: object[];
  paymentKeys: object[];
}

const day = 24 * 3600;

/** Makes up a month of one subscription that ends, with ids that have `run` in them; `now` in unix seconds. */
export const smokeEvents = (run: string, now: number): SmokeEvents => {
  const userId = `smoke_${run}`;
  const [customer, subscription, invoiceId] = [`cus_smoke_${run}`, `sub_smoke_${run}`, `in_smoke_${run}`];
  const paymentIntentId = `pi_smoke_${run}`;
  const metadata = { user_id: userId };
  const trial = { start: now - 60 * day, end: now - 30 * day };
  const month = { start: trial.end, end: now };

  const event = (name: string, type: string, created: number, object: Json, previous?: Json) =>
    sampleEvent(`evt_smoke_${run}_${name}`, type, created, object, previous);
  const subscribed = (status: string, period: { start: number; end: number }, more: Json = {}) =>
    sampleSubscription({ id: subscription, customer, status, ...period, more: { metadata, ...more } });
  const billed = (paidAt?: number) =>
    sampleInvoice({
      id: invoiceId,
      customer,
      subscription,
      amount: 580,
      created: month.start,
      attempts: paidAt === undefined ? 1 : 2,
      ...(paidAt !== undefined && { paidAt }),
      ...month,
      more: { parent: { type: "subscription_details", subscription_details: { metadata, subscription } } },
    });
  const items = { data: [sampleItem(samplePrices.monthly, trial.start, trial.end)] };
  const payment = { type: "payment_intent", payment_intent: paymentIntentId };
  const linked = { id: `inpay_smoke_${run}`, object: "invoice_payment", invoice: invoiceId, is_default: true, payment };
  const paid = month.start + day;

  return {
    userId,
    invoiceId,
    paymentIntentId,
    events: [
      event("created", "customer.subscription.created", trial.start, subscribed("trialing", trial)),
      event("updated", "customer.subscription.updated", month.start, subscribed("active", month), {
        status: "trialing",
        items,
      }),
      event("failed", "invoice.payment_failed", month.start, billed()),
      event("succeeded", "invoice.payment_succeeded", paid, billed(paid)),
      event("paid", "invoice.paid", paid, billed(paid)),
      event("linked", "invoice_payment.paid", paid, linked),
      event(
        "deleted",
        "customer.subscription.deleted",
        month.end,
        subscribed("canceled", month, { ended_at: month.end }),
      ),
    ],
    coreKeys: [subscriptionKey(userId)],
    paymentKeys: [succeededKey(invoiceId), failedKey(invoiceId, 1)],
  };
};
