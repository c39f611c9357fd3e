import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, paginateScan, PutCommand } from "@aws-sdk/lib-dynamodb";
import { isObject } from "../graph/json.ts";
import type { Table } from "./create-tables.ts";

/** The items of tables, as plain objects. */
export interface Items {
  /** All items of a table, sorted by key, their attributes by name. */
  items(table: string): Promise<Record<string, unknown>[]>;
  /** The item of a table with this hash key and range key, in the same form; null if there is none. */
  item(table: string, hash: string, range: string): Promise<Record<string, unknown> | null>;
  /** Puts an item into a table unless there is one with its key; returns whether it did. */
  add(table: string, item: Record<string, unknown>): Promise<boolean>;
}

/** Reads and writes the items of these tables. */
export const itemsOf = (client: DynamoDBClient, tables: Table[]): Items => {
  const documents = DynamoDBDocumentClient.from(client);
  const tableOf = (name: string): Table => {
    const table = tables.find((candidate) => candidate.name === name);
    if (!table) throw new Error(`There is no table ${name}`);
    return table;
  };
  return {
    items: async (table) => {
      const items: Record<string, unknown>[] = [];
      for await (const page of paginateScan({ client: documents }, { TableName: table, ConsistentRead: true })) {
        items.push(...(page.Items ?? []).map(sorted));
      }
      const { hashKey, rangeKey } = tableOf(table);
      const keyOf = (item: Record<string, unknown>) => `${item[hashKey]} ${item[rangeKey]}`;
      return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
    item: async (table, hash, range) => {
      const { hashKey, rangeKey } = tableOf(table);
      const Key = { [hashKey]: hash, [rangeKey]: range };
      const { Item: item } = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return item ? sorted(item) : null;
    },
    add: async (table, item) => {
      const put = new PutCommand({
        TableName: table,
        Item: item,
        ConditionExpression: "attribute_not_exists(#hash)",
        ExpressionAttributeNames: { "#hash": tableOf(table).hashKey },
      });
      try {
        await documents.send(put);
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return false;
      }
    },
  };
};

// DynamoDB keeps no order of attributes; with one, equal items are equal texts.
const sorted = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item)
      .map(([name, value]): [string, unknown] => [name, plain(value)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

// A set is a sorted list.
const plain = (value: unknown): unknown => {
  if (value instanceof Set) return [...value].toSorted((a, b) => (a < b ? -1 : 1));
  return isObject(value) ? sorted(value) : value;
};
