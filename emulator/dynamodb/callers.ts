import type { DynamoDB } from "./dynamodb.ts";
import type { Callers } from "./process.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { sessionOf } from "../iam/access-denied.ts";
import { operatorKey } from "../protocol/access-keys.ts";
import type { Permissions, Use } from "../iam/permissions.ts";

/** Who may call DynamoDB: the operator, and each Lambda, whose access key is its name. */
export const callersOf = (graph: Graph, permissions: Permissions): Callers => {
  const lambdas = ofType(graph, "aws:lambda/function:Function").map(({ inputs }) => {
    const [name, role] = [`${inputs["name"]}`, `${inputs["role"]}`];
    return [name, { who: sessionOf(role, name), statements: permissions.statementsOf(role) }];
  });
  return { ...Object.fromEntries(lambdas), [operatorKey]: permissions.operator };
};

/** All requests that the policies decided: those of this process, and those of DynamoDB's, by the same statements. */
export const usesOf = async (dynamodb: DynamoDB, graph: Graph, permissions: Permissions): Promise<Use[]> => {
  for (const call of Object.keys(await dynamodb.calls())) {
    const [key, action = "", resource = ""] = call.split(" ");
    const caller = ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => inputs["name"] === key);
    // The others are the emulator's own.
    if (key === operatorKey) permissions.operatorRefusal({ action, resource });
    else if (caller) permissions.record(`${caller.inputs["role"]}`, { action, resource });
  }
  return permissions.uses();
};
