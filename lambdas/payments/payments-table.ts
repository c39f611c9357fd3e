import { QueryCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { assignments } from "../dynamodb/assignments.ts";
import { dynamodb, isConditionFailed } from "../dynamodb/dynamodb.ts";
import { failedKeysAround, succeededKey } from "../dynamodb/keys.ts";
import type { Payment } from "./payment.ts";
import { isTwin, twinSeconds } from "./twins.ts";

/** A payment intent of an invoice; the default one is that of the invoice's own payment, others have paid a part of it. */
export interface InvoiceIntent {
  invoiceId: string;
  paymentIntentId: string;
  isDefault: boolean;
  /** Until when it is kept if the invoice is never recorded, in unix seconds. */
  expiresAt: number;
}

/** Where payments are kept. */
export interface Payments {
  /**
   * Puts a payment on record, by one write and whatever came before.
   *
   * `applied`: the record says something new. `duplicate`: it said all of it already. `stale`: what it says of this payment
   * is more (a larger amount, an earlier time), and stays.
   */
  record(payment: Payment): Promise<"applied" | "duplicate" | "stale">;
  /** Adds a payment intent to the record of an invoice's payment, which it makes if there is none yet. */
  link(intent: InvoiceIntent): Promise<{ outcome: "applied" | "duplicate"; key: string }>;
  /** Whether another row has the same failed attempt, which Stripe told of twice, some seconds apart. */
  hasTwin(failed: Payment): Promise<boolean>;
}

/** The payments in the DynamoDB table of that name. */
export const paymentsTable = (tableName: string): Payments => {
  const update = async (input: Omit<UpdateCommandInput, "TableName">) => {
    const { Attributes = {} } = await dynamodb.send(
      new UpdateCommand({ TableName: tableName, ReturnValues: "ALL_OLD", ...input }),
    );
    return Attributes;
  };

  // Writes only what a condition still asks for.
  const settle = async (input: Omit<UpdateCommandInput, "TableName">): Promise<void> => {
    try {
      await update(input);
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  };

  // Of several intents that are all the default the smallest stands, so that arrival does not decide.
  const settleIntent = async (Key: Key, intent: string | undefined, before: unknown): Promise<void> => {
    if (intent === undefined || typeof before !== "string" || before <= intent) return;
    await settle({
      Key,
      UpdateExpression: "SET stripe_payment_intent_id = :intent, payment_id = :intent",
      ConditionExpression: "stripe_payment_intent_id > :intent",
      ExpressionAttributeValues: { ":intent": intent },
    });
  };

  const addIntent = async (Key: Key, { paymentIntentId, isDefault, expiresAt }: Omit<InvoiceIntent, "invoiceId">) => {
    const named =
      "stripe_payment_intent_id = if_not_exists(stripe_payment_intent_id, :intent), payment_id = if_not_exists(stripe_payment_intent_id, :intent), ";
    const before = await update({
      Key,
      // Without a TTL the row of an unrecorded invoice would stay for ever. Without a user it is not in GSI1.
      UpdateExpression: `SET ${isDefault ? named : ""}expires_at = if_not_exists(expires_at, :expires) ADD stripe_payment_intent_ids :intents`,
      ExpressionAttributeValues: {
        ":expires": expiresAt,
        ":intents": new Set([paymentIntentId]),
        ...(isDefault && { ":intent": paymentIntentId }),
      },
    });
    if (isDefault) await settleIntent(Key, paymentIntentId, before["stripe_payment_intent_id"]);
    if (before["amount"] === undefined && Number(before["expires_at"]) < expiresAt) {
      await settle({
        Key,
        UpdateExpression: "SET expires_at = :expires",
        ConditionExpression: "attribute_not_exists(amount) AND expires_at < :expires",
        ExpressionAttributeValues: { ":expires": expiresAt },
      });
    }
    const known = before["stripe_payment_intent_ids"];
    const isKnown = known instanceof Set && known.has(paymentIntentId);
    return isKnown && (!isDefault || before["stripe_payment_intent_id"] !== undefined) ? "duplicate" : "applied";
  };

  return {
    record: async ({ PK, SK, stripe_payment_intent_id: intent, ...said }) => {
      const Key = { PK, SK };
      const { sets, names, values } = assignments({ ...said, tie_breaker: tieBreakerOf(said) });
      const paymentId = intent
        ? "#payment_id = if_not_exists(#intent, :intent), #intent = if_not_exists(#intent, :intent) ADD #intents :intents"
        : "#payment_id = if_not_exists(#payment_id, :stripe_invoice_id)";
      try {
        const before = await update({
          Key,
          UpdateExpression: `SET ${sets.join(", ")}, ${paymentId}`,
          // Of two events about one payment the same one wins, whichever comes first.
          ConditionExpression:
            "attribute_not_exists(#amount) OR #amount < :amount OR (#amount = :amount AND (#created_at > :created_at OR " +
            "(#created_at = :created_at AND (attribute_not_exists(#tie_breaker) OR #tie_breaker <= :tie_breaker))))",
          ExpressionAttributeNames: {
            ...names,
            "#payment_id": "payment_id",
            ...(intent && { "#intent": "stripe_payment_intent_id", "#intents": "stripe_payment_intent_ids" }),
          },
          ExpressionAttributeValues: { ...values, ...(intent && { ":intent": intent, ":intents": new Set([intent]) }) },
        });
        await settleIntent(Key, intent, before["stripe_payment_intent_id"]);
        return hasAttributes(before, said) && (!intent || hasIntent(before, intent)) ? "duplicate" : "applied";
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        // What it says of the payment loses, but the intent that it names is kept.
        const added = { paymentIntentId: intent ?? "", isDefault: true, expiresAt: said.expires_at };
        return intent && (await addIntent(Key, added)) === "applied" ? "applied" : "stale";
      }
    },
    link: async ({ invoiceId, ...intent }) => {
      const Key = succeededKey(invoiceId);
      return { outcome: await addIntent(Key, intent), key: `${Key.PK} ${Key.SK}` };
    },
    hasTwin: async (failed) => {
      const { from, to } = failedKeysAround(failed.created_at, twinSeconds);
      const { Items = [] } = await dynamodb.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: "PK = :invoice AND SK BETWEEN :from AND :to",
          ConsistentRead: true,
          ExpressionAttributeValues: { ":invoice": failed.PK, ":from": from, ":to": to },
        }),
      );
      return Items.some((item) => item["SK"] !== failed.SK && isTwin(item, failed));
    },
  };
};

type Key = { PK: string; SK: string };

const hasAttributes = (item: Record<string, unknown>, attributes: object): boolean =>
  Object.entries(attributes).every(([name, value]) => item[name] === value);

const hasIntent = (item: Record<string, unknown>, intent: string): boolean => {
  const known = item["stripe_payment_intent_ids"];
  return item["stripe_payment_intent_id"] === intent || (known instanceof Set && known.has(intent));
};

// Orders events of equal amount and time by what they say: first by how much of it is known, then by all that can differ.
const tieBreakerOf = (said: Omit<Payment, "PK" | "SK" | "stripe_payment_intent_id">): string => {
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
