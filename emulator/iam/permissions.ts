import type { Graph } from "../graph/graph.ts";
import { decide, type Request, type Statement } from "./policy.ts";
import { notAuthorized, sessionOf } from "./access-denied.ts";
import { policiesOf, type Policy, trustOf } from "./graph-policies.ts";

/** A request, and the policies that decided it: one must allow it, and none may deny it. */
export interface Use {
  policies: string[];
  request: Request;
}

/** The service that assumes a role, and on whose behalf. */
export interface Assuming {
  /** Such as `lambda.amazonaws.com`. */
  service: string;
  /** The condition keys that the service sets, such as `aws:SourceArn`. */
  context?: Record<string, string>;
  /** The name of the session, which AWS's messages contain. */
  session: string;
}

/** Why a request is refused. */
export interface Refusal {
  /** Whether the role's trust policy is the reason. */
  isTrust: boolean;
  /** As AWS says it. */
  message: string;
}

/** The policies of a graph, and a record of every request that they decided. */
export interface Permissions {
  /** The statements of a role, by its ARN. */
  statementsOf(roleArn: string): readonly Statement[];
  /** Why a service with this role may not make the request; null if it may. */
  roleRefusal(roleArn: string, by: Assuming, request: Request): Refusal | null;
  /** Why a service without a role may not make the request by the resource's policy; null if it may. */
  serviceRefusal(request: Request & { principal: string }): Refusal | null;
  /** The operator, as AWS's messages name them, and their statements. */
  operator: { who: string; statements: readonly Statement[] };
  /** Why the operator may not make the request; null if they may. */
  operatorRefusal(request: Request): Refusal | null;
  /** Records a request that another process has decided by a role's statements. */
  record(roleArn: string, request: Request): void;
  /** All requests so far, each once. */
  uses(): Use[];
}

/** Reads all policies of a graph, of which the one of this name is the operator's; refuses one that the emulator does not evaluate exactly as IAM does. */
export const permissionsOf = (graph: Graph, operatorPolicy: string): Permissions => {
  const policies = policiesOf(graph);
  const operators = policies.filter(({ name }) => name === operatorPolicy);
  const operator = { who: `arn:aws:iam::${graph.account}:user/operator`, statements: statementsOf(operators) };
  const used = new Map<string, Use>();
  const find = (kind: string, arn: string): Policy[] =>
    policies.filter((policy) => policy.arn === arn && policy.name.startsWith(kind));

  const record = (asked: readonly Policy[], request: Request): void => {
    const use = { policies: asked.map(({ name }) => name), request };
    used.set(JSON.stringify(use), use);
  };

  const ask = (who: string, asked: readonly Policy[], request: Request): Refusal | null => {
    record(asked, request);
    const decision = decide(statementsOf(asked), request);
    if (decision === "allowed") return null;
    const culprit = asked.find(({ statements }) => decide(statements, request) === decision);
    const kind = culprit?.name.startsWith("queue") ? "resource" : "identity";
    return { isTrust: false, message: notAuthorized(who, request, kind, decision === "denied") };
  };

  return {
    statementsOf: (roleArn) => statementsOf(find("role ", roleArn)),
    roleRefusal: remembered((roleArn, { service, session, context }, request) => {
      const trust = find(trustOf(""), roleArn);
      const assume = { action: "sts:AssumeRole", resource: roleArn, principal: service, ...(context && { context }) };
      record(trust, assume);
      if (decide(statementsOf(trust), assume) !== "allowed") {
        const message = `The role ${roleArn} cannot be assumed by the service principal ${service}`;
        return { isTrust: true, message };
      }
      const asked = [...find("role ", roleArn), ...find("queue ", request.resource)];
      return ask(sessionOf(roleArn, session), asked, request);
    }),
    serviceRefusal: remembered((request) => ask(request.principal, find("queue ", request.resource), request)),
    operator,
    operatorRefusal: remembered((request) =>
      ask(operator.who, [...operators, ...find("queue ", request.resource)], request),
    ),
    record: (roleArn, request) => record(find("role ", roleArn), request),
    uses: () => [...used.values()],
  };
};

const statementsOf = (policies: readonly Policy[]): Statement[] => policies.flatMap(({ statements }) => statements);

// Policies do not change during a run, so the same request has the same answer, and every event makes the same ones.
const remembered = <A extends unknown[], R>(ask: (...asked: A) => R): ((...asked: A) => R) => {
  const answers = new Map<string, R>();
  return (...asked) => {
    const key = JSON.stringify(asked);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(...asked);
    answers.set(key, answer);
    return answer;
  };
};
