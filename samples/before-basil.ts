import type { Json } from "./stripe-objects.ts";

// Samples are made in the newest shape; these turn them into what Stripe sent before 2025-03-31.basil.

/** A charge that names its invoice, and lists its refunds as before 2022-11-15. */
export const chargeBeforeBasil = (charge: Json, invoice: string, refunds: Json[] = []): Json => ({
  ...charge,
  invoice,
  refunds: { object: "list", data: refunds, has_more: false },
});

/** A subscription with its period at the top, and the plan beside the price; none where there are several. */
export const subscriptionBeforeBasil = (subscription: Json): Json => {
  const { data } = Object(subscription["items"]);
  const items = data.map(({ current_period_start: _, current_period_end: __, ...item }: Json) => item);
  const [{ current_period_start: start, current_period_end: end, price }, ...others] = data;
  const { billing_mode: _, ...rest } = subscription;
  return {
    ...rest,
    current_period_start: start,
    current_period_end: end,
    items: { object: "list", data: items },
    plan: others.length > 0 ? null : { id: price.id, object: "plan", interval: price.recurring.interval },
  };
};

/** An invoice that names its subscription and its payment intent at the top. */
export const invoiceBeforeBasil = (invoice: Json, paymentIntent: string | null = null): Json => {
  const { parent, ...rest } = invoice;
  const { subscription, metadata } = Object(Object(parent).subscription_details);
  return {
    ...rest,
    charge: null,
    paid: invoice["status"] === "paid",
    payment_intent: paymentIntent,
    subscription: subscription ?? null,
    subscription_details: { metadata: metadata ?? null },
  };
};
