import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { array, literal, object, optional, string, type, type Infer } from "superstruct";
import { checked } from "../graph/checked.ts";
import { type Graph, ofType } from "../graph/load.ts";

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

/** Makes the tables of a graph that are not there, and waits until something can be put into them. */
export const makeTables = async (client: DynamoDBClient, graph: Graph): Promise<void> => {
  await Promise.all(tablesOf(graph).map((table) => create(client, table)));
};

/** The names of the tables that the program exports. */
export const tableNames = ({ outputs }: Graph): { core: string; payments: string } =>
  checked(outputs["tables"], object({ core: string(), payments: string() }), "the output tables");

const tablesOf = (graph: Graph): Infer<typeof Table>[] => {
  const made = ofType(graph, "aws:dynamodb/table:Table").map(({ name, inputs }) =>
    checked(inputs, Table, `table ${name}`),
  );
  const core = tableNames(graph).core;
  return made.some(({ name }) => name === core) ? made : [...made, productsCoreTable(core)];
};

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
