import { update, updateIf } from "../dynamodb/dynamodb.ts";
import { type Payer, payersOf, setOf } from "./payers.ts";

/** A row of the payments table. */
export interface PaymentRow {
  TableName: string;
  Key: { PK: string; SK: string };
}

/**
 * Adds what paid it to a payment's row, which it makes if there is none yet; returns the row's attributes as they were.
 *
 * `expiresAt`: until when the row is kept if the invoice is never recorded, in unix seconds.
 */
export const addPayer = async (
  row: PaymentRow,
  payer: Payer,
  expiresAt: number,
): Promise<{ outcome: "applied" | "duplicate"; before: Record<string, unknown> }> => {
  const { set, add, values } = naming(payer);
  const before = await update({
    ...row,
    // Without a TTL the row of an unrecorded invoice would stay for ever. Without a user it is not in GSI1.
    UpdateExpression: `SET ${["expires_at = if_not_exists(expires_at, :expires)", ...set].join(", ")} ${add}`,
    ExpressionAttributeValues: { ":expires": expiresAt, ...values },
  });
  await settleIntent(row, payer, before);
  if (before["amount"] === undefined && Number(before["expires_at"]) < expiresAt) await settleExpiry(row, expiresAt);
  return { outcome: isNamed(before, payer) ? "duplicate" : "applied", before };
};

/** The parts of an `UpdateItem` that add a payer to a payment's row; an intent that it has as its default one stays. */
export const naming = (payer: Payer): { set: string[]; add: string; values: Record<string, unknown> } => {
  const isDefault = payer.kind === "default_intent";
  const names = isDefault ? ["stripe_payment_intent_id", "payment_id"] : [];
  return {
    set: names.map((name) => `${name} = if_not_exists(stripe_payment_intent_id, :intent)`),
    add: `ADD ${setOf(payer)} :payers`,
    values: { ":payers": new Set([payer.id]), ...(isDefault && { ":intent": payer.id }) },
  };
};

/** Of several intents that are all the default the smallest stands, so that arrival does not decide. */
export const settleIntent = async (
  row: PaymentRow,
  { id, kind }: Payer,
  before: Record<string, unknown>,
): Promise<void> => {
  const other = before["stripe_payment_intent_id"];
  if (kind !== "default_intent" || typeof other !== "string" || other <= id) return;
  await updateIf({
    ...row,
    UpdateExpression: "SET stripe_payment_intent_id = :intent, payment_id = :intent",
    ConditionExpression: "stripe_payment_intent_id > :intent",
    ExpressionAttributeValues: { ":intent": id },
  });
};

/** Whether a row names a payer already, and has a default intent that stands beside it, if it is one. */
export const isNamed = (row: Record<string, unknown>, { id, kind }: Payer): boolean => {
  const own = row["stripe_payment_intent_id"];
  return payersOf(row).includes(id) && (kind !== "default_intent" || (typeof own === "string" && own <= id));
};

// The row of an invoice that is not recorded is kept until the last of its payers may go.
const settleExpiry = async (row: PaymentRow, expiresAt: number): Promise<void> => {
  await updateIf({
    ...row,
    UpdateExpression: "SET expires_at = :expires",
    ConditionExpression: "attribute_not_exists(amount) AND expires_at < :expires",
    ExpressionAttributeValues: { ":expires": expiresAt },
  });
};
