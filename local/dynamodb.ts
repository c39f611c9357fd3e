import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  paginateScan,
  PutItemCommand,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { array, literal, number, object, optional, record, string, type, type Infer } from "superstruct";
import { isObject } from "../lambdas/lib/undo.ts";
import { checked } from "./checked.ts";
import type { Measured } from "./dynamodb-meter.ts";
import type { DynamoDBArgs } from "./dynamodb-process.ts";
import { type Graph, ofType } from "./graph.ts";
import type { Sent } from "./metrics.ts";

const KeySchema = object({ attributeName: string(), keyType: string() });

const Table = type({
  name: string(),
  billingMode: literal("PAY_PER_REQUEST"),
  hashKey: string(),
  rangeKey: string(),
  attributes: array(object({ name: string(), type: string() })),
  globalSecondaryIndexes: array(
    object({
      name: string(),
      keySchemas: array(KeySchema),
      projectionType: string(),
      nonKeyAttributes: optional(array(string())),
    }),
  ),
});

/** A DynamoDB on loopback, with the tables of a graph. */
export interface DynamoDB {
  endpoint: string;
  /** All items of a table, as plain objects, sorted by their keys, and their attributes by name. */
  items(table: string): Promise<Record<string, unknown>[]>;
  /** Puts an item into a table, unless there is one under its key. */
  add(table: string, item: Record<string, unknown>): Promise<void>;
  /** How often each call was made so far, by `<access key> <action> <resource>`. */
  calls(): Promise<Record<string, number>>;
  /** What it has sent to CloudWatch since it was last asked. */
  measured(): Promise<Sent[]>;
  /** Lets nothing go wrong any more. */
  stopFaults(): void;
  stop(): Promise<void>;
}

/** The access key of the runner itself, which may do everything. */
const runnerKey = "RUNNER";

/** Starts the process of DynamoDB, which takes a while until it listens to what it is told. */
export const forkDynamoDB = (): ChildProcess =>
  fork(join(import.meta.dirname, "dynamodb-process.ts"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });

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
  await Promise.all(tablesOf(graph).map((table) => create(client, table)));

  return {
    endpoint,
    items: async (table) => {
      const items: Record<string, unknown>[] = [];
      for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
        items.push(...(page.Items ?? []).map((item) => sorted(unmarshall(item))));
      }
      const keyOf = (item: Record<string, unknown>) => `${item["PK"]} ${item["SK"]}`;
      return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
    add: async (table, item) => {
      const condition = "attribute_not_exists(PK)";
      const input = { TableName: table, Item: marshall(item), ConditionExpression: condition };
      try {
        await client.send(new PutItemCommand(input));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    calls: async () => checked(await ask(child, "calls"), record(string(), number()), "DynamoDB's process"),
    measured: async () => {
      // The process is ours, and so is the shape.
      const measured = (await ask(child, "measured")) as Measured[];
      return measured.map(({ metricName, table, operation, statistics }) => {
        const dimensions = { TableName: table, Operation: operation };
        return { metric: { namespace: "AWS/DynamoDB", metricName, dimensions }, statistics };
      });
    },
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

// Who asks for one thing must not take the answer to another for it.
const ask = (child: ChildProcess, what: string): Promise<unknown> =>
  new Promise((done) => {
    const hear = (answer: unknown): void => {
      if (!(what in Object(answer))) return;
      child.off("message", hear);
      done(Object(answer)[what]);
    };
    child.on("message", hear);
    child.send(what);
  });

// DynamoDB has no order of attributes; with one, equal rows are equal texts.
const sorted = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item)
      .map(([name, value]): [string, unknown] => [name, isObject(value) ? sorted(value) : value])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

const tablesOf = (graph: Graph): Infer<typeof Table>[] => {
  const made = ofType(graph, "aws:dynamodb/table:Table").map(({ name, inputs }) =>
    checked(inputs, Table, `table ${name}`),
  );
  const core = tableNames(graph).core;
  return made.some(({ name }) => name === core) ? made : [...made, productsCoreTable(core)];
};

/** The names of the tables that the program exports. */
export const tableNames = ({ outputs }: Graph): { core: string; payments: string } =>
  checked(outputs["tables"], object({ core: string(), payments: string() }), "the output tables");

// The one that a stack uses which makes none, as far as this program knows it.
const productsCoreTable = (name: string): Infer<typeof Table> => ({
  name,
  billingMode: "PAY_PER_REQUEST",
  hashKey: "PK",
  rangeKey: "SK",
  attributes: ["PK", "SK", "customer_id"].map((attribute) => ({ name: attribute, type: "S" })),
  globalSecondaryIndexes: [
    { name: "GSI2", keySchemas: [{ attributeName: "customer_id", keyType: "HASH" }], projectionType: "KEYS_ONLY" },
  ],
});

const create = async (client: DynamoDBClient, table: Infer<typeof Table>): Promise<void> => {
  try {
    await client.send(new CreateTableCommand(toInput(table)));
    // It is there a moment later.
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.1 }, { TableName: table.name });
  } catch (error) {
    // It was kept from an earlier run.
    if (error instanceof ResourceInUseException) return;
    const reason = error instanceof Error ? error.message : error;
    throw new Error(`The table ${table.name} could not be made: ${reason}`, { cause: error });
  }
};

const toInput = (table: Infer<typeof Table>): CreateTableCommandInput => ({
  TableName: table.name,
  BillingMode: table.billingMode,
  KeySchema: [
    { AttributeName: table.hashKey, KeyType: "HASH" },
    { AttributeName: table.rangeKey, KeyType: "RANGE" },
  ],
  AttributeDefinitions: table.attributes.map(({ name, type: kind }) => ({
    AttributeName: name,
    AttributeType: kind === "N" ? "N" : "S",
  })),
  GlobalSecondaryIndexes: table.globalSecondaryIndexes.map(
    ({ name, keySchemas, projectionType, nonKeyAttributes }) => ({
      IndexName: name,
      KeySchema: keySchemas.map(({ attributeName, keyType }) => ({
        AttributeName: attributeName,
        KeyType: keyType === "RANGE" ? ("RANGE" as const) : ("HASH" as const),
      })),
      Projection: {
        ProjectionType: projectionType === "ALL" ? ("ALL" as const) : ("KEYS_ONLY" as const),
        ...(nonKeyAttributes && { NonKeyAttributes: nonKeyAttributes }),
      },
    }),
  ),
});
