import { envelope } from "../../lambdas/stripe/stripe-event.ts";
import { parse } from "../../lambdas/runtime/parse.ts";
import { toSubscriptionEvent } from "../../lambdas/subscriptions/subscription-event.ts";
import { shownFields, type StoredSubscriptions, sync } from "../../lambdas/subscriptions/subscription-item.ts";
import { Subscription } from "../../lambdas/subscriptions/subscription-state.ts";
import type { Json } from "../../samples/stripe-objects.ts";

const Event = envelope(Subscription);
const prices = { monthly: [], yearly: [] };

/** What a user's subscriptions are after these events, in this order. */
export const playLife = (events: Json[], stored: StoredSubscriptions = {}): StoredSubscriptions =>
  events.reduce<StoredSubscriptions>((before, detail) => {
    const step = toSubscriptionEvent(parse({ detail }, Event).detail, prices);
    return sync(before, step)?.subscriptions ?? before;
  }, stored);

/** The row that other services read after these events. */
export const rowAfter = (events: Json[]) => shownFields("u", playLife(events));
