import { type DynamoDB, forkDynamoDB, startDynamoDB } from "../emulator/dynamodb/dynamodb.ts";
import { type Graph, ofType } from "../emulator/graph/graph.ts";
import { emulatorKey } from "../emulator/protocol/access-keys.ts";
import { otherTables } from "../local/product.ts";

/** Starts DynamoDB with a stack's tables, and sets the environment of this process, which the processes of Lambdas inherit, to call it. */
export const startTables = async (graph: Graph): Promise<DynamoDB> => {
  const dynamodb = await startDynamoDB(forkDynamoDB(), { graph, otherTables: otherTables(graph), callers: {} });
  const environments = ofType(graph, "aws:lambda/function:Function").map(({ inputs }) => Object(inputs["environment"]));
  Object.assign(process.env, ...environments.map(({ variables }) => variables), {
    AWS_REGION: graph.region,
    AWS_ACCESS_KEY_ID: emulatorKey,
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_SESSION_TOKEN: "none",
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: "bench",
  });
  return dynamodb;
};
