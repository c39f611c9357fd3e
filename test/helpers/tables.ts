import { type DynamoDB, forkDynamoDB, startDynamoDB } from "../../emulator/dynamodb/dynamodb.ts";
import { otherTables, tableNames } from "../../local/product.ts";
import type { Graph } from "../../emulator/graph/graph.ts";

/** The tables of the dev stack in a DynamoDB on loopback, which the Lambdas' handlers use too when they run in this process. */
export interface Tables extends DynamoDB {
  core: string;
  payments: string;
}

let started: Promise<Tables> | undefined;

/** Starts DynamoDB, once for all tests: each uses keys of its own. Who has the dev stack's graph spares it the program. */
export const startTables = (graph?: Graph): Promise<Tables> => {
  started ??= start(graph);
  return started;
};

const loadGraph = async (): Promise<Graph> => (await import("./stack.ts")).graphOf("dev");

const start = async (known?: Graph): Promise<Tables> => {
  const graph = known ?? (await loadGraph());
  const child = forkDynamoDB();
  // It ends with this process.
  child.unref();
  child.channel?.unref();
  const everything = { who: "tests", statements: [{ Effect: "Allow" as const, Action: "*", Resource: "*" }] };
  child.channel?.ref();
  const callers = { TESTS: everything };
  const dynamodb = await startDynamoDB(child, { graph, otherTables: otherTables(graph), callers });
  child.channel?.unref();
  const { core, payments } = tableNames(graph);
  Object.assign(process.env, {
    AWS_REGION: graph.region,
    AWS_ACCESS_KEY_ID: "TESTS",
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_SESSION_TOKEN: "none",
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: "tests",
    HOMEBIYORI_CORE: core,
    HOMEBIYORI_PAYMENTS: payments,
    MONTHLY_PRICES: "[]",
    YEARLY_PRICES: "[]",
    GAP_SECONDS: "3600",
    LIVEMODE: "any",
    BILLING_BUS: "billing",
  });
  const calls = async () => {
    // The answer comes over the channel alone.
    child.channel?.ref();
    try {
      return await dynamodb.calls();
    } finally {
      child.channel?.unref();
    }
  };
  return { ...dynamodb, calls, core, payments };
};
