import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { invoicePartition, subscriptionKey } from "../lambdas/dynamodb/keys.ts";
import { withoutTwins } from "../lambdas/payments/twins.ts";
import { usersOfCustomer } from "../lambdas/subscriptions/customers-table.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import {
  type Item,
  type PaymentRecord,
  subscriptionFields,
  type SubscriptionRecord,
  toPayment,
  toSubscription,
} from "./rows.ts";

export { InvalidCursor } from "./cursor.ts";
export type { PaymentRecord, SubscriptionRecord } from "./rows.ts";

/** A page of payments, and the cursor of the next page; null on the last page, which may be empty. */
export interface PaymentPage {
  payments: PaymentRecord[];
  cursor: string | null;
}

/** Reads the records of users and invoices; leaves out what has expired. */
export interface Records {
  /** A user's subscription, or null. Of several a live one before an ended one, then one that grants access, then the newest. */
  subscription(userId: string): Promise<SubscriptionRecord | null>;
  /** The users of a Stripe customer: one, none, or by mistake several. The index is eventually consistent, within about a second. */
  usersOf(customerId: string): Promise<string[]>;
  /**
   * A page of a user's payments, the newest invoice first, from `cursor` on; a failed attempt that Stripe told of twice is in it once.
   *
   * @throws {InvalidCursor} for a cursor that is not of this user's payments.
   */
  payments(userId: string, page: { limit: number; cursor?: string | null }): Promise<PaymentPage>;
  /** The records of an invoice: its failed attempts, and its payment. */
  paymentsOf(invoiceId: string): Promise<PaymentRecord[]>;
}

/** The client and the tables that the records are read from. */
export interface RecordsArgs {
  client: DynamoDBClient;
  /** The names of the tables: the stack's output `tables`. */
  tables: { core: string; payments: string };
  /** Milliseconds since 1970. What has expired by then is left out: DynamoDB's TTL deletes it some days late. */
  now?: () => number;
}

/** Opens the records in these tables. Each method throws what the SDK throws, such as `ResourceNotFoundException`. */
export const openRecords = ({ client, tables, now = Date.now }: RecordsArgs): Records => {
  const documents = DynamoDBDocumentClient.from(client);
  const recorded = (values: object) => ({
    // Without an amount it is only the payment intent of an invoice that is not recorded, or not yet.
    FilterExpression: "expires_at > :now AND attribute_exists(amount)",
    ExpressionAttributeValues: { ...values, ":now": Math.floor(now() / 1000) },
  });
  return {
    subscription: async (userId) => {
      const Key = subscriptionKey(userId);
      const input = { TableName: tables.core, Key, ...subscriptionFields, ConsistentRead: true };
      const { Item } = await documents.send(new GetCommand(input));
      return Item ? toSubscription(Item) : null;
    },
    usersOf: async (customerId) => {
      const users = await usersOfCustomer(documents, tables.core, customerId);
      return users.map(({ userId }) => userId);
    },
    payments: async (userId, { limit, cursor }) => {
      const { items, lastKey } = await query(documents, {
        TableName: tables.payments,
        IndexName: "GSI1",
        KeyConditionExpression: "user_id = :user",
        ScanIndexForward: false,
        Limit: limit,
        ...recorded({ ":user": userId }),
        ...(cursor && { ExclusiveStartKey: readCursor(cursor, userId) }),
      });
      // All records of one invoice have the same sort key in the index.
      const payments = withoutTwins(items.map(toPayment)).toSorted(newestFirst);
      return { payments, cursor: lastKey ? writeCursor(lastKey) : null };
    },
    paymentsOf: async (invoiceId) => {
      const { items } = await query(documents, {
        TableName: tables.payments,
        KeyConditionExpression: "PK = :invoice",
        ...recorded({ ":invoice": invoicePartition(invoiceId) }),
      });
      return withoutTwins(items.map(toPayment));
    },
  };
};

const newestFirst = (a: PaymentRecord, b: PaymentRecord): number =>
  b.stripe_created - a.stripe_created || b.created_at - a.created_at;

// `Limit` counts items before the filter, so that one page may take more than one query.
const query = async (
  documents: DynamoDBDocumentClient,
  input: QueryCommandInput,
): Promise<{ items: Item[]; lastKey?: Item }> => {
  const { Limit: limit = Infinity, ExclusiveStartKey: start, ...rest } = input;
  const items: Item[] = [];
  let lastKey = start;
  do {
    const Limit = limit === Infinity ? {} : { Limit: limit - items.length };
    const from = lastKey && { ExclusiveStartKey: lastKey };
    const page = await documents.send(new QueryCommand({ ...rest, ...Limit, ...from }));
    items.push(...(page.Items ?? []));
    lastKey = page.LastEvaluatedKey;
  } while (lastKey && items.length < limit);
  return { items, ...(lastKey && { lastKey }) };
};
