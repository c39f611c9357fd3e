import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { assignments, dynamodb } from "./dynamodb.ts";
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
}

/** The payments in the DynamoDB table of that name. */
export const paymentsTable = (tableName: string): Payments => ({
  record: async ({ PK, SK, ...attributes }) => {
    const { sets, names, values } = assignments(attributes);
    const paymentId = attributes.stripe_payment_intent_id
      ? ":stripe_payment_intent_id"
      : "if_not_exists(#payment_id, :stripe_invoice_id)";
    try {
      const { Attributes } = await dynamodb.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: marshall({ PK, SK }),
          UpdateExpression: `SET ${sets.join(", ")}, #payment_id = ${paymentId}`,
          // Of two events about one payment the same one wins, whichever comes first.
          ConditionExpression:
            "attribute_not_exists(#amount) OR #amount < :amount OR (#amount = :amount AND #created_at >= :created_at)",
          ExpressionAttributeNames: { ...names, "#payment_id": "payment_id" },
          ExpressionAttributeValues: values,
          ReturnValues: "ALL_OLD",
        }),
      );
      const before = Attributes ? unmarshall(Attributes) : {};
      const same = Object.entries(attributes).every(([name, value]) => before[name] === value);
      return same ? "duplicate" : "applied";
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return "stale";
      throw error;
    }
  },
});
