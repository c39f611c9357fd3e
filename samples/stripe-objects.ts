/** A Stripe object or event, as JSON: the samples have the shape of Stripe's newest API version. */
export type Json = Record<string, unknown>;

/** What the samples sell: 580 yen a month, 5,800 a year. */
export const samplePrices = { monthly: "price_sample_monthly", yearly: "price_sample_yearly" } as const;

/** What can be said of a sample subscription; times in unix seconds. */
export interface SampleSubscription {
  id?: string;
  customer?: string;
  status?: string;
  price?: string;
  start: number;
  end: number;
  /** Anything else of Stripe's, which goes in as it is. */
  more?: Json;
}

/** A subscription with one item. */
export const sampleSubscription = ({
  id = "sub_sample",
  customer = "cus_sample",
  status = "active",
  price = samplePrices.monthly,
  start,
  end,
  more = {},
}: SampleSubscription): Json => ({
  id,
  object: "subscription",
  billing_cycle_anchor: start,
  billing_mode: { type: "flexible" },
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  collection_method: "charge_automatically",
  created: 1_767_225_600,
  currency: "jpy",
  customer,
  ended_at: null,
  items: { object: "list", data: [sampleItem(price, start, end)], has_more: false },
  livemode: true,
  metadata: {},
  status,
  trial_end: null,
  trial_start: null,
  ...more,
});

/** An item of a subscription, with its own period as from Basil on. */
export const sampleItem = (price: string, start: number, end: number): Json => ({
  id: "si_sample",
  object: "subscription_item",
  current_period_end: end,
  current_period_start: start,
  price: {
    id: price,
    object: "price",
    currency: "jpy",
    recurring: { interval: price === samplePrices.yearly ? "year" : "month", interval_count: 1 },
    unit_amount: price === samplePrices.yearly ? 5800 : 580,
  },
  quantity: 1,
});

/** What can be said of a sample invoice; amounts in yen, times in unix seconds. */
export interface SampleInvoice {
  id: string;
  customer?: string;
  subscription?: string;
  amount: number;
  created: number;
  /** When it was paid; without it, it is open. */
  paidAt?: number;
  attempts?: number;
  reason?: string;
  start: number;
  end: number;
  more?: Json;
}

/** An invoice of a subscription, with one line. */
export const sampleInvoice = ({
  id,
  customer = "cus_sample",
  subscription = "sub_sample",
  amount,
  created,
  paidAt,
  attempts = 1,
  reason = "subscription_cycle",
  start,
  end,
  more = {},
}: SampleInvoice): Json => ({
  id,
  object: "invoice",
  amount_due: amount,
  amount_paid: paidAt === undefined ? 0 : amount,
  amount_remaining: paidAt === undefined ? amount : 0,
  attempt_count: attempts,
  billing_reason: reason,
  collection_method: "charge_automatically",
  created,
  currency: "jpy",
  customer,
  lines: {
    object: "list",
    data: [{ id: `il_${id}`, object: "line_item", amount, currency: "jpy", period: { start, end } }],
    has_more: false,
  },
  livemode: true,
  metadata: {},
  next_payment_attempt: paidAt === undefined ? created + 3 * 24 * 3600 : null,
  parent: {
    type: "subscription_details",
    subscription_details: { metadata: {}, subscription },
    quote_details: null,
  },
  period_end: start,
  period_start: start,
  status: paidAt === undefined ? "open" : "paid",
  status_transitions: {
    finalized_at: created,
    marked_uncollectible_at: null,
    paid_at: paidAt ?? null,
    voided_at: null,
  },
  total: amount,
  ...more,
});

/** A snapshot event about an object; `previous` is what an update changed. */
export const sampleEvent = (
  id: string,
  type: string,
  created: number,
  object: Json,
  previous?: Json,
): Json & { id: string } => ({
  id,
  object: "event",
  api_version: "2026-10-28.endive",
  created,
  data: { object, ...(previous && { previous_attributes: previous }) },
  livemode: true,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type,
});
