import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { assignments } from "../dynamodb/assignments.ts";
import { dynamodb, isConditionFailed } from "../dynamodb/dynamodb.ts";
import { failedSortKeys, invoicePartition, succeededKey } from "../dynamodb/keys.ts";
import type { Payment } from "./payment.ts";
import {
  addIntent,
  hasIntent,
  type InvoiceIntent,
  namedByDefault,
  type PaymentRow,
  settleIntent,
  update,
} from "./payment-intents.ts";
import { withoutTwins } from "./twins.ts";

/** Where payments are kept. */
export interface Payments {
  /**
   * Puts a payment on record, by one write and whatever came before.
   *
   * `applied`: the record says something new. `duplicate`: it said all of it already. `stale`: what it says of this payment
   * is more (a larger amount, an earlier time), and stays. `isFirst`: no other event had told of the payment.
   */
  record(payment: Payment): Promise<{ outcome: "applied" | "duplicate" | "stale"; isFirst: boolean }>;
  /** Adds a payment intent to the record of an invoice's payment, which it makes if there is none yet. */
  link(invoiceId: string, intent: InvoiceIntent): Promise<{ outcome: "applied" | "duplicate"; key: string }>;
  /**
   * Whether the invoice's rows show an attempt more with this failed one: Stripe may tell of one twice, some seconds apart.
   *
   * Over all events of an invoice it is so as often as its rows show attempts in the end, whatever their order.
   */
  isNewAttempt(failed: Payment): Promise<boolean>;
}

/** Reads all rows of an invoice. */
export interface PaymentRows {
  rowsOf(invoiceId: string): Promise<Record<string, unknown>[]>;
}

/** The payments in the DynamoDB table of that name. */
export const paymentsTable = (tableName: string): Payments & PaymentRows => ({
  record: async (payment) => {
    const { PK, SK, stripe_payment_intent_id: intent, ...said } = payment;
    const row = { TableName: tableName, Key: { PK, SK } };
    try {
      return await recordBest(row, said, intent);
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      // What it says of the payment loses, but the intent that it names is kept.
      if (intent === undefined) return { outcome: "stale", isFirst: false };
      const named = { paymentIntentId: intent, isDefault: true, expiresAt: said.expires_at };
      const isNew = (await addIntent(row, named)) === "applied";
      return { outcome: isNew ? "applied" : "stale", isFirst: false };
    }
  },
  link: async (invoiceId, intent) => {
    const Key = succeededKey(invoiceId);
    return { outcome: await addIntent({ TableName: tableName, Key }, intent), key: `${Key.PK} ${Key.SK}` };
  },
  isNewAttempt: async (failed) => {
    const others = (await query(tableName, failed.PK, failedSortKeys)).filter(({ SK }) => SK !== failed.SK);
    return withoutTwins([...others, failed]).length > withoutTwins(others).length;
  },
  rowsOf: (invoiceId) => query(tableName, invoicePartition(invoiceId)),
});

const query = async (tableName: string, partition: string, begin = ""): Promise<Record<string, unknown>[]> => {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: begin === "" ? "PK = :invoice" : "PK = :invoice AND begins_with(SK, :begin)",
      ConsistentRead: true,
      ExpressionAttributeValues: { ":invoice": partition, ...(begin !== "" && { ":begin": begin }) },
    }),
  );
  return Items;
};

/** The fields in which a payment's row would change if the payment were recorded: none where the row says more, or the same. */
export const fieldsToRecord = (row: Record<string, unknown> | undefined, payment: Payment): string[] => {
  const { PK: _, SK: __, stripe_payment_intent_id: ___, ...said } = payment;
  const differing = Object.entries(said).flatMap(([name, value]) => (row?.[name] === value ? [] : [name]));
  if (row?.["amount"] === undefined) return differing;
  const { amount, created_at: createdAt, tie_breaker: tieBreaker } = row;
  const ranks = [
    said.amount - Number(amount),
    Number(createdAt) - said.created_at,
    typeof tieBreaker === "string" && tieBreaker > tieBreakerOf(said) ? -1 : 1,
  ];
  return (ranks.find((rank) => rank !== 0) ?? 0) > 0 ? differing : [];
};

// What an event says of a payment, but for the payment intent.
type Said = Omit<Payment, "PK" | "SK" | "stripe_payment_intent_id">;

// Of two events about one payment the same one wins, whichever comes first; the condition fails for the other.
const recordBest = async (
  row: PaymentRow,
  said: Said,
  intent: string | undefined,
): Promise<{ outcome: "applied" | "duplicate"; isFirst: boolean }> => {
  const { sets, names, values } = assignments({ ...said, tie_breaker: tieBreakerOf(said) });
  const named = intent
    ? `${namedByDefault} ADD stripe_payment_intent_ids :intents`
    : "payment_id = if_not_exists(payment_id, :stripe_invoice_id)";
  const before = await update({
    ...row,
    UpdateExpression: `SET ${sets.join(", ")}, ${named}`,
    ConditionExpression:
      "attribute_not_exists(#amount) OR #amount < :amount OR (#amount = :amount AND (#created_at > :created_at OR " +
      "(#created_at = :created_at AND (attribute_not_exists(#tie_breaker) OR #tie_breaker <= :tie_breaker))))",
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ...values, ...(intent && { ":intent": intent, ":intents": new Set([intent]) }) },
  });
  if (intent) await settleIntent(row, intent, before["stripe_payment_intent_id"]);
  const isKnown = Object.entries(said).every(([name, value]) => before[name] === value);
  const isDuplicate = isKnown && (!intent || hasIntent(before, intent));
  return { outcome: isDuplicate ? "duplicate" : "applied", isFirst: before["amount"] === undefined };
};

// Orders events of equal amount and time by what they say: first by how much of it is known, then by all that can differ.
const tieBreakerOf = (said: Said): string => {
  const known = [
    said.customer_id !== null,
    said.subscription_id !== null,
    said.billing_period_end !== null,
    said.failure_reason !== "payment_failed",
  ];
  const { status: _, stripe_invoice_id: __, amount: ___, created_at: ____, ...rest } = said;
  const values = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [known.filter(Boolean).length, ...values.map(([, value]) => value ?? "")].join(" ");
};
