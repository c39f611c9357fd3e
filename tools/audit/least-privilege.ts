import {
  allows,
  conditionsOf,
  decide,
  likeArn,
  listOf,
  type Request,
  type Statement,
} from "../../emulator/iam/policy.ts";
import type { Use } from "../../emulator/iam/permissions.ts";
import type { Policy } from "../../emulator/iam/graph-policies.ts";

/** A wildcard that a policy needs because AWS accepts nothing narrower, and why. */
export interface Wildcard {
  /** The name of the policy. */
  policy: string;
  actions: readonly string[];
  text: string;
  reason: string;
}

/** What policies are checked against. */
export interface Needs {
  /** Every request that must be allowed. */
  uses: readonly Use[];
  wildcards: readonly Wildcard[];
}

/** Finds, in a sentence each, what these policies allow without need, and what is needed that they do not allow. */
export const findViolations = (policies: readonly Policy[], { uses, wildcards }: Needs): string[] => {
  const parts = policies.flatMap((policy) => policy.statements.flatMap((statement) => partsOf(policy.name, statement)));
  const asked = uses.map((use) => {
    const isOwn = ({ policy }: { policy: string }) => use.policies.includes(policy);
    const intended = wildcards.filter((one) => isOwn(one) && one.text.startsWith("arn:")).map(({ text }) => text);
    return { ...use, parts: parts.filter(isOwn), unauthorized: unauthorizedRequests(use.request, intended) };
  });
  return [
    ...asked.flatMap(missing),
    ...asked.flatMap(unauthorizedAccess),
    ...unneeded(parts, asked),
    ...parts.flatMap(({ policy, statement }) => undocumentedWildcards(policy, statement, wildcards)),
    ...wildcards.flatMap((wildcard) => staleWildcards(wildcard, parts)),
  ];
};

// The smallest statement: one entry of every list. A policy is the sum of its parts.
interface Part {
  policy: string;
  statement: Statement;
}

interface Asked extends Use {
  parts: Part[];
  /** The same request from elsewhere, which must be denied. */
  unauthorized: Request[];
}

const partsOf = (policy: string, { Sid: _, ...statement }: Statement): Part[] => {
  const { Principal, Resource } = statement;
  let smaller: Statement[] = listOf(statement.Action).map((Action) => ({ ...statement, Action }));
  if (Resource !== undefined) smaller = split(smaller, listOf(Resource), (one) => ({ Resource: one }));
  if (typeof Principal === "object") {
    const principals = Object.entries(Principal).flatMap(([kind, names]) => listOf(names).map((name) => [kind, name]));
    smaller = split(smaller, principals, ([kind = "", name = ""]) => ({ Principal: { [kind]: name } }));
  }
  for (const { operator, key, values } of conditionsOf(statement)) {
    smaller = split(smaller, values, (value, { Condition = {} }) => {
      const keys: object = Object(Condition)[operator];
      return { Condition: { ...Condition, [operator]: { ...keys, [key]: value } } };
    });
  }
  return smaller.map((one) => ({ policy, statement: one }));
};

const split = <T>(
  statements: Statement[],
  values: T[],
  fieldOf: (value: T, statement: Statement) => Partial<Statement>,
): Statement[] =>
  statements.flatMap((statement) => values.map((value) => ({ ...statement, ...fieldOf(value, statement) })));

const missing = ({ parts, policies, request }: Asked): string[] =>
  allows(statementsOf(parts), request) ? [] : [`${nameOf(policies)}: ${textOf(request)} is used, and not allowed`];

const unauthorizedAccess = ({ parts, policies, unauthorized }: Asked): string[] =>
  unauthorized
    .filter((request) => allows(statementsOf(parts), request))
    .map((request) => `${nameOf(policies)}: ${textOf(request)} is allowed, and must be denied`);

// The same request from elsewhere: another service, on behalf of another account or resource, or without TLS.
const unauthorizedRequests = ({ principal, context = {}, ...rest }: Request, intended: string[]): Request[] => [
  ...(principal === undefined ? [] : [{ ...rest, context, principal: "other.amazonaws.com" }]),
  ...Object.entries(context).flatMap(([key, value]) =>
    othersThan(key, value)
      // A documented wildcard allows every resource of its kind.
      .filter((other) => !intended.some((pattern) => likeArn(pattern, other)))
      .map((other) => ({
        ...rest,
        ...(principal !== undefined && { principal }),
        context: { ...context, [key]: other },
      })),
  ),
];

const othersThan = (key: string, value: string): string[] => {
  if (key === "aws:SecureTransport") return ["false"];
  if (key === "aws:SourceArn") return [value.replace(/:\d{12}:/, ":999999999999:"), `${value}-other`];
  return ["999999999999"];
};

// An Allow is needed if no other part allows the request; a Deny, if the request would be allowed without it.
const unneeded = (parts: Part[], asked: Asked[]): string[] => {
  const needed = new Set<Part | undefined>();
  for (const { parts: own, request, unauthorized } of asked) {
    const [allowing, ...others] = own.filter(({ statement }) => allows([statement], request));
    if (others.length === 0) needed.add(allowing);
    for (const denied of unauthorized) {
      const denying = own.filter(({ statement }) => decide([statement], denied) === "denied");
      if (own.some(({ statement }) => allows([statement], denied)) && denying.length === 1) needed.add(denying[0]);
    }
  }
  return parts
    .filter((part) => !needed.has(part))
    .map(({ policy, statement }) => `${policy}: no use needs ${JSON.stringify(statement)}`);
};

const undocumentedWildcards = (policy: string, statement: Statement, wildcards: readonly Wildcard[]): string[] =>
  wildcardsOf(statement)
    .filter((text) => !wildcards.some((known) => isOf(known, { policy, statement }) && known.text === text))
    .map((text) => `${policy}: ${statement.Action} with the undocumented wildcard ${text}`);

const staleWildcards = (wildcard: Wildcard, parts: Part[]): string[] =>
  parts.some((part) => isOf(wildcard, part) && wildcardsOf(part.statement).includes(wildcard.text))
    ? []
    : [`${wildcard.policy}: the documented wildcard ${wildcard.text} is stale`];

const isOf = ({ policy, actions }: Wildcard, part: Part): boolean =>
  policy === part.policy && listOf(part.statement.Action).every((action) => actions.includes(action));

// A Deny may use any wildcard.
const wildcardsOf = (statement: Statement): string[] => {
  const { Effect, Action, Resource, Principal } = statement;
  if (Effect === "Deny") return [];
  const principals = typeof Principal === "object" ? Object.values(Principal).flatMap(listOf) : listOf(Principal);
  const values = conditionsOf(statement).flatMap((condition) => condition.values);
  return [...listOf(Action), ...listOf(Resource), ...principals, ...values].filter((text) => /[*?]/.test(text));
};

const statementsOf = (parts: Part[]): Statement[] => parts.map(({ statement }) => statement);

const nameOf = (policies: string[]): string => policies.join(" and ");

const textOf = ({ action, resource, principal, context = {} }: Request): string => {
  const circumstances = Object.entries(context).map(([key, value]) => `${key} ${value}`);
  return [`${action} on ${resource}`, principal && `by ${principal}`, ...circumstances].filter(Boolean).join(", ");
};
