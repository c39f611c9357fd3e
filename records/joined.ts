import { setTimeout } from "node:timers/promises";
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

// Where a table is throttled it leaves keys unread, which it asks to be asked for again after a while.
const mostAttempts = 6;

const getAll = async (documents: DynamoDBDocumentClient, tableName: string, payers: string[]): Promise<Item[]> => {
  const items: Item[] = [];
  let left: BatchGetCommandOutput["UnprocessedKeys"] = { [tableName]: { Keys: payers.map(reversalsKey) } };
  for (let attempt = 0; left && Object.keys(left).length > 0; attempt += 1) {
    if (attempt === mostAttempts)
      throw new Error(`DynamoDB left keys of ${tableName} unread ${mostAttempts} times in a row`);
    if (attempt > 0) await setTimeout(50 * 2 ** attempt);
    const answer: BatchGetCommandOutput = await documents.send(new BatchGetCommand({ RequestItems: left }));
    items.push(...(answer.Responses?.[tableName] ?? []));
    left = answer.UnprocessedKeys;
  }
  return items;
};
