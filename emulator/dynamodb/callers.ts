import type { DynamoDB } from "./dynamodb.ts";
import type { DynamoDBArgs } from "./process.ts";
import { type Graph, ofType } from "../graph/load.ts";
import { sessionOf } from "../iam/access-denied.ts";
import { operatorKey } from "../protocol/access-keys.ts";
import type { Permissions, Use } from "../iam/permissions.ts";

/** Whose calls DynamoDB lets through, by their access keys: each Lambda's is its name. */
export const callersOf = (graph: Graph, permissions: Permissions): DynamoDBArgs["callers"] => {
  const lambdas = ofType(graph, "aws:lambda/function:Function").map(({ inputs }) => {
    const [name, role] = [`${inputs["name"]}`, `${inputs["role"]}`];
    return [name, { who: sessionOf(role, name), statements: permissions.statementsOf(role) }];
  });
  return { ...Object.fromEntries(lambdas), [operatorKey]: permissions.operator };
};

/** All that was asked of the policies: what the runner decided, and what DynamoDB did in its own process, by the same statements. */
export const usesOf = async (dynamodb: DynamoDB, graph: Graph, permissions: Permissions): Promise<Use[]> => {
  for (const call of Object.keys(await dynamodb.calls())) {
    const [key, action = "", resource = ""] = call.split(" ");
    const caller = ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => inputs["name"] === key);
    // The others are the runner's own.
    if (key === operatorKey) permissions.operatorRefusal({ action, resource });
    else if (caller) permissions.note(`${caller.inputs["role"]}`, { action, resource });
  }
  return permissions.uses();
};
