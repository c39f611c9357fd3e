import { assign, type } from "superstruct";
import { type Subscriptions, subscriptionKey, subscriptionsTable } from "./lib/core-table.ts";
import { env } from "./lib/env.ts";
import { count } from "./lib/metric.ts";
import { parse } from "./lib/parse.ts";
import { FoundCustomer } from "./lib/resolved-customer.ts";
import { envelope } from "./lib/stripe-event.ts";
import { toSubscriptionEvent } from "./lib/subscription-event.ts";
import { type SubscriptionEvent, sync, type Synced } from "./lib/subscription-item.ts";
import { type Prices, Subscription } from "./lib/subscription.ts";

const Event = assign(envelope(Subscription), type({ customer: FoundCustomer }));

/** What `sync-subscription` needs besides the table. */
export interface SyncSettings {
  prices: Prices;
  /** How long an event may be missing, in seconds of Stripe's time, before that is reported. */
  gapSeconds: number;
}

// Each try reads anew; so many in a row would mean as many writers of one user's item at once.
const mostTries = 10;

/**
 * Brings the state of a user's subscription up to date with an event, and says what changed.
 *
 * @throws {InvalidEvent} for what is no subscription of Stripe's.
 */
export const syncSubscription = (subscriptions: Subscriptions, settings: SyncSettings) => async (input: unknown) => {
  const { detail, customer } = parse(input, Event);
  const event = toSubscriptionEvent(detail, settings.prices);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { subscriptions: stored, version } = await subscriptions.read(customer.userId);
    const synced = sync(stored, event);
    if (synced === null) return { outcome: "duplicate", changes: [], written: [] };
    if (await subscriptions.write(customer.userId, synced.subscriptions, version)) {
      report(event, customer.userId, synced, settings.gapSeconds);
      const { outcome, changes } = synced;
      return { outcome, changes, written: [`core USER#${customer.userId} ${subscriptionKey}`] };
    }
  }
  throw new Error(`Subscription ${event.subscriptionId} was written by others ${mostTries} times in a row`);
};

const report = (event: SubscriptionEvent, userId: string, synced: Synced, gapSeconds: number): void => {
  const { outcome, changes, verdict } = synced;
  const { eventId, subscriptionId } = event;
  const { order, gapSince, missing } = verdict;
  console.info({ message: "Subscription synchronised", eventId, outcome, userId, subscriptionId, changes, order });
  if (gapSince === null || event.created - gapSince < gapSeconds) return;
  console.warn({
    message: "An event of the subscription is missing",
    eventId,
    userId,
    subscriptionId,
    gapSince,
    missing,
  });
  count({ SubscriptionGap: 1 });
};

export const handler = (event: unknown) =>
  syncSubscription(subscriptionsTable(env("HOMEBIYORI_CORE")), {
    prices: { monthly: JSON.parse(env("MONTHLY_PRICES")), yearly: JSON.parse(env("YEARLY_PRICES")) },
    gapSeconds: Number(env("GAP_SECONDS")),
  })(event);
