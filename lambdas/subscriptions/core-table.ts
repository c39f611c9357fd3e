import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { array, create, defaulted, type Infer, integer, min, nullable, record, string, type, union } from "superstruct";
import { assignments } from "../dynamodb/assignments.ts";
import { dynamodb, updateIf } from "../dynamodb/dynamodb.ts";
import { overflowKey, subscriptionKey } from "../dynamodb/keys.ts";
import { readable } from "./readable-item.ts";
import { readLedger, writeLedger } from "../ledger/ledger-format.ts";
import { appending, type Outbox, type outboxAttributes } from "../publishing/outbox.ts";
import type { PlanPrices } from "./plan.ts";
import { resolveState } from "../ledger/resolve-state.ts";
import { currentSubscriptionFields, type StoredSubscription, type StoredSubscriptions } from "./subscription-item.ts";

// Before version 2 a subscription's ledger was its `book`.
const StoredLedger = union([
  type({ created: integer(), ledger: string() }),
  type({ created: integer(), book: string() }),
]);

const Item = type({
  /** Null where no event of a subscription has come yet; each write raises it. */
  stripe_version: defaulted(nullable(integer()), null),
  stripe_subscriptions: defaulted(record(string(), StoredLedger), {}),
  /** The customers of these subscriptions, each of which has an item that ties it to the user. */
  stripe_customers: defaulted(array(string()), []),
  /** How many subscriptions that have not ended are in items of their own, as they were too many; null where none ever left. */
  stripe_overflow: defaulted(nullable(min(integer(), 0)), null),
  /** The index's key, which the product may write too, without raising the version. */
  customer_id: defaulted(nullable(string()), null),
  /** The changes of the row that may not be published yet, and how many were published before. */
  stripe_unpublished: defaulted(array(string()), []),
  stripe_published: defaulted(min(integer(), 0), 0),
});

/** A user's item, as far as it is this program's. */
export interface SubscriptionItem extends Omit<
  Infer<typeof Item>,
  "stripe_subscriptions" | (typeof outboxAttributes)[number]
> {
  subscriptions: StoredSubscriptions;
}

/** A user's item as it was read. */
export interface ReadItem {
  item: SubscriptionItem;
  /** What of it may not be published yet. */
  outbox: Outbox;
  /** All that it holds, as other services read it. */
  row: Record<string, unknown>;
}

/** Where users' subscriptions are kept: one item a user, and one for each that it has no room for. */
export interface Subscriptions {
  /**
   * Reads a user's item.
   *
   * @throws {Error} that names the item, where it does not hold what this program writes; nothing is overwritten then.
   */
  read(userId: string): Promise<ReadItem>;
  /** Reads a subscription that went to an item of its own, or undefined. */
  readOverflow(userId: string, subscriptionId: string): Promise<StoredSubscription | undefined>;
  /** Writes a subscription into an item of its own, before the user's item is written without it; false on a version conflict. */
  writeOverflow(
    userId: string,
    subscriptionId: string,
    subscription: StoredSubscription,
    version: number,
  ): Promise<boolean>;
  /**
   * Writes a user's item if nothing has changed in it since `before` was read: optimistic locking. False on a conflict.
   *
   * `change`: what of it is to be published, as a text; null for nothing.
   */
  write(userId: string, before: SubscriptionItem, next: Omit<Written, "before">): Promise<boolean>;
}

/** The subscriptions in the core table of that name. */
export const subscriptionsTable = (tableName: string): Subscriptions => ({
  read: async (userId) => {
    const key = subscriptionKey(userId);
    const input = { TableName: tableName, Key: key, ConsistentRead: true };
    const { Item: row = {} } = await dynamodb.send(new GetCommand(input));
    return { ...readable(key, () => itemFrom(row)), row };
  },
  readOverflow: async (userId, subscriptionId) => {
    const key = overflowKey(userId, subscriptionId);
    const input = { TableName: tableName, Key: key, ConsistentRead: true };
    const { Item: item } = await dynamodb.send(new GetCommand(input));
    return item && readable(key, () => subscriptionFrom(create(item, StoredLedger)));
  },
  writeOverflow: (userId, subscriptionId, subscription, version) => {
    const { sets, names, values } = assignments({
      ...toStored(subscription),
      user_id: userId,
      stripe_version: version,
    });
    return update({
      TableName: tableName,
      Key: overflowKey(userId, subscriptionId),
      UpdateExpression: `SET ${sets.join(", ")}`,
      // A writer that read an older version of the user's item has an older state of the subscription; one that read the same has the same.
      ConditionExpression: "attribute_not_exists(stripe_version) OR stripe_version <= :stripe_version",
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    });
  },
  write: (userId, before, next) =>
    update({ TableName: tableName, Key: subscriptionKey(userId), ...expressionOf(userId, { before, ...next }) }),
});

