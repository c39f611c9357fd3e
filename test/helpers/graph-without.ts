import type { Graph } from "../../emulator/graph/graph.ts";
import { graphOf } from "./stack.ts";

/** The dev stack's graph, in which a role's policy does not allow an action. */
export const graphWithout = async (role: string, action: string): Promise<Graph> => {
  const graph = await graphOf("dev");
  const resources = graph.resources.map((resource) => {
    if (resource.name !== role || !resource.type.endsWith(":RolePolicy")) return resource;
    const policy = JSON.parse(String(resource.inputs["policy"]));
    const Statement = policy.Statement.flatMap((statement: { Action: string | string[] }) => {
      const Action = [statement.Action].flat().filter((allowed) => allowed !== action);
      return Action.length > 0 ? [{ ...statement, Action }] : [];
    });
    return { ...resource, inputs: { ...resource.inputs, policy: JSON.stringify({ ...policy, Statement }) } };
  });
  return { ...graph, resources };
};
