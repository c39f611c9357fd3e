import type { Reason } from "../publishing/billing-event.ts";
import { appended, isFull } from "../publishing/outbox.ts";
import type { Unpublished } from "../publishing/to-publish.ts";
import { NotPublished, VersionConflict } from "../runtime/errors.ts";
import type { StoredSubscription, StoredSubscriptions } from "./subscription-item.ts";
import type { SubscriptionItem, Subscriptions } from "./core-table.ts";
import type { Customers } from "./customers-table.ts";
import { nextItem, type NextItem } from "./next-item.ts";
import type { PlanPrices } from "./plan.ts";
import { changeToPublish, unpublishedSubscription } from "./published-subscription.ts";

/** The tables that a subscription is changed in. */
export type SubscriptionTables = Subscriptions & Pick<Customers, "link">;

/** Which subscription is changed, and whose it is. */
export interface SubscriptionTarget {
  userId: string;
  customerId: string | null;
  subscriptionId: string;
}

/** How a subscription is changed. */
export interface ChangeSettings {
  sold: PlanPrices;
  reason: Reason;
}

// Optimistic concurrency: on a version conflict it reads again; so many conflicts would mean as many writers of one item at once.
const maxAttempts = 10;

/**
 * Changes one of a user's subscriptions, and returns what `change` made of it, and what of the user's row is not published yet.
 *
 * `change` gets the user's subscriptions as they are, may be called more than once, and answers without `subscriptions` where nothing is
 * to be written.
 *
 * @throws {VersionConflict} where others write the user's item all the time.
 * @throws {NotPublished} where too many changes of the row wait to be published.
 */
export const changeSubscription = async <T extends { subscriptions?: StoredSubscriptions | undefined }>(
  table: SubscriptionTables,
  target: SubscriptionTarget,
  { sold, reason }: ChangeSettings,
  change: (stored: StoredSubscriptions) => T,
): Promise<T & { unpublished: Unpublished }> => {
  const { userId, customerId, subscriptionId } = target;
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const { item: before, outbox, row } = await table.read(userId);
    const returned = await readElsewhere(table, before, target);
    const changed = change({ ...before.subscriptions, ...(returned && { [subscriptionId]: returned }) });
    const { subscriptions } = changed;
    if (!subscriptions) return { ...changed, unpublished: unpublishedSubscription(userId, outbox) };
    const next = nextItem(before, { subscriptions, eventOf: subscriptionId, returned, customerId, sold });
    const kept = changeToPublish(userId, row, next.item, { sold, reason });
    if (kept !== null && isFull(outbox))
      throw new NotPublished(`${outbox.changes.length} changes of user ${userId}'s subscription wait to be published`);
    if (!(await writeOthers(table, userId, next))) continue;
    if (await table.write(userId, before, { after: next.item, sold, change: kept })) {
      const after = kept === null ? outbox : appended(outbox, kept);
      return { ...changed, unpublished: unpublishedSubscription(userId, after) };
    }
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

/** Reads one of a user's subscriptions, wherever it is kept; undefined where it is not known. And what of the user's row is not published yet. */
export const readSubscription = async (
  table: Pick<Subscriptions, "read" | "readOverflow">,
  target: Omit<SubscriptionTarget, "customerId">,
): Promise<{ known: StoredSubscription | undefined; unpublished: Unpublished }> => {
  const { item, outbox } = await table.read(target.userId);
  const known = item.subscriptions[target.subscriptionId] ?? (await readElsewhere(table, item, target));
  return { known, unpublished: unpublishedSubscription(target.userId, outbox) };
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
