import type { DisputeRecord, RefundRecord } from "../lambdas/reversals/reversed-payment.ts";
import type { PaymentRecord, SubscriptionRecord } from "./rows.ts";

/** What every event tells besides its ids and its state. */
export interface Change {
  /** Which things the version is of: the event with the largest one of a subject has its newest state. */
  subject: string;
  /** Grows with each change of the subject, not always by one. An event that comes twice has the same. */
  version: number;
  /** By what it changed: an event of Stripe's, a heal of one that was missing, the comparison of every night, or a backfill. */
  reason: "event" | "healing" | "reconciliation" | "backfill";
  /** The fields of `state` (and `user_id`) that changed; null where it is not known any more from what, or where they are too large for an event. */
  changes: Record<string, { from: unknown; to: unknown }> | null;
}

/** A user's subscription has changed; of several the one that shows in the row. The subject is `subscription/<user_id>`. */
export interface SubscriptionDetail extends Change {
  user_id: string;
  customer_id: string | null;
  subscription_id: string;
  /** As `records.subscription` reads it. */
  state: SubscriptionRecord;
}

/** By an event of Stripe's. */
export interface SubscriptionChanged extends SubscriptionDetail {
  reason: "event";
}

/** By what Stripe answered, where an event was missing. */
export interface SubscriptionHealed extends SubscriptionDetail {
  reason: "healing" | "reconciliation" | "backfill";
}

/** A payment or a failed attempt, as it is kept: amounts in the currency's minor unit, times in unix seconds. */
export type PaymentState = Pick<
  PaymentRecord,
  | "user_id"
  | "customer_id"
  | "subscription_id"
  | "stripe_invoice_id"
  | "amount"
  | "currency"
  | "billing_period_start"
  | "billing_period_end"
  | "stripe_created"
  | "created_at"
  | "expires_at"
>;

interface PaymentDetail extends Change {
  user_id: string;
  customer_id: string | null;
  subscription_id: string | null;
  invoice_id: string;
}

/** An invoice was paid. The subject is `payment/<invoice_id>/SUCCEEDED`. */
export interface PaymentRecorded extends PaymentDetail {
  state: PaymentState & { status: "succeeded" };
}

/** An attempt to pay an invoice failed. The subject is `payment/<invoice_id>/FAILED#<when>#<attempt_count>`. */
export interface PaymentFailed extends PaymentDetail {
  /** `failure_reason`: the bank's code, or Stripe's, or `payment_failed`. `attempt_count`: of Stripe's own schedule. */
  state: PaymentState & { status: "failed"; failure_reason: string; attempt_count: number };
}

/** All refunds and disputes of a payment. The subject is `reversals/<payment_id>`. */
export interface ReversalsDetail extends Change {
  /** Null, as is `invoice_id`, until a payment on record names what paid it; then it is published again. */
  user_id: string | null;
  invoice_id: string | null;
  /** The payment intent, `pi_…`; or the charge of one that has none, `ch_…`. */
  payment_id: string;
  /** Null where it is too large for an event, by hundreds of refunds: read it then, by `records.paymentsOf`. */
  state: {
    refunds: RefundRecord[];
    disputes: DisputeRecord[];
    /** How much was refunded in all, by currency. */
    refunded_amounts: Record<string, number>;
  } | null;
}

/** A refund of a payment is new or has another status, or what was refunded of it in all has changed. */
export interface RefundRecorded extends ReversalsDetail {}

/** A dispute about a payment is new or has another status. */
export interface DisputeChanged extends ReversalsDetail {}

/** EventBridge's envelope, as a target of a rule gets it. */
interface Envelope<Type extends string, Detail> {
  version: string;
  /** EventBridge's, and another one where a change is put twice. */
  id: string;
  "detail-type": Type;
  source: "homebiyori.billing";
  account: string;
  /** When it was put on the bus, not when the change happened. */
  time: string;
  region: string;
  /** The ARNs of the state machine and the execution that put it; none where a Lambda did. */
  resources: string[];
  detail: Detail;
}

/** An event that this program publishes. */
export type BillingEvent =
  | Envelope<"SubscriptionChanged", SubscriptionChanged>
  | Envelope<"SubscriptionHealed", SubscriptionHealed>
  | Envelope<"PaymentRecorded", PaymentRecorded>
  | Envelope<"PaymentFailed", PaymentFailed>
  | Envelope<"RefundRecorded", RefundRecorded>
  | Envelope<"DisputeChanged", DisputeChanged>;
