import { assign, type } from "superstruct";
import { subscriptionKey } from "./dynamodb/keys.ts";
import { env } from "./runtime/env.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { emitMetrics } from "./runtime/metric.ts";
import { parse } from "./runtime/parse.ts";
import { FoundCustomer } from "./runtime/resolved-customer.ts";
import { toPublish } from "./publishing/to-publish.ts";
import { envelope } from "./stripe/stripe-event.ts";
import { changeSubscription, type SubscriptionTables } from "./subscriptions/change-subscription.ts";
import { subscriptionsTable } from "./subscriptions/core-table.ts";
import { changesBetween } from "./subscriptions/changes.ts";
import { customersTable } from "./subscriptions/customers-table.ts";
import { healingOf } from "./subscriptions/healing.ts";
import { type PlanPrices, planPricesFrom } from "./subscriptions/plan.ts";
import type { ResolvedState } from "./ledger/reading.ts";
import { toSubscriptionEvent } from "./subscriptions/subscription-event.ts";
import { type SubscriptionEvent, sync } from "./subscriptions/subscription-item.ts";
import { Subscription } from "./ledger/subscription-state.ts";

const Event = assign(envelope(Subscription), type({ customer: FoundCustomer }));

/** What `sync-subscription` needs besides the table. */
export interface SyncSettings {
  sold: PlanPrices;
  /** How long an event may be missing, in seconds of Stripe's time, before that is reported; and how long, from then on, until Stripe is asked. */
  gapSeconds: number;
  /** The name of the bus that changes are published on. */
  bus: string;
}

/**
 * Brings the state of a user's subscription up to date with an event, and says what changed.
 *
 * @throws {InvalidEvent} for what is no change of a subscription of Stripe's.
 */
export const syncSubscription =
  (table: SubscriptionTables, { sold, gapSeconds, bus }: SyncSettings) =>
  async (input: unknown, log: Log) => {
    const { detail, customer } = parse(input, Event);
    const { userId, customerId } = customer;
    const event = toSubscriptionEvent(detail);
    const { subscriptionId } = event;
    const target = { userId, customerId, subscriptionId };
    const settings = { sold, reason: "event" } as const;
    const synced = await changeSubscription(table, target, settings, (stored) => sync(stored, event, sold));
    const { outcome, changes, resolved, subscriptions, unpublished } = synced;
    const { PK, SK } = subscriptionKey(userId);
    const result = { outcome, changes, written: subscriptions ? [`core ${PK} ${SK}`] : [] };
    if (subscriptions) reportGap(event, userId, resolved, gapSeconds, log);
    const { order, gapSince } = resolved;
    // The row's changes are those since the event that was handled before, which need not be the one before in Stripe's order.
    const shown = { eventStatus: event.to.status, eventChanges: changesBetween(event.from, event.to, sold) };
    log.info("Subscription synchronised", { ...result, ...target, order, gapSince, ...shown });
    // After a duplicate too: the execution may have ended before it was started, or published.
    return {
      ...result,
      ...healingOf(resolved, target, gapSeconds),
      publish: toPublish([unpublished], { bus }, detail),
    };
  };

const reportGap = (
  { created, subscriptionId }: SubscriptionEvent,
  userId: string,
  { gapSince, missing }: ResolvedState,
  gapSeconds: number,
  log: Log,
): void => {
  if (gapSince === null || created - gapSince < gapSeconds) return;
  log.warn("An event of the subscription is missing", { userId, subscriptionId, gapSince, missing });
  emitMetrics({ SubscriptionGap: 1 });
};

export const handler = (input: unknown) => {
  const core = env("HOMEBIYORI_CORE");
  const settings = { sold: planPricesFrom(env), gapSeconds: Number(env("GAP_SECONDS")), bus: env("BILLING_BUS") };
  return handle(input, syncSubscription({ ...subscriptionsTable(core), ...customersTable(core) }, settings));
};
