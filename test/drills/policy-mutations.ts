import { type Condition, conditionsOf, listOf, type Statement } from "../../emulator/iam/policy.ts";
import type { Policy } from "../../emulator/iam/graph-policies.ts";

/** Policies of which one is changed in one place. */
export interface Mutation {
  what: string;
  policies: Policy[];
}

/** Every statement taken away, doubled and turned round, every entry of every list taken away, and something added everywhere. */
export const mutationsOf = (policies: readonly Policy[]): Mutation[] =>
  policies.flatMap((policy) => {
    const changed = (what: string, statements: Statement[]): Mutation => ({
      what: `${policy.name}: ${what}`,
      policies: policies.map((one) => (one === policy ? { ...one, statements } : one)),
    });
    const [first] = policy.statements;
    const foreign = first && { ...first, Effect: "Allow" as const, Action: otherActionThan(first) };
    return [
      ...policy.statements.flatMap((statement, index) => {
        const name = `${statement.Effect} ${listOf(statement.Action)[0]}`;
        return changesOf(statement).map(([what, others]) =>
          changed(`${name}, ${what}`, policy.statements.toSpliced(index, 1, ...others)),
        );
      }),
      ...(foreign
        ? [changed(`one more statement, ${JSON.stringify(foreign.Action)}`, [...policy.statements, foreign])]
        : []),
    ];
  });

type Change = [what: string, instead: Statement[]];

const changesOf = (statement: Statement): Change[] => [
  ["gone", []],
  ["twice", [statement, statement]],
  ["turned round", [{ ...statement, Effect: statement.Effect === "Allow" ? "Deny" : "Allow" }]],
  ...shorter(statement.Action).map(([gone, Action]): Change => [`without ${gone}`, [{ ...statement, Action }]]),
  ...shorter(statement.Resource).map(([gone, Resource]): Change => [`without ${gone}`, [{ ...statement, Resource }]]),
  ...conditionsOf(statement).flatMap((condition) => conditionChanges(statement, condition)),
  ...(statement.Effect === "Allow" ? additions(statement) : [narrowed(statement)]),
];

const narrowed = (statement: Statement): Change => [
  "for sqs:SendMessage alone",
  [{ ...statement, Action: "sqs:SendMessage" }],
];

const additions = (statement: Statement): Change[] => {
  const { Action, Resource, Principal } = statement;
  const [action = ""] = listOf(Action);
  const other = otherActionThan(statement);
  const changes: [string, Partial<Statement>][] = [[`with ${other}`, { Action: [...listOf(Action), other] }]];
  const every = `${action.split(":")[0]}:*`;
  if (action !== every) changes.push(["with all actions of the service", { Action: every }]);
  if (Resource !== undefined) {
    const one = listOf(Resource)[0] ?? "";
    changes.push(["with one more resource", { Resource: [...listOf(Resource), `${one}-other`] }]);
    if (one !== "*") changes.push(["on all resources", { Resource: "*" }]);
  }
  if (Principal !== undefined) {
    changes.push(["by everybody", { Principal: "*" }]);
    const services = typeof Principal === "object" ? listOf(Principal["Service"]) : [];
    changes.push(["by another service", { Principal: { Service: [...services, "ec2.amazonaws.com"] } }]);
  }
  return changes.map(([what, fields]) => [what, [{ ...statement, ...fields }]]);
};

const conditionChanges = (statement: Statement, { operator, key, values }: Condition): Change[] => {
  const { [key]: _, ...others }: Record<string, string[]> = Object(statement.Condition)[operator];
  const having = (keys: Record<string, string[]>): Statement[] => [
    { ...statement, Condition: { ...statement.Condition, [operator]: keys } },
  ];
  const more = having({ ...others, [key]: [...values, "999999999999"] });
  return [
    [`without ${key}`, having(others)],
    ...(statement.Effect === "Allow" ? [[`with one more ${key}`, more] satisfies Change] : []),
    ...shorter(values).map(([gone, rest]): Change => [`without ${key} ${gone}`, having({ ...others, [key]: rest })]),
  ];
};

// A list without each of its entries in turn, if it has several.
const shorter = (texts: string | string[] | undefined): [gone: string, rest: string[]][] => {
  const list = listOf(texts);
  return list.length < 2 ? [] : list.map((gone, index) => [gone, list.toSpliced(index, 1)]);
};

const otherActionThan = ({ Action }: Statement): string => `${listOf(Action)[0]?.split(":")[0]}:TagResource`;
