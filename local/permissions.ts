import { type Graph, ofType } from "./graph.ts";
import { allows, readPolicy, type Request, type Statement } from "./iam.ts";

/** The policies of a graph: what each role may do, who may take it on, and who may send to a queue. */
export interface Permissions {
  /** The statements of a role, by its ARN. */
  statementsOf(roleArn: string): readonly Statement[];
  /** Why a service that has taken a role on may not do this, as AWS says it; null if it may. */
  refusal(roleArn: string, service: string, request: Request): string | null;
  /** Why a service may not do this by the policy of a queue, as AWS says it; null if it may. */
  queueRefusal(request: Request): string | null;
}

/** Reads all policies of a graph; one that the runner does not understand exactly is refused. */
export const permissionsOf = (graph: Graph): Permissions => {
  const roles = new Map(
    ofType(graph, "aws:iam/role:Role").map(({ name, inputs, outputs }) => {
      const policies = ofType(graph, "aws:iam/rolePolicy:RolePolicy").filter(
        (policy) => policy.inputs["role"] === inputs["name"],
      );
      const trust = readPolicy(inputs["assumeRolePolicy"], `trust policy of ${name}`);
      const statements = policies.flatMap((policy) => readPolicy(policy.inputs["policy"], `policy of ${name}`));
      return [`${outputs["arn"]}`, { trust, statements }] as const;
    }),
  );
  const queues = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").flatMap(({ name, inputs }) =>
    readPolicy(inputs["policy"], `policy of ${name}`),
  );

  return {
    statementsOf: (roleArn) => roles.get(roleArn)?.statements ?? [],
    refusal: (roleArn, service, request) => {
      const role = roles.get(roleArn);
      const assume = { action: "sts:AssumeRole", resource: roleArn, principal: service, ...only(request.context) };
      if (!role || !allows(role.trust, assume)) {
        return `The role ${roleArn} cannot be assumed by the service principal ${service}`;
      }
      return allows(role.statements, request) ? null : notAuthorized(roleArn, request, "identity");
    },
    queueRefusal: (request) =>
      allows(queues, request) ? null : notAuthorized(request.principal ?? "", request, "resource"),
  };
};

/** AWS's words for a request that no policy allows. */
export const notAuthorized = (who: string, { action, resource }: Request, kind: "identity" | "resource"): string =>
  `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no ${kind}-based policy allows the ${action} action`;

const only = (context: Request["context"]) => (context ? { context } : {});
