import { UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { assignments } from "../dynamodb/assignments.ts";
import { dynamodb, isConditionFailed } from "../dynamodb/dynamodb.ts";
import { succeededKey } from "../dynamodb/keys.ts";
import type { Payment } from "./payment.ts";

/** Where payments are kept. */
export interface Payments {
  /**
   * Puts a payment on record, by one write and whatever came before.
   *
   * `applied`: the record says something new. `duplicate`: it said all of it already. `stale`: what it says of this payment
   * is more (a larger amount, an earlier time), and stays.
   */
  record(payment: Payment): Promise<"applied" | "duplicate" | "stale">;
  /** Puts a payment intent on the record of an invoice's payment, which it makes, to be kept until then, if there is none yet. */
  link(
    invoiceId: string,
    paymentIntentId: string,
    expiresAt: number,
  ): Promise<{ outcome: "applied" | "duplicate"; key: string }>;
}

/** The payments in the DynamoDB table of that name. */
export const paymentsTable = (tableName: string): Payments => ({
  record: async ({ PK, SK, ...attributes }) => {
    const { sets, names, values } = assignments(attributes);
    const paymentId = attributes.stripe_payment_intent_id
      ? ":stripe_payment_intent_id"
      : "if_not_exists(#payment_id, :stripe_invoice_id)";
    try {
      const input: UpdateCommandInput = {
        TableName: tableName,
        Key: { PK, SK },
        UpdateExpression: `SET ${sets.join(", ")}, #payment_id = ${paymentId}`,
        // Of two events about one payment the same one wins, whichever comes first.
        ConditionExpression:
          "attribute_not_exists(#amount) OR #amount < :amount OR (#amount = :amount AND #created_at >= :created_at)",
        ExpressionAttributeNames: { ...names, "#payment_id": "payment_id" },
        ExpressionAttributeValues: values,
        ReturnValues: "ALL_OLD",
      };
      const { Attributes } = await dynamodb.send(new UpdateCommand(input));
      return isIn(Attributes, attributes) ? "duplicate" : "applied";
    } catch (error) {
      if (isConditionFailed(error)) return "stale";
      throw error;
    }
  },
  link: async (invoiceId, paymentIntentId, expiresAt) => {
    const { PK, SK } = succeededKey(invoiceId);
    // A row of these alone names no user, so it is in nobody's history until the invoice's event has come.
    const attributes = { stripe_payment_intent_id: paymentIntentId, payment_id: paymentIntentId };
    const { sets, names, values } = assignments(attributes);
    const input: UpdateCommandInput = {
      TableName: tableName,
      Key: { PK, SK },
      // Of an invoice that is not recorded, as it belongs to no subscription, nothing else would ever say until when.
      UpdateExpression: `SET ${sets.join(", ")}, #expires_at = if_not_exists(#expires_at, :expires_at)`,
      ExpressionAttributeNames: { ...names, "#expires_at": "expires_at" },
      ExpressionAttributeValues: { ...values, ":expires_at": expiresAt },
      ReturnValues: "ALL_OLD",
    };
    const { Attributes } = await dynamodb.send(new UpdateCommand(input));
    return { outcome: isIn(Attributes, attributes) ? "duplicate" : "applied", key: `${PK} ${SK}` };
  },
});

// Whether an item has these attributes with these values.
const isIn = (item: Record<string, unknown> = {}, attributes: object): boolean =>
  Object.entries(attributes).every(([name, value]) => item[name] === value);
