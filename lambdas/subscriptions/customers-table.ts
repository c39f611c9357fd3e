import { dynamodb, updateIf } from "../dynamodb/dynamodb.ts";
import { customerKey } from "../dynamodb/keys.ts";
import { type CustomerUser, usersOfCustomer } from "./users-of-customer.ts";

/** Which users Stripe's customers belong to. */
export interface Customers {
  /** The users of a customer: none, one, or several where two claim it. */
  usersOf(customerId: string): Promise<CustomerUser[]>;
  /** Ties a customer to a user, for good; idempotent. */
  link(userId: string, customerId: string): Promise<void>;
}

/** The customers in the core table of that name. */
export const customersTable = (tableName: string): Customers => ({
  usersOf: (customerId) => usersOfCustomer(dynamodb, tableName, customerId),
  link: async (userId, customerId) => {
    await updateIf({
      TableName: tableName,
      Key: customerKey(userId, customerId),
      UpdateExpression: "SET customer_id = :customer, user_id = :user",
      ConditionExpression: "attribute_not_exists(PK)",
      ExpressionAttributeValues: { ":customer": customerId, ":user": userId },
    });
  },
});
