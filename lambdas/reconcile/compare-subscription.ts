import { boolean, type } from "superstruct";
import type { SubscriptionState } from "../ledger/subscription-state.ts";
import { parse } from "../runtime/parse.ts";
import { Owned } from "../stripe/owner.ts";
import { ExpandedCustomer, maybe } from "../stripe/shapes.ts";
import { snapshotOf } from "../stripe-api/snapshot-of.ts";
import type { Answer } from "../stripe-api/stripe-client.ts";
import { changeSubscription, readElsewhere, type SubscriptionTarget } from "../subscriptions/change-subscription.ts";
import { fieldsOf, type ReadItem } from "../subscriptions/core-table.ts";
import { findUser } from "../subscriptions/find-user.ts";
import { heal } from "../subscriptions/heal.ts";
import { unpublishedSubscription } from "../subscriptions/published-subscription.ts";
import { byPrecedence, type StoredSubscriptions } from "../subscriptions/subscription-item.ts";
import { type Books, type Comparison, differencesOf, withoutUser } from "./comparison.ts";

const WithCustomer = type({
  livemode: maybe(boolean()),
  customer: ExpandedCustomer,
});

/**
 * Compares a subscription with its row, which it heals.
 *
 * @throws {InvalidEvent} for what is no subscription of Stripe's.
 */
export const compareSubscription = async (books: Books, answer: Answer<unknown>): Promise<Comparison> => {
  const snapshot = snapshotOf(answer);
  const { customer, livemode } = parse(answer.value, WithCustomer);
  const found = await findUser(books.customers, books)(parse(answer.value, Owned), { livemode });
  const { subscriptionId } = snapshot;
  const object = { kind: "subscription", id: subscriptionId } as const;
  const { userId } = found;
  if (userId === null) {
    const isGone = customer?.deleted === true && found.outcome === "unknown";
    return { ...withoutUser(found, object), ...(isGone && { outcome: "deleted_customer" }) };
  }
  const target = { userId, subscriptionId };
  const stored = await books.subscriptions.read(userId);
  const { item } = stored;
  books.publish(unpublishedSubscription(userId, stored.outbox));
  const known = item.subscriptions[subscriptionId] ?? (await readElsewhere(books.subscriptions, item, target));
  if (!known && customer?.deleted === true) {
    const reason = `Customer ${customer.id} is deleted at Stripe, and has no row of this subscription`;
    return { ...object, userId, outcome: "deleted_customer", reason, differences: [] };
  }
  const here = heal(known ? { [subscriptionId]: known } : {}, snapshot, books.sold);
  const isWritten = here.subscriptions !== undefined && !books.dryRun;
  const healed = isWritten
    ? await change(books, { ...target, customerId: null }, (all) => heal(all, snapshot, books.sold))
    : here;
  const { state } = snapshot;
  const happenedAt = Math.max(snapshot.subscriptionCreated, ...timesIn(state).filter((time) => time <= snapshot.to));
  const compared = { ...object, userId, reason: null, happenedAt };
  if (healed.outcome === "equal") return { ...compared, ...(await compareRow(books, target, stored)) };
  const isOnlyTold = books.dryRun && healed.outcome === "healed";
  const differences = healed.after ? changedFields(healed.before?.state, healed.after.state) : [];
  return { ...compared, outcome: isOnlyTold ? "would_heal" : healed.outcome, differences };
};

const timesIn = (state: SubscriptionState): number[] =>
  Object.values(state).flatMap((value) => (typeof value === "number" ? [value] : []));

// The ledger is right; the row beside it may have been written by others, or under another configuration.
const compareRow = async (
  books: Books,
  target: { userId: string; subscriptionId: string },
  { item, row }: ReadItem,
): Promise<Pick<Comparison, "outcome" | "differences">> => {
  const { sold } = books;
  // What it shows is one of the user's subscriptions.
  if (byPrecedence(item.subscriptions, sold)[0] !== target.subscriptionId) return { outcome: "equal", differences: [] };
  const fields = fieldsOf(target.userId, item, sold);
  const differences = differencesOf(Object.keys(fields), row, fields);
  if (differences.length === 0) return { outcome: "equal", differences };
  if (books.dryRun) return { outcome: "would_heal", differences };
  await change(books, { ...target, customerId: null }, (subscriptions) => ({ subscriptions }));
  return { outcome: "healed", differences };
};

const change = async <T extends { subscriptions?: StoredSubscriptions | undefined }>(
  books: Books,
  target: SubscriptionTarget,
  how: (stored: StoredSubscriptions) => T,
): Promise<T> => {
  const changed = await changeSubscription(books.subscriptions, target, books, how);
  books.publish(changed.unpublished);
  return changed;
};

const changedFields = (before: SubscriptionState | undefined, after: SubscriptionState): Comparison["differences"] =>
  differencesOf(Object.keys(after), before && shown(before), shown(after));

const shown = ({ prices, ...state }: SubscriptionState): Record<string, unknown> => ({
  ...state,
  prices: prices.map(({ id }) => id),
});
