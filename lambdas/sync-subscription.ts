import { assign, type } from "superstruct";
import { subscriptionKey } from "./dynamodb/keys.ts";
import { env } from "./runtime/env.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { emitMetrics } from "./runtime/metric.ts";
import { parse } from "./runtime/parse.ts";
import { FoundCustomer } from "./runtime/resolved-customer.ts";
import { envelope } from "./stripe/stripe-event.ts";
import { type Subscriptions, subscriptionsTable } from "./subscriptions/core-table.ts";
import { type Customers, customersTable } from "./subscriptions/customers-table.ts";
import { nextItem, type NextItem } from "./subscriptions/next-item.ts";
import { type PlanPrices, planPricesFrom } from "./subscriptions/plan.ts";
import type { ResolvedState } from "./ledger/reading.ts";
import { toSubscriptionEvent } from "./subscriptions/subscription-event.ts";
import { type SubscriptionEvent, sync } from "./subscriptions/subscription-item.ts";
import { Subscription } from "./ledger/subscription-state.ts";

const Event = assign(envelope(Subscription), type({ customer: FoundCustomer }));

/** What `sync-subscription` needs besides the table. */
export interface SyncSettings {
  sold: PlanPrices;
  /** How long an event may be missing, in seconds of Stripe's time, before that is reported. */
  gapSeconds: number;
}

// Optimistic concurrency: on a version conflict it reads again; so many conflicts would mean as many writers of one item at once.
const maxAttempts = 10;

/**
 * Brings the state of a user's subscription up to date with an event, and says what changed.
 *
 * @throws {InvalidEvent} for what is no change of a subscription of Stripe's.
 */
export const syncSubscription =
  (table: Subscriptions & Pick<Customers, "link">, { sold, gapSeconds }: SyncSettings) =>
  async (input: unknown, log: Log) => {
    const { detail, customer } = parse(input, Event);
    const { userId, customerId } = customer;
    const event = toSubscriptionEvent(detail);
    const { subscriptionId } = event;
    const answer = <T extends object>(result: T, more: object = {}): T => {
      log.info("Subscription synchronised", { ...result, userId, customerId, subscriptionId, ...more });
      return result;
    };
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const before = await table.read(userId);
      const isElsewhere = before.stripe_overflow !== null && !(subscriptionId in before.subscriptions);
      const returned = isElsewhere ? await table.readOverflow(userId, subscriptionId) : undefined;
      const synced = sync({ ...before.subscriptions, ...(returned && { [subscriptionId]: returned }) }, event, sold);
      if (synced === null) return answer({ outcome: "duplicate", changes: [], written: [] });
      const { outcome, changes, resolved, subscriptions } = synced;
      const next = nextItem(before, { subscriptions, eventOf: subscriptionId, returned, customerId, sold });
      if (!(await writeOthers(table, userId, next))) continue;
      if (!(await table.write(userId, before, next.item, sold))) continue;
      reportGap(event, userId, resolved, gapSeconds, log);
      const { PK, SK } = subscriptionKey(userId);
      return answer({ outcome, changes, written: [`core ${PK} ${SK}`] }, { order: resolved.order });
    }
    throw new Error(`The item of user ${userId} was written by others ${maxAttempts} times in a row`);
  };

// What the user's item will not say any more, or takes for granted, is written first; false on a version conflict.
const writeOthers = async (
  table: Subscriptions & Pick<Customers, "link">,
  userId: string,
  { item, overflow, unlinked }: NextItem,
): Promise<boolean> => {
  const version = item.stripe_version ?? 1;
  await Promise.all(unlinked.map((customerId) => table.link(userId, customerId)));
  const written = await Promise.all(
    Object.entries(overflow).map(([id, subscription]) => table.writeOverflow(userId, id, subscription, version)),
  );
  return written.every(Boolean);
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
  const settings = { sold: planPricesFrom(env), gapSeconds: Number(env("GAP_SECONDS")) };
  return handle(input, syncSubscription({ ...subscriptionsTable(core), ...customersTable(core) }, settings));
};
