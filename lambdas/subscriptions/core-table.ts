import { GetCommand, QueryCommand, type QueryCommandOutput, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { assignments } from "../dynamodb/assignments.ts";
import { dynamodb, isConditionFailed } from "../dynamodb/dynamodb.ts";
import { subscriptionKey, subscriptionSortKey, userOf } from "../dynamodb/keys.ts";
import { shownFields, type StoredSubscription, type StoredSubscriptions } from "./subscription-item.ts";

/** Finds the users of a Stripe customer. */
export interface Users {
  /** The users whose subscription item names that customer: none, one, or by somebody's mistake several. */
  byCustomer(customerId: string): Promise<string[]>;
}

/** Where each user's subscriptions are kept, in one item. */
export interface Subscriptions {
  /** A user's subscriptions, and the version of the item; null where it has none yet. */
  read(userId: string): Promise<{ subscriptions: StoredSubscriptions; version: number | null }>;
  /** Writes them if the version is still that one; false if it is not. Attributes that are not ours stay as they are. */
  write(userId: string, subscriptions: StoredSubscriptions, version: number | null): Promise<boolean>;
}

/** The users in the core table of that name. */
export const usersTable = (tableName: string): Users => ({
  byCustomer: async (customerId) => {
    const users: string[] = [];
    let start: QueryCommandOutput["LastEvaluatedKey"];
    do {
      const input = {
        TableName: tableName,
        IndexName: "GSI2",
        KeyConditionExpression: "customer_id = :customer",
        FilterExpression: "SK = :subscription",
        ProjectionExpression: "PK",
        ExpressionAttributeValues: { ":customer": customerId, ":subscription": subscriptionSortKey },
        ...(start && { ExclusiveStartKey: start }),
      };
      const page: QueryCommandOutput = await dynamodb.send(new QueryCommand(input));
      users.push(...(page.Items ?? []).flatMap((item) => userOf(`${item["PK"]}`) ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return users;
  },
});

/** The subscriptions in the core table of that name. */
export const subscriptionsTable = (tableName: string): Subscriptions => ({
  read: async (userId) => {
    const input = {
      TableName: tableName,
      Key: subscriptionKey(userId),
      ConsistentRead: true,
      ProjectionExpression: "stripe_subscriptions, stripe_version",
    };
    const { Item = {} } = await dynamodb.send(new GetCommand(input));
    // Nobody but this program writes these two attributes.
    const { stripe_subscriptions: written = {}, stripe_version: version = null } = Item;
    return { subscriptions: fromWritten(written), version };
  },
  write: async (userId, subscriptions, version) => {
    const { customer_id: customerId, ...shown } = shownFields(userId, subscriptions);
    const { sets, names, values } = assignments({
      ...shown,
      // The key of an index cannot be null.
      ...(customerId !== null && { customer_id: customerId }),
      stripe_subscriptions: toWritten(subscriptions),
      stripe_version: (version ?? 0) + 1,
    });
    const remove = customerId === null ? " REMOVE customer_id" : "";
    try {
      const input = {
        TableName: tableName,
        Key: subscriptionKey(userId),
        UpdateExpression: `SET ${sets.join(", ")}${remove}`,
        ConditionExpression: version === null ? "attribute_not_exists(stripe_version)" : "stripe_version = :before",
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ...values, ...(version !== null && { ":before": version }) },
      };
      await dynamodb.send(new UpdateCommand(input));
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  },
});

// A book is one text in the table: nobody else reads it, and so it is half as large and half the work.
type Written = Record<string, Omit<StoredSubscription, "book"> & { book: string }>;

const toWritten = (subscriptions: StoredSubscriptions): Written =>
  Object.fromEntries(
    Object.entries(subscriptions).map(([id, entry]) => [id, { ...entry, book: JSON.stringify(entry.book) }]),
  );

const fromWritten = (written: Written): StoredSubscriptions =>
  Object.fromEntries(Object.entries(written).map(([id, entry]) => [id, { ...entry, book: JSON.parse(entry.book) }]));
