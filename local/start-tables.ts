import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { callersOf } from "../emulator/dynamodb/callers.ts";
import { type DynamoDB, type forkDynamoDB, startDynamoDB } from "../emulator/dynamodb/dynamodb.ts";
import { tableNames } from "../emulator/dynamodb/create-tables.ts";
import type { Graph } from "../emulator/graph/load.ts";
import type { Permissions } from "../emulator/iam/permissions.ts";
import type { RunnerArgs } from "./runner.ts";

/** Starts DynamoDB with the tables of a graph, and the items that they start with; each Lambda may call it as its role allows. */
export const startTables = async (
  child: ReturnType<typeof forkDynamoDB>,
  graph: Graph,
  permissions: Permissions,
  { dataDirectory, dynamodbEndpoint, faults, seed = [] }: RunnerArgs,
): Promise<DynamoDB> => {
  if (dataDirectory !== undefined) mkdirSync(dataDirectory, { recursive: true });
  const dynamodb = await startDynamoDB(child, graph, {
    ...(dataDirectory !== undefined && { path: join(dataDirectory, "tables") }),
    endpoint: dynamodbEndpoint,
    tableArn: `arn:aws:dynamodb:${graph.region}:${graph.account}:table`,
    callers: callersOf(graph, permissions),
    faults,
  });
  await Promise.all(seed.map((item) => dynamodb.add(tableNames(graph).core, item)));
  return dynamodb;
};
