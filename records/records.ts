import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { invoicePartition, subscriptionKey, subscriptionSortKey, userOf } from "../lambdas/dynamodb/keys.ts";
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

/** Some payments, and where the next ones begin; null after the last, which may be empty. */
export interface PaymentPage {
  payments: PaymentRecord[];
  cursor: string | null;
}

/** What is on record of users and invoices. Nothing of it has expired. */
export interface Records {
  /** A user's subscription; null if none is known. With several it is the one that matters: a live one, that grants access, the newest. */
  subscription(userId: string): Promise<SubscriptionRecord | null>;
  /** The users of a Stripe customer: one, none, or by somebody's mistake several. New ones show within a second or so. */
  usersOf(customerId: string): Promise<string[]>;
  /**
   * A user's payments, those of the newest invoice first, from where `cursor` says that they go on.
   *
   * @throws {InvalidCursor} for one that is not of this user's payments.
   */
  payments(userId: string, page: { limit: number; cursor?: string | null }): Promise<PaymentPage>;
  /** What is on record of an invoice: its failed attempts, and its payment. */
  paymentsOf(invoiceId: string): Promise<PaymentRecord[]>;
}

/** What the records are read with. */
export interface RecordsArgs {
  client: DynamoDBClient;
  /** The names of the tables: the stack's output `tables`. */
  tables: { core: string; payments: string };
  /** Milliseconds since 1970; what expires by then is left out, as DynamoDB deletes it some days late. */
  now?: () => number;
}

/** The records in these tables. Each method throws what the SDK throws, such as `ResourceNotFoundException`. */
export const openRecords = ({ client, tables, now = Date.now }: RecordsArgs): Records => {
  const documents = DynamoDBDocumentClient.from(client);
  const recorded = (values: object) => ({
    // Without an amount it is a payment intent alone, of an invoice that is not recorded, or not yet.
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
      const { items } = await query(documents, {
        TableName: tables.core,
        IndexName: "GSI2",
        KeyConditionExpression: "customer_id = :customer",
        FilterExpression: "SK = :subscription",
        ExpressionAttributeValues: { ":customer": customerId, ":subscription": subscriptionSortKey },
      });
      return items.flatMap((item) => userOf(`${item["PK"]}`) ?? []);
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
      // What happened to one invoice has one place in the index.
      const payments = items.map(toPayment).toSorted(newestFirst);
      return { payments, cursor: lastKey ? writeCursor(lastKey) : null };
    },
    paymentsOf: async (invoiceId) => {
      const { items } = await query(documents, {
        TableName: tables.payments,
        KeyConditionExpression: "PK = :invoice",
        ...recorded({ ":invoice": invoicePartition(invoiceId) }),
      });
      return items.map(toPayment);
    },
  };
};

const newestFirst = (a: PaymentRecord, b: PaymentRecord): number =>
  b.stripe_created - a.stripe_created || b.created_at - a.created_at;

// What is filtered out counts for `Limit` too, so that many items may take more than one query.
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
