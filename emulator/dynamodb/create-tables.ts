import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { array, literal, object, optional, string, type, type Infer } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";

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

/** A table, by the fields that it is created with. */
export type Table = Infer<typeof Table>;

/** The tables that the program makes. */
export const tablesOf = (graph: Graph): Table[] =>
  ofType(graph, "aws:dynamodb/table:Table").map(({ name, inputs }) => validateInputs(inputs, Table, `table ${name}`));

/** Creates the tables that do not exist, and waits until items can be put into them. */
export const createTables = async (client: DynamoDBClient, tables: Table[]): Promise<void> => {
  await Promise.all(tables.map((table) => create(client, table)));
};

const create = async (client: DynamoDBClient, table: Table): Promise<void> => {
  try {
    await client.send(new CreateTableCommand(toInput(table)));
    // It exists a moment later.
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.1 }, { TableName: table.name });
  } catch (error) {
    // It was kept from an earlier run.
    if (error instanceof ResourceInUseException) return;
    const reason = error instanceof Error ? error.message : error;
    throw new EmulatorError(`The table ${table.name} could not be created: ${reason}`, { cause: error });
  }
};

const toInput = (table: Table): CreateTableCommandInput => ({
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
