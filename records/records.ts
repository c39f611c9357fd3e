import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from "@aws-sdk/lib-dynamodb";
import { invoicePartition, subscriptionKey } from "../lambdas/dynamodb/keys.ts";
import { withoutTwins } from "../lambdas/payments/twins.ts";
import { usersOfCustomer } from "../lambdas/subscriptions/users-of-customer.ts";
import { joined } from "./joined.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { type Item, type PaymentRecord, subscriptionFields, type SubscriptionRecord, toSubscription } from "./rows.ts";

export { InvalidCursor } from "./cursor.ts";
export type {
  BillingEvent,
  DisputeChanged,
  PaymentFailed,
  PaymentRecorded,
  RefundRecorded,
  SubscriptionChanged,
  SubscriptionHealed,
} from "./events.ts";
export type { PaymentRecord, SubscriptionRecord } from "./rows.ts";

/** A page of payments, and the cursor of the next page; null on the last page, which may be empty. It has whole invoices only. */
export interface PaymentPage {
  payments: PaymentRecord[];
  cursor: string | null;
}

/** Reads the records of users and invoices; leaves out what has expired. */
export interface Records {
  /** A user's subscription, or null. Of several one that is sold here (where prices are configured), then a live one, then the one that grants more access, then the newest. */
  subscription(userId: string): Promise<SubscriptionRecord | null>;
  /** The users of a Stripe customer: one, none, or by mistake several. The index is eventually consistent, within about a second. */
  usersOf(customerId: string): Promise<string[]>;
  /**
   * A page of a user's payments, the newest invoice first, from `cursor` on; a failed attempt that Stripe told of twice is in it once.
   * It never parts an invoice, so it may have more payments than `limit`; it has fewer only if it is the last.
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
  const seconds = () => Math.floor(now() / 1000);
  const toPayments = (items: readonly Item[]) => joined(documents, tables.payments, items, seconds());
  const recorded = (values: object) => ({
    // Without an amount it is only the payment intent of an invoice that is not recorded, or not yet.
    FilterExpression: "expires_at > :now AND attribute_exists(amount)",
    ExpressionAttributeValues: { ...values, ":now": seconds() },
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
      const history = { TableName: tables.payments, IndexName: "GSI1", ScanIndexForward: false };
      let items: Item[] = [];
      let end: number | null = cursor ? readCursor(cursor, userId) : Number.MAX_SAFE_INTEGER;
      do {
        const page: QueryCommandOutput = await documents.send(
          new QueryCommand({
            ...history,
            KeyConditionExpression: "user_id = :user AND stripe_created < :end",
            Limit: limit - items.length,
            ...recorded({ ":user": userId, ":end": end }),
          }),
        );
        const { Items: found = [], LastEvaluatedKey: lastKey } = page;
        end = lastKey ? Number(lastKey["stripe_created"]) : null;
        if (end === null) items = withoutTwins([...items, ...found]);
        else {
          // It ends within an invoice, perhaps: all records of one are in the same second.
          const second = await queryAll(documents, {
            ...history,
            KeyConditionExpression: "user_id = :user AND stripe_created = :end",
            ...recorded({ ":user": userId, ":end": end }),
          });
          const others = found.filter((item) => item["stripe_created"] !== end);
          items = withoutTwins([...items, ...others, ...second]);
        }
      } while (end !== null && items.length < limit);
      const payments = (await toPayments(items)).toSorted(newestFirst);
      return { payments, cursor: end === null ? null : writeCursor({ user_id: userId, stripe_created: end }) };
    },
    paymentsOf: async (invoiceId) => {
      const items = await queryAll(documents, {
        TableName: tables.payments,
        KeyConditionExpression: "PK = :invoice",
        ...recorded({ ":invoice": invoicePartition(invoiceId) }),
      });
      return toPayments(withoutTwins(items));
    },
  };
};

const newestFirst = (a: PaymentRecord, b: PaymentRecord): number =>
  b.stripe_created - a.stripe_created || b.created_at - a.created_at;

const queryAll = async (documents: DynamoDBDocumentClient, input: QueryCommandInput): Promise<Item[]> => {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page: QueryCommandOutput = await documents.send(
      new QueryCommand({ ...input, ...(start && { ExclusiveStartKey: start }) }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
};