interface Written {
  before: SubscriptionItem;
  after: SubscriptionItem;
  sold: PlanPrices;
  change: string | null;
}

// What is written of a user's item, on the condition that it is still as it was read.
const expressionOf = (userId: string, { before, after: all, sold, change }: Written) => {
  const { subscriptions, ...after } = all;
  const kept = change === null ? null : appending(change);
  const stored = Object.entries(subscriptions).map(([id, subscription]) => [id, toStored(subscription)]);
  const { sets, names, values } = assignments({
    ...fieldsOf(userId, { ...after, subscriptions }, sold),
    ...withoutNulls(after),
    stripe_subscriptions: Object.fromEntries(stored),
  });
  const same = [["stripe_version", before.stripe_version] as const, ["customer_id", before.customer_id] as const];
  return {
    // The key of an index cannot be null.
    UpdateExpression: `SET ${[...sets, ...(kept ? [kept.set] : [])].join(", ")}${after.customer_id === null ? " REMOVE customer_id" : ""}`,
    // Each change raises the version, so that as many wait as did when it was read.
    ConditionExpression: same
      .map(([name, value]) => (value === null ? `attribute_not_exists(${name})` : `${name} = :before_${name}`))
      .join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: {
      ...values,
      ...kept?.values,
      ...Object.fromEntries(same.flatMap(([name, value]) => (value === null ? [] : [[`:before_${name}`, value]]))),
    },
  };
};

/** The fields that other services read in a user's item, but for the index's key. */
export const fieldsOf = (
  userId: string,
  { subscriptions, stripe_overflow: overflow }: SubscriptionItem,
  sold: PlanPrices,
) => {
  const { customer_id: _, ...fields } = currentSubscriptionFields(userId, subscriptions, sold);
  // Others may have left the item that this row should know of.
  return (overflow ?? 0) > 0 ? { ...fields, order: "assumed" } : fields;
};

const itemFrom = (row: unknown): Omit<ReadItem, "row"> => {
  const { stripe_subscriptions: stored, stripe_published: published, ...item } = create(row, Item);
  // What others keep in the item is not written again.
  const { stripe_version, stripe_customers, stripe_overflow, customer_id, stripe_unpublished: changes } = item;
  const all = Object.entries(stored).map(([id, entry]) => [id, subscriptionFrom(entry)]);
  const own = { stripe_version, stripe_customers, stripe_overflow, customer_id };
  return { item: { ...own, subscriptions: Object.fromEntries(all) }, outbox: { published, changes } };
};

/** How many bytes a subscription takes of an item, about. */
export const sizeOfStored = ({ ledger }: StoredSubscription): number => writeLedger(ledger).length + 60;

// What the item was is not asked for, which may have 100 KB.
const update = async (input: Parameters<typeof updateIf>[0]): Promise<boolean> => {
  const nothing = { ReturnValues: "NONE", ReturnValuesOnConditionCheckFailure: "NONE" } as const;
  return (await updateIf({ ...input, ...nothing })).isWritten;
};

// The status is for a person who looks at the item; it is never read.
const toStored = ({ created, ledger, resolved: { state } }: StoredSubscription) => ({
  created,
  status: state.status,
  ledger: writeLedger(ledger),
});

const subscriptionFrom = (stored: Infer<typeof StoredLedger>): StoredSubscription => {
  const ledger = readLedger("ledger" in stored ? stored.ledger : stored.book);
  return { created: stored.created, ledger, resolved: resolveState(ledger) };
};

const withoutNulls = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
