import { updateIf } from "../dynamodb/dynamodb.ts";
import { outboxIn } from "./outbox.ts";
import type { Mark } from "./to-publish.ts";

/** Marks changes of an item as published, so that they are not published again; continues where a concurrent mark ended. */
export const mark = async (tableName: string, { PK, SK, from, through }: Omit<Mark, "table">): Promise<void> => {
  // From the end: what an index means then does not depend on whether those before it are gone.
  const indices = Array.from({ length: through - from }, (_, index) => through - from - 1 - index);
  const { before } = await updateIf({
    TableName: tableName,
    Key: { PK, SK },
    UpdateExpression: `SET stripe_published = :through REMOVE ${indices.map((index) => `stripe_unpublished[${index}]`).join(", ")}`,
    // The item may have been deleted since.
    ConditionExpression: `attribute_exists(stripe_unpublished[0]) AND ${from === 0 ? "attribute_not_exists(stripe_published)" : "stripe_published = :from"}`,
    ExpressionAttributeValues: { ":through": through, ...(from > 0 && { ":from": from }) },
  });
  const { published } = outboxIn(before);
  if (published > from && published < through) await mark(tableName, { PK, SK, from: published, through });
};
