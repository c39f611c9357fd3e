import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan, PutCommand } from "@aws-sdk/lib-dynamodb";
import { array, number, object, record, string } from "superstruct";
import { isObject } from "../../lambdas/stripe/previous-object.ts";
import { checked } from "../graph/checked.ts";
import type { DynamoDBArgs } from "./process.ts";
import type { Graph } from "../graph/load.ts";
import { makeTables } from "./create-tables.ts";

/** A DynamoDB on loopback, with the tables of a graph. */
export interface DynamoDB {
  endpoint: string;
  /** All items of a table, as plain objects, sorted by their keys, and their attributes by name. */
  items(table: string): Promise<Record<string, unknown>[]>;
  /** Puts an item into a table, unless there is one under its key; returns whether it did. */
  add(table: string, item: Record<string, unknown>): Promise<boolean>;
  /** How often each call was made so far, by `<access key> <action> <resource>`. */
  calls(): Promise<Record<string, number>>;
  /** The indices of the faults that have struck here so far. */
  struck(): Promise<number[]>;
  /** Lets nothing go wrong any more. */
  stopFaults(): void;
  stop(): Promise<void>;
}

/** The access key of the runner itself, which may do everything. */
const runnerKey = "RUNNER";

/** Starts the process of DynamoDB, which takes a while until it listens to what it is told. */
export const forkDynamoDB = (): ChildProcess =>
  fork(join(import.meta.dirname, "process.ts"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });

/** Starts DynamoDB in that process, and makes the tables of a graph that are not there. */
export const startDynamoDB = async (child: ChildProcess, graph: Graph, args: DynamoDBArgs): Promise<DynamoDB> => {
  const all = { who: "runner", statements: [{ Effect: "Allow" as const, Action: "*", Resource: "*" }] };
  const message = { ...args, callers: { ...args.callers, [runnerKey]: all } } satisfies DynamoDBArgs;
  child.send(message);
  const [ready] = await once(child, "message");
  const { port } = checked(ready, object({ port: number() }), "DynamoDB's process");
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: graph.region,
    credentials: { accessKeyId: runnerKey, secretAccessKey: "none" },
  });
  await makeTables(client, graph);
  const documents = DynamoDBDocumentClient.from(client);

  return {
    endpoint,
    items: async (table) => {
      const items: Record<string, unknown>[] = [];
      for await (const page of paginateScan({ client: documents }, { TableName: table, ConsistentRead: true })) {
        items.push(...(page.Items ?? []).map(sorted));
      }
      const keyOf = (item: Record<string, unknown>) => `${item["PK"]} ${item["SK"]}`;
      return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
    add: async (table, item) => {
      const condition = "attribute_not_exists(PK)";
      const input = { TableName: table, Item: item, ConditionExpression: condition };
      try {
        await documents.send(new PutCommand(input));
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return false;
      }
    },
    calls: async () => checked(await ask(child, "calls"), record(string(), number()), "DynamoDB's process"),
    struck: async () => checked(await ask(child, "struck"), array(number()), "DynamoDB's process"),
    stopFaults: () => {
      child.send("stop faults");
    },
    stop: async () => {
      client.destroy();
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
};

/** Asks DynamoDB's process for one thing, whose answer is not taken for that to another. */
export const ask = (child: ChildProcess, what: string): Promise<unknown> =>
  new Promise((done) => {
    const hear = (answer: unknown): void => {
      if (!(what in Object(answer))) return;
      child.off("message", hear);
      done(Object(answer)[what]);
    };
    child.on("message", hear);
    child.send(what);
  });

const plain = (value: unknown): unknown => {
  if (value instanceof Set) return [...value].toSorted();
  return isObject(value) ? sorted(value) : value;
};

// DynamoDB has no order of attributes; with one, equal rows are equal texts.
const sorted = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item)
      .map(([name, value]): [string, unknown] => [name, plain(value)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
