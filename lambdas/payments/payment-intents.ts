import { UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { dynamodb, isConditionFailed } from "../dynamodb/dynamodb.ts";

/** A payment intent of an invoice; the default one is that of the invoice's own payment, others have paid a part of it. */
export interface InvoiceIntent {
  paymentIntentId: string;
  isDefault: boolean;
  /** Until when its row is kept if the invoice is never recorded, in unix seconds. */
  expiresAt: number;
}

/** A row of the payments table. */
export interface PaymentRow {
  TableName: string;
  Key: { PK: string; SK: string };
}

/** Adds a payment intent to a payment's row, which it makes if there is none yet. */
export const addIntent = async (
  row: PaymentRow,
  { paymentIntentId, isDefault, expiresAt }: InvoiceIntent,
): Promise<"applied" | "duplicate"> => {
  const before = await update({
    ...row,
    // Without a TTL the row of an unrecorded invoice would stay for ever. Without a user it is not in GSI1.
    UpdateExpression: `SET ${isDefault ? `${namedByDefault}, ` : ""}expires_at = if_not_exists(expires_at, :expires) ADD stripe_payment_intent_ids :intents`,
    ExpressionAttributeValues: {
      ":expires": expiresAt,
      ":intents": new Set([paymentIntentId]),
      ...(isDefault && { ":intent": paymentIntentId }),
    },
  });
  if (isDefault) await settleIntent(row, paymentIntentId, before["stripe_payment_intent_id"]);
  if (before["amount"] === undefined && Number(before["expires_at"]) < expiresAt) await settleExpiry(row, expiresAt);
  const isNamed = !isDefault || before["stripe_payment_intent_id"] !== undefined;
  return isNamed && hasIntent(before, paymentIntentId) ? "duplicate" : "applied";
};

/** Sets the default payment intent of a row that has none; one that it has stays. */
export const namedByDefault =
  "stripe_payment_intent_id = if_not_exists(stripe_payment_intent_id, :intent), payment_id = if_not_exists(stripe_payment_intent_id, :intent)";

/** Of several intents that are all the default the smallest stands, so that arrival does not decide. */
export const settleIntent = async (row: PaymentRow, intent: string, before: unknown): Promise<void> => {
  if (typeof before !== "string" || before <= intent) return;
  await updateIf({
    ...row,
    UpdateExpression: "SET stripe_payment_intent_id = :intent, payment_id = :intent",
    ConditionExpression: "stripe_payment_intent_id > :intent",
    ExpressionAttributeValues: { ":intent": intent },
  });
};

/** Whether an item has a payment intent, as its default or as one of others. */
export const hasIntent = (item: Record<string, unknown>, intent: string): boolean => {
  const known = item["stripe_payment_intent_ids"];
  return item["stripe_payment_intent_id"] === intent || (known instanceof Set && known.has(intent));
};

/** Updates an item and returns its attributes as they were before. */
export const update = async (input: UpdateCommandInput): Promise<Record<string, unknown>> => {
  const { Attributes = {} } = await dynamodb.send(new UpdateCommand({ ReturnValues: "ALL_OLD", ...input }));
  return Attributes;
};

// The row of an invoice that is not recorded is kept until the last of its intents may go.
const settleExpiry = (row: PaymentRow, expiresAt: number): Promise<void> =>
  updateIf({
    ...row,
    UpdateExpression: "SET expires_at = :expires",
    ConditionExpression: "attribute_not_exists(amount) AND expires_at < :expires",
    ExpressionAttributeValues: { ":expires": expiresAt },
  });

const updateIf = async (input: UpdateCommandInput): Promise<void> => {
  try {
    await update(input);
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
};
