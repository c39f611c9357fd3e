import { VersionConflict } from "../runtime/errors.ts";
import type { StoredSubscription, StoredSubscriptions } from "./subscription-item.ts";
import type { SubscriptionItem, Subscriptions } from "./core-table.ts";
import type { Customers } from "./customers-table.ts";
import { nextItem, type NextItem } from "./next-item.ts";
import type { PlanPrices } from "./plan.ts";

/** The tables that a subscription is changed in. */
export type SubscriptionTables = Subscriptions & Pick<Customers, "link">;

/** Which subscription is changed, and whose it is. */
export interface SubscriptionTarget {
  userId: string;
  customerId: string | null;
  subscriptionId: string;
}

// Optimistic concurrency: on a version conflict it reads again; so many conflicts would mean as many writers of one item at once.
const maxAttempts = 10;

/**
 * Changes one of a user's subscriptions, and returns what `change` made of it.
 *
 * `change` gets the user's subscriptions as they are, may be called more than once, and answers without `subscriptions` where nothing is
 * to be written.
 *
 * @throws {VersionConflict} where others write the user's item all the time.
 */
export const changeSubscription = async <T extends { subscriptions?: StoredSubscriptions | undefined }>(
  table: SubscriptionTables,
  target: SubscriptionTarget,
  sold: PlanPrices,
  change: (stored: StoredSubscriptions) => T,
): Promise<T> => {
  const { userId, customerId, subscriptionId } = target;
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const before = await table.read(userId);
    const returned = await readElsewhere(table, before, target);
    const changed = change({ ...before.subscriptions, ...(returned && { [subscriptionId]: returned }) });
    const { subscriptions } = changed;
    if (!subscriptions) return changed;
    const next = nextItem(before, { subscriptions, eventOf: subscriptionId, returned, customerId, sold });
    if (!(await writeOthers(table, userId, next))) continue;
    if (await table.write(userId, before, next.item, sold)) return changed;
  }
  throw new VersionConflict(`The item of user ${userId} was written by others ${maxAttempts} times in a row`);
};

/** Reads a subscription that a user's item does not have, if it may be in an item of its own; undefined where it is not known. */
export const readElsewhere = async (
  table: Pick<Subscriptions, "readOverflow">,
  { subscriptions, stripe_overflow: overflow }: SubscriptionItem,
  { userId, subscriptionId }: Omit<SubscriptionTarget, "customerId">,
): Promise<StoredSubscription | undefined> =>
  overflow === null || subscriptionId in subscriptions ? undefined : table.readOverflow(userId, subscriptionId);

/** Reads one of a user's subscriptions, wherever it is kept; undefined where it is not known. */
export const readSubscription = async (
  table: Pick<Subscriptions, "read" | "readOverflow">,
  target: Omit<SubscriptionTarget, "customerId">,
): Promise<StoredSubscription | undefined> => {
  const item = await table.read(target.userId);
  return item.subscriptions[target.subscriptionId] ?? readElsewhere(table, item, target);
};

// What the user's item will not say any more, or takes for granted, is written first; false on a version conflict.
const writeOthers = async (
  table: SubscriptionTables,
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
