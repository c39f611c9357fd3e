import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType, type Resource } from "../graph/graph.ts";
import { readPolicy, type Statement } from "./policy.ts";

/** A policy of a graph: who may assume a role, what a role or an operator may do, or what may be done with a queue or a log. */
export interface Policy {
  /** What it belongs to, such as `trust of write-payment`, `role write-payment` or `queue parked`. */
  name: string;
  /** The ARN of what it belongs to. */
  arn: string;
  statements: readonly Statement[];
}

/** The name of a role's trust policy. */
export const trustOf = (role: string): string => `trust of ${role}`;

/** Reads all policies of a graph; refuses one that the emulator does not evaluate exactly as IAM does, or that is on a resource it does not know. */
export const policiesOf = (graph: Graph): Policy[] => {
  for (const { type, name, inputs } of graph.resources) {
    const isPolicy = Object.values(inputs).some((input) => `${input}`.includes('"Statement":'));
    if (isPolicy && !known.includes(type))
      throw new EmulatorError(`${name}: the emulator does not know the policies of a ${type}`);
  }
  const roles = ofType(graph, "aws:iam/role:Role").flatMap((role) => {
    const arn = `${role.outputs["arn"]}`;
    const own = attached(graph, "aws:iam/rolePolicy:RolePolicy", "role", role.inputs["name"]);
    return [
      { name: trustOf(role.name), arn, statements: statementsIn(role, "assumeRolePolicy") },
      { name: `role ${role.name}`, arn, statements: own.flatMap((policy) => statementsIn(policy, "policy")) },
    ];
  });
  const queues = ofType(graph, "aws:sqs/queue:Queue").map(({ name, outputs }) => {
    const own = attached(graph, "aws:sqs/queuePolicy:QueuePolicy", "queueUrl", outputs["url"]);
    const statements = own.flatMap((policy) => statementsIn(policy, "policy"));
    return { name: `queue ${name}`, arn: `${outputs["arn"]}`, statements };
  });
  const others = Object.entries(places).flatMap(([type, { nameOf, document, arn }]) =>
    ofType(graph, type).map((resource) => ({
      name: nameOf(resource.name),
      arn: `${resource.outputs[arn]}`,
      statements: statementsIn(resource, document),
    })),
  );
  return [...roles, ...queues, ...others];
};

// Other resources with policies: the policy's name here, and the resource's fields that hold the document and the ARN.
const places: Record<string, { nameOf: (name: string) => string; document: string; arn: string }> = {
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {
    nameOf: (name) => `log ${name}`,
    document: "policyDocument",
    arn: "resourceArn",
  },
  "aws:iam/policy:Policy": { nameOf: (name) => name, document: "policy", arn: "arn" },
  "aws:kms/key:Key": { nameOf: (name) => `key ${name}`, document: "policy", arn: "arn" },
  "aws:sns/topicPolicy:TopicPolicy": { nameOf: (name) => `topic ${name}`, document: "policy", arn: "arn" },
};

const known = [
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:sqs/queuePolicy:QueuePolicy",
  ...Object.keys(places),
];

const attached = (graph: Graph, type: string, field: string, to: unknown): Resource[] =>
  ofType(graph, type).filter(({ inputs }) => inputs[field] === to);

const statementsIn = ({ name, inputs }: Resource, field: string): Statement[] =>
  readPolicy(inputs[field], `${field} of ${name}`);
