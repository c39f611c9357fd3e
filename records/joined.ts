import { BatchGetCommand, type BatchGetCommandOutput, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { reversalsKey } from "../lambdas/dynamodb/keys.ts";
import { payersOf } from "../lambdas/payments/payers.ts";
import { type Item, type PaymentRecord, toPayment } from "./rows.ts";

/** Joins the items of payments with those of their refunds and disputes, as far as these have not expired by a time in unix seconds. */
export const joined = async (
  documents: DynamoDBDocumentClient,
  tableName: string,
  items: readonly Item[],
  now: number,
): Promise<PaymentRecord[]> => {
  const payers = [...new Set(items.flatMap((item) => (item["status"] === "succeeded" ? payersOf(item) : [])))];
  const reversals = new Map<unknown, Item>();
  for (let from = 0; from < payers.length; from += mostKeys) {
    for (const item of await getAll(documents, tableName, payers.slice(from, from + mostKeys))) {
      if (Number(item["expires_at"]) > now) reversals.set(item["PK"], item);
    }
  }
  return items.map((item) =>
    toPayment(
      item,
      payersOf(item).flatMap((id) => reversals.get(reversalsKey(id).PK) ?? []),
    ),
  );
};

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
const mostKeys = 100;

const getAll = async (documents: DynamoDBDocumentClient, tableName: string, payers: string[]): Promise<Item[]> => {
  const items: Item[] = [];
  let left: BatchGetCommandOutput["UnprocessedKeys"] = { [tableName]: { Keys: payers.map(reversalsKey) } };
  while (left && Object.keys(left).length > 0) {
    const answer: BatchGetCommandOutput = await documents.send(new BatchGetCommand({ RequestItems: left }));
    items.push(...(answer.Responses?.[tableName] ?? []));
    left = answer.UnprocessedKeys;
  }
  return items;
};
