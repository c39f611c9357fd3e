import { assign, type } from "superstruct";
import { type Subscriptions, subscriptionsTable } from "./subscriptions/core-table.ts";
import { env } from "./runtime/env.ts";
import { handle } from "./runtime/handle.ts";
import { subscriptionKey } from "./dynamodb/keys.ts";
import type { Log } from "./runtime/log.ts";
import { count } from "./runtime/metric.ts";
import { parse } from "./runtime/parse.ts";
import { FoundCustomer } from "./runtime/resolved-customer.ts";
import { envelope } from "./stripe/stripe-event.ts";
import { toSubscriptionEvent } from "./subscriptions/subscription-event.ts";
import { type SubscriptionEvent, sync, type Synced } from "./subscriptions/subscription-item.ts";
import { type Prices, Subscription } from "./subscriptions/subscription-state.ts";

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
export const syncSubscription =
  (subscriptions: Subscriptions, settings: SyncSettings) => async (input: unknown, log: Log) => {
    const { detail, customer } = parse(input, Event);
    const { userId, customerId } = customer;
    const event = toSubscriptionEvent(detail, settings.prices);
    const { subscriptionId } = event;
    const answer = <T extends object>(result: T, more: object = {}): T => {
      log.info("Subscription synchronised", { ...result, userId, customerId, subscriptionId, ...more });
      return result;
    };
    for (let tries = 0; tries < mostTries; tries += 1) {
      const { subscriptions: stored, version } = await subscriptions.read(userId);
      const synced = sync(stored, event);
      if (synced === null) return answer({ outcome: "duplicate", changes: [], written: [] });
      if (await subscriptions.write(userId, synced.subscriptions, version)) {
        const { outcome, changes, verdict } = synced;
        reportGap(event, userId, verdict, settings.gapSeconds, log);
        const { PK, SK } = subscriptionKey(userId);
        return answer({ outcome, changes, written: [`core ${PK} ${SK}`] }, { order: verdict.order });
      }
    }
    throw new Error(`Subscription ${subscriptionId} was written by others ${mostTries} times in a row`);
  };

const reportGap = (
  { created, subscriptionId }: SubscriptionEvent,
  userId: string,
  { gapSince, missing }: Synced["verdict"],
  gapSeconds: number,
  log: Log,
): void => {
  if (gapSince === null || created - gapSince < gapSeconds) return;
  log.warn("An event of the subscription is missing", { userId, subscriptionId, gapSince, missing });
  count({ SubscriptionGap: 1 });
};

export const handler = (input: unknown) =>
  handle(
    input,
    syncSubscription(subscriptionsTable(env("HOMEBIYORI_CORE")), {
      prices: { monthly: JSON.parse(env("MONTHLY_PRICES")), yearly: JSON.parse(env("YEARLY_PRICES")) },
      gapSeconds: Number(env("GAP_SECONDS")),
    }),
  );
