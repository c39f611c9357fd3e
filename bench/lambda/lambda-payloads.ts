import {
  type Json,
  sampleEvent,
  sampleInvoice,
  samplePrices,
  sampleSubscription,
} from "../../samples/stripe-objects.ts";

const period = { start: 1_767_225_600, end: 1_769_904_000 };

/** What is put in the place of this text makes a payload that is like no other. */
export const tag = "@@";

const subscription = sampleSubscription({
  id: `sub_${tag}`,
  customer: `cus_${tag}`,
  price: samplePrices.monthly,
  ...period,
  more: { metadata: { user_id: `user_${tag}` } },
});

const invoice = sampleInvoice({
  id: `in_${tag}`,
  customer: `cus_${tag}`,
  subscription: `sub_${tag}`,
  amount: 580,
  created: period.start,
  paidAt: period.start + 1,
  ...period,
});

const payment = {
  id: `inpay_${tag}`,
  object: "invoice_payment",
  invoice: `in_${tag}`,
  is_default: true,
  payment: { type: "payment_intent", payment_intent: `pi_${tag}` },
};

const customer = {
  outcome: "found",
  userId: `user_${tag}`,
  customerId: `cus_${tag}`,
  subscriptionId: `sub_${tag}`,
  reason: null,
};

const payload = (type: string, object: Json, more: object = {}): string =>
  JSON.stringify({
    event: { "detail-type": type, detail: sampleEvent(`evt_${tag}`, type, period.start, object), ...more },
    execution: "arn:aws:states:ap-northeast-1:123456789012:express:bench:bench:1",
  });

/** What each Lambda is called with, as JSON: an event that comes for the first time. */
export const payloads: Record<string, string> = {
  "resolve-customer": payload("customer.subscription.created", subscription),
  "sync-subscription": payload("customer.subscription.created", subscription, { customer }),
  "write-payment": payload("invoice.payment_succeeded", invoice, { customer }),
  "link-payment": payload("invoice_payment.paid", payment),
};

/** The Lambdas' names. */
export const lambdaNames: readonly string[] = Object.keys(payloads);
