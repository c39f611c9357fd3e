import { type Infer, validate } from "superstruct";
import { parse } from "../runtime/parse.ts";
import { assertAccepted } from "../stripe/event-types.ts";
import { applyPreviousAttributes } from "../stripe/previous-object.ts";
import type { StripeEvent } from "../stripe/stripe-event.ts";
import type { Transition } from "../ledger/event-ledger.ts";
import type { SubscriptionEvent } from "./subscription-item.ts";
import { isEnded, stateOf, Subscription } from "../ledger/subscription-state.ts";

type Subscribed = Infer<typeof Subscription>;

/**
 * Turns an event about a subscription into a transition from the state that it left to the one that it shows.
 *
 * @throws {InvalidEvent} for a type that is no change of a subscription, and where `previous_attributes` make no subscription.
 */
export const toSubscriptionEvent = (event: StripeEvent<Subscribed>): SubscriptionEvent => {
  const object = event.data.object;
  assertAccepted("sync-subscription", event.type);
  const type = kindOf(event.type);
  const to = stateOf(object);
  return {
    eventId: event.id,
    created: event.created,
    type,
    from: type === "updated" ? stateOf(before(object, event.data.previous_attributes ?? {})) : null,
    // Stripe deletes a subscription when it has ended, whatever the snapshot says.
    to: type === "deleted" && !isEnded(to) ? { ...to, status: "canceled" } : to,
    subscriptionId: object.id,
    subscriptionCreated: object.created,
  };
};

const kindOf = (eventType: string): Transition["type"] => {
  if (eventType === "customer.subscription.created") return "created";
  return eventType === "customer.subscription.deleted" ? "deleted" : "updated";
};

/**
 * The subscription that an update left.
 *
 * Of a nested object Stripe names only what changed. Where the snapshot, which may be a later one, has no such object any more, the rest
 * of it is not known, and it is left out.
 */
const before = (object: Subscribed, previous: Record<string, unknown>): Subscribed => {
  const merged = applyPreviousAttributes(asPreviousNamesIt(object, previous), previous);
  const [error] = validate(merged, Subscription);
  const [key = "", ...rest] = error?.path ?? [];
  if (rest.length !== 1 || error?.value !== undefined) {
    return parse(merged, Subscription, ["detail", "data", "previous_attributes"]);
  }
  const { [key]: _, ...known } = previous;
  return before(object, known);
};

// Versions before Basil name what changed of a period or a plan at the top, though the object may show it on its items too.
const asPreviousNamesIt = (object: Subscribed, previous: Record<string, unknown>): object => {
  if ("items" in previous) return object;
  const namesPlan = "plan" in previous;
  const items = (object.items?.data ?? []).map(({ price, plan }) => (namesPlan ? {} : { price, plan }));
  return { ...periodAtTop(object), items: { data: items } };
};

// The period is put where the previous one may be named.
const periodAtTop = (object: Subscribed): object => {
  const { current_period_start: start, current_period_end: end } = stateOf(object);
  return { ...object, current_period_start: start, current_period_end: end };
};
