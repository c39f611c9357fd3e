import type { Payer } from "../../../lambdas/payments/payers.ts";
import type { Payment } from "../../../lambdas/payments/payment.ts";
import type { Payments } from "../../../lambdas/payments/payments-table.ts";

/** An invoice's payment, to be recorded; times in unix seconds. */
export const paid = (id: string, more: Partial<Payment> = {}): Payment => ({
  PK: `INVOICE#${id}`,
  SK: "SUCCEEDED",
  user_id: "user_1",
  customer_id: "cus_1",
  subscription_id: "sub_1",
  stripe_invoice_id: id,
  amount: 580,
  currency: "jpy",
  status: "succeeded",
  billing_period_start: 100,
  billing_period_end: 200,
  stripe_created: 90,
  created_at: 1000,
  expires_at: 2000,
  ...more,
});

/** The payment intent of an invoice's own payment. */
export const own = (id: string): Payer => ({ id, kind: "default_intent" });

/** Records a payment as its event does, and returns what became of it; what is to be published is looked at elsewhere. */
export const record = async (payments: Pick<Payments, "record">, payment: Payment) => {
  const {
    unpublished: _,
    payment: __,
    ...recorded
  } = await payments.record(payment, { reason: "event", isPublished: true });
  return recorded;
};
