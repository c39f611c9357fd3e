import type { Graph } from "../graph/graph.ts";
import type { Permissions, Refusal } from "../iam/permissions.ts";
import type { Request } from "../iam/policy.ts";
import { ServiceError } from "./errors.ts";

/** The role of a state machine, as Step Functions assumes it. */
export interface MachineRole {
  /** Why the role does not allow a request; null if it does. */
  refusal(request: Request): Refusal | null;
  /** Throws a `ServiceError` of this name if the role does not allow a request. */
  assertAllowed(errorName: string, request: Request): void;
}

/** Makes the role of the state machine of this name and ARN. */
export const machineRole = (
  { graph, permissions }: { graph: Graph; permissions: Permissions },
  { name, arn, roleArn }: { name: string; arn: string; roleArn: string },
): MachineRole => {
  const context = { "aws:SourceArn": arn, "aws:SourceAccount": graph.account };
  const by = { service: "states.amazonaws.com", context, session: name };
  const refusal = (request: Request) => permissions.roleRefusal(roleArn, by, request);
  return {
    refusal,
    assertAllowed: (errorName, request) => {
      const refused = refusal(request);
      if (refused) throw new ServiceError(errorName, refused.message);
    },
  };
};
