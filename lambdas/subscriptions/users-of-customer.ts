import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandOutput } from "@aws-sdk/lib-dynamodb";
import { customerSortKey, subscriptionSortKey, userOf } from "../dynamodb/keys.ts";

/** A user whom a Stripe customer belongs to. */
export interface CustomerUser {
  userId: string;
  /** Whether an item of its own says so, and not only the user's subscription item, which names one customer at a time. */
  isLinked: boolean;
}

/** The users of a Stripe customer, by the core table's index; it follows the table within a second or so. */
export const usersOfCustomer = async (
  client: Pick<DynamoDBDocumentClient, "send">,
  tableName: string,
  customerId: string,
): Promise<CustomerUser[]> => {
  const users = new Map<string, boolean>();
  let start: QueryCommandOutput["LastEvaluatedKey"];
  do {
    const page: QueryCommandOutput = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: "GSI2",
        KeyConditionExpression: "customer_id = :customer",
        FilterExpression: "SK = :subscription OR SK = :link",
        ProjectionExpression: "PK, SK",
        ExpressionAttributeValues: {
          ":customer": customerId,
          ":subscription": subscriptionSortKey,
          ":link": customerSortKey(customerId),
        },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const { PK, SK } of page.Items ?? []) {
      const userId = userOf(`${PK}`);
      if (userId === null) continue;
      users.set(userId, users.get(userId) === true || SK === customerSortKey(customerId));
    }
    start = page.LastEvaluatedKey;
  } while (start);
  return [...users].map(([userId, isLinked]) => ({ userId, isLinked }));
};
