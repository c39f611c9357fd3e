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

/** A wildcard that stands in a policy because AWS leaves no other way, and why. */
export interface Wildcard {
  /** The name of the policy. */
  policy: string;
  actions: readonly string[];
  text: string;
  reason: string;
}

/** What policies are held against. */
export interface Needs {
  /** All that must be allowed. */
  uses: readonly Use[];
  wildcards: readonly Wildcard[];
}

/** Says, in a sentence each, what these policies allow that nobody needs, and what somebody needs that they do not allow. */
export const excessOf = (policies: readonly Policy[], { uses, wildcards }: Needs): string[] => {
  const parts = policies.flatMap((policy) => policy.statements.flatMap((statement) => partsOf(policy.name, statement)));
  const asked = uses.map((use) => {
    const isOwn = ({ policy }: { policy: string }) => use.policies.includes(policy);
    const meant = wildcards.filter((one) => isOwn(one) && one.text.startsWith("arn:")).map(({ text }) => text);
    return { ...use, parts: parts.filter(isOwn), intruders: intrudersOn(use.request, meant) };
  });
  return [
    ...asked.flatMap(missing),
    ...asked.flatMap(letIn),
    ...unneeded(parts, asked),
    ...parts.flatMap(({ policy, statement }) => unlisted(policy, statement, wildcards)),
    ...wildcards.flatMap((wildcard) => vanished(wildcard, parts)),
  ];
};

// A statement as small as it can be: of every list in it one entry. A policy is all of its parts, and nothing more.
interface Part {
  policy: string;
  statement: Statement;
}

interface Asked extends Use {
  parts: Part[];
  /** Who must not be allowed the same. */
  intruders: Request[];
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

const letIn = ({ parts, policies, intruders }: Asked): string[] =>
  intruders
    .filter((intruder) => allows(statementsOf(parts), intruder))
    .map((intruder) => `${nameOf(policies)}: ${textOf(intruder)} is allowed, which nobody may do`);

// The same from elsewhere: another service, on behalf of another account or thing, or without TLS.
const intrudersOn = ({ principal, context = {}, ...rest }: Request, meant: string[]): Request[] => [
  ...(principal === undefined ? [] : [{ ...rest, context, principal: "other.amazonaws.com" }]),
  ...Object.entries(context).flatMap(([key, value]) =>
    othersThan(key, value)
      // A wildcard may let in whatever there is of a kind.
      .filter((other) => !meant.some((pattern) => likeArn(pattern, other)))
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

// What is allowed is needed if nothing else allows it; what is denied, if it would be allowed otherwise.
const unneeded = (parts: Part[], asked: Asked[]): string[] => {
  const needed = new Set<Part | undefined>();
  for (const { parts: own, request, intruders } of asked) {
    const [allowing, ...others] = own.filter(({ statement }) => allows([statement], request));
    if (others.length === 0) needed.add(allowing);
    for (const intruder of intruders) {
      const denying = own.filter(({ statement }) => decide([statement], intruder) === "denied");
      if (own.some(({ statement }) => allows([statement], intruder)) && denying.length === 1) needed.add(denying[0]);
    }
  }
  return parts
    .filter((part) => !needed.has(part))
    .map(({ policy, statement }) => `${policy}: nobody needs ${JSON.stringify(statement)}`);
};

const unlisted = (policy: string, statement: Statement, wildcards: readonly Wildcard[]): string[] =>
  wildcardsOf(statement)
    .filter((text) => !wildcards.some((known) => isOf(known, { policy, statement }) && known.text === text))
    .map((text) => `${policy}: ${statement.Action} with the wildcard ${text}, which is in no list`);

const vanished = (wildcard: Wildcard, parts: Part[]): string[] =>
  parts.some((part) => isOf(wildcard, part) && wildcardsOf(part.statement).includes(wildcard.text))
    ? []
    : [`${wildcard.policy}: there is no wildcard ${wildcard.text} any more`];

const isOf = ({ policy, actions }: Wildcard, part: Part): boolean =>
  policy === part.policy && listOf(part.statement.Action).every((action) => actions.includes(action));

// A denial may be as wide as it likes.
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
