import { envelope } from "../../lambdas/lib/stripe-event.ts";
import { parse } from "../../lambdas/lib/parse.ts";
import { toSubscriptionEvent } from "../../lambdas/lib/subscription-event.ts";
import { shownFields, type StoredSubscriptions, sync } from "../../lambdas/lib/subscription-item.ts";
import { Subscription } from "../../lambdas/lib/subscription.ts";
import type { Json } from "../../local/sample-events.ts";

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
