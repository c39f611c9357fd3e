import type { SampleMonth } from "./month.ts";
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

/** The version before 2025-03-31.basil. */
export const versionBeforeBasil = "2025-02-24.acacia";

/** An event of a sample month in the shape before Basil; null for a type that Stripe did not send then. */
export const eventBeforeBasil = <T extends Json>(event: T, month: SampleMonth): T | null => {
  const { object, previous_attributes: previous } = Object(event["data"]);
  if (object.object === "invoice_payment") return null;
  const data = {
    object: objectBeforeBasil(object, month),
    ...(previous && { previous_attributes: previousBeforeBasil(previous) }),
  };
  return { ...event, api_version: versionBeforeBasil, data };
};

const objectBeforeBasil = (object: Json, month: SampleMonth): Json => {
  switch (object["object"]) {
    case "subscription":
      return subscriptionBeforeBasil(object);
    case "invoice":
      return invoiceBeforeBasil(object, month.paymentIntentId);
    case "charge":
      return chargeBeforeBasil(object, month.invoiceId, [month.refund("succeeded")]);
    default:
      // Refunds and disputes have the same shape.
      return object;
  }
};

const previousBeforeBasil = ({ items, ...rest }: Json): Json => {
  const [item] = Object(items).data ?? [];
  if (!item) return rest;
  return { ...rest, current_period_start: item.current_period_start, current_period_end: item.current_period_end };
};
