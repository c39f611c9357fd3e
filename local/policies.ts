import { type Graph, ofType } from "./graph.ts";
import { readPolicy, type Statement } from "./iam.ts";

/** A policy of a graph: who may take a role on, what a role or an operator may do, or what may be done with a queue or a log. */
export interface Policy {
  /** What it is of, such as `trust of write-payment`, `role write-payment` or `queue parked`. */
  name: string;
  /** The ARN of what it is of. */
  arn: string;
  statements: readonly Statement[];
}

/** The name of the policy that says who may take a role on. */
export const trustOf = (role: string): string => `trust of ${role}`;

/** Reads all policies of a graph; one that the runner does not understand exactly is refused. */
export const policiesOf = (graph: Graph): Policy[] => {
  const roles = ofType(graph, "aws:iam/role:Role").flatMap(({ name, inputs, outputs }) => {
    const own = ofType(graph, "aws:iam/rolePolicy:RolePolicy").filter(
      (policy) => policy.inputs["role"] === inputs["name"],
    );
    const statements = own.flatMap((policy) => readPolicy(policy.inputs["policy"], `policy of ${name}`));
    const arn = `${outputs["arn"]}`;
    const trust = readPolicy(inputs["assumeRolePolicy"], `trust policy of ${name}`);
    return [
      { name: trustOf(name), arn, statements: trust },
      { name: `role ${name}`, arn, statements },
    ];
  });
  const queues = ofType(graph, "aws:sqs/queue:Queue").map(({ name, outputs }) => {
    const own = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").filter(
      (policy) => policy.inputs["queueUrl"] === outputs["url"],
    );
    const statements = own.flatMap((policy) => readPolicy(policy.inputs["policy"], `policy of ${name}`));
    return { name: `queue ${name}`, arn: `${outputs["arn"]}`, statements };
  });
  const logs = ofType(graph, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy").map(({ name, inputs }) => ({
    name: `log ${name}`,
    arn: `${inputs["policyName"]}`,
    statements: readPolicy(inputs["policyDocument"], `policy of ${name}`),
  }));
  const managed = ofType(graph, "aws:iam/policy:Policy").map(({ name, inputs, outputs }) => ({
    name,
    arn: `${outputs["arn"]}`,
    statements: readPolicy(inputs["policy"], `policy ${name}`),
  }));
  return [...roles, ...queues, ...logs, ...managed];
};
