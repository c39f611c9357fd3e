import { updateIf } from "../dynamodb/dynamodb.ts";
import type { Mark } from "./to-publish.ts";

/** Marks changes of an item as published, so that nobody publishes them again; where others have marked some of them, nothing is done. */
export const mark = async (tableName: string, { PK, SK, from, through }: Omit<Mark, "table">): Promise<void> => {
  // From the end: what an index means then does not depend on whether those before it are gone.
  const published = Array.from(
    { length: through - from },
    (_, index) => `stripe_unpublished[${through - from - 1 - index}]`,
  );
  await updateIf({
    TableName: tableName,
    Key: { PK, SK },
    UpdateExpression: `SET stripe_published = :through REMOVE ${published.join(", ")}`,
    ConditionExpression: from === 0 ? "attribute_not_exists(stripe_published)" : "stripe_published = :from",
    ExpressionAttributeValues: { ":through": through, ...(from > 0 && { ":from": from }) },
  });
};
