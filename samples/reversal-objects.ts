import type { Json } from "./stripe-objects.ts";

/** What paid an invoice, and what can be said of money of it that goes back; amounts in yen, times in unix seconds. */
export interface SampleReversal {
  id: string;
  paymentIntent: string;
  amount: number;
  created: number;
  status?: string;
  /** Anything else of Stripe's, which goes in as it is. */
  more?: Json;
}

/** What names the payment intent that paid an invoice: https://docs.stripe.com/api/invoice-payment/object */
export const sampleInvoicePayment = (invoice: string, paymentIntent: string, amount: number, paidAt: number): Json => ({
  id: paymentIntent.replace("pi_", "inpay_"),
  object: "invoice_payment",
  amount_paid: amount,
  amount_requested: amount,
  created: paidAt,
  currency: "jpy",
  invoice,
  is_default: true,
  livemode: true,
  payment: { type: "payment_intent", payment_intent: paymentIntent },
  status: "paid",
  status_transitions: { canceled_at: null, paid_at: paidAt },
});

/** A refund, which the customer has asked for: https://docs.stripe.com/api/refunds/object */
export const sampleRefund = ({
  id,
  paymentIntent,
  amount,
  created,
  status = "succeeded",
  more = {},
}: SampleReversal): Json => ({
  id,
  object: "refund",
  amount,
  balance_transaction: `txn_${id}`,
  charge: chargeOf(paymentIntent),
  created,
  currency: "jpy",
  destination_details: { card: { reference_status: "pending", type: "refund" }, type: "card" },
  metadata: {},
  payment_intent: paymentIntent,
  reason: "requested_by_customer",
  receipt_number: null,
  source_transfer_reversal: null,
  status,
  transfer_reversal: null,
  ...more,
});

/** A dispute, which can be answered for nine days: https://docs.stripe.com/api/disputes/object */
export const sampleDispute = ({
  id,
  paymentIntent,
  amount,
  created,
  status = "needs_response",
  more = {},
}: SampleReversal): Json => ({
  id,
  object: "dispute",
  amount,
  balance_transactions: [],
  charge: chargeOf(paymentIntent),
  created,
  currency: "jpy",
  enhanced_eligibility_types: [],
  evidence: {},
  evidence_details: {
    due_by: created + 9 * 24 * 3600,
    enhanced_eligibility: {},
    has_evidence: false,
    past_due: false,
    submission_count: 0,
  },
  is_charge_refundable: false,
  livemode: true,
  metadata: {},
  payment_intent: paymentIntent,
  payment_method_details: {
    card: { brand: "visa", case_type: "chargeback", network_reason_code: "13.2" },
    type: "card",
  },
  reason: "subscription_canceled",
  status,
  ...more,
});

/** The charge of a payment intent, of which some is refunded: https://docs.stripe.com/api/charges/object */
export const sampleCharge = ({
  paymentIntent,
  amount,
  refunded,
  customer = "cus_sample",
  created,
}: Pick<SampleReversal, "paymentIntent" | "amount" | "created"> & { refunded: number; customer?: string }): Json => ({
  id: chargeOf(paymentIntent),
  object: "charge",
  amount,
  amount_captured: amount,
  amount_refunded: refunded,
  balance_transaction: paymentIntent.replace("pi_", "txn_"),
  captured: true,
  created,
  currency: "jpy",
  customer,
  disputed: false,
  livemode: true,
  metadata: {},
  paid: true,
  payment_intent: paymentIntent,
  refunded: refunded === amount,
  status: "succeeded",
});

const chargeOf = (paymentIntent: string): string => paymentIntent.replace("pi_", "ch_");
