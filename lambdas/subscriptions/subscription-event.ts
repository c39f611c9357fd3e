import type { Infer } from "superstruct";
import { parse } from "../runtime/parse.ts";
import type { StripeEvent } from "../stripe/stripe-event.ts";
import type { SubscriptionEvent } from "./subscription-item.ts";
import { isEnded, type Prices, stateOf, Subscription } from "./subscription-state.ts";
import { undo } from "../stripe/previous-object.ts";

/**
 * Turns an event about a subscription into a step from the state that it left to the one that it shows.
 *
 * @throws {InvalidEvent} where `previous_attributes` make no subscription.
 */
export const toSubscriptionEvent = (
  event: StripeEvent<Infer<typeof Subscription>>,
  prices: Prices,
): SubscriptionEvent => {
  const object = event.data.object;
  const kind = kindOf(event.type);
  const to = stateOf(object, prices);
  const previous = event.data.previous_attributes ?? {};
  const before = undo(namesPeriodAtTop(previous) ? withoutItemPeriods(object) : object, previous);
  return {
    eventId: event.id,
    created: event.created,
    type: kind,
    from: kind === "updated" ? stateOf(parse(before, Subscription), prices) : null,
    // Stripe deletes a subscription when it has ended, whatever the snapshot says.
    to: kind === "deleted" && !isEnded(to) ? { ...to, status: "canceled" } : to,
    subscriptionId: object.id,
    subscriptionCreated: object.created,
  };
};

// Versions before Basil name the period that changed at the top, though since Basil they may show it on the items too.
const namesPeriodAtTop = (previous: Record<string, unknown>): boolean =>
  "current_period_end" in previous && !("items" in previous);

const withoutItemPeriods = (object: Infer<typeof Subscription>): object => ({
  ...object,
  items: { data: (object.items?.data ?? []).map(({ price, plan }) => ({ price, plan })) },
});

const kindOf = (eventType: string): SubscriptionEvent["type"] => {
  if (eventType === "customer.subscription.created") return "created";
  return eventType === "customer.subscription.deleted" ? "deleted" : "updated";
};
