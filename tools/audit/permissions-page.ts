import type { Graph } from "../../emulator/graph/graph.ts";
import { conditionsOf, listOf, type Statement } from "../../emulator/iam/policy.ts";
import { policiesOf, type Policy, trustOf } from "../../emulator/iam/graph-policies.ts";
import { demandedWildcards, unseenUses } from "./aws-only-uses.ts";

/** The page that says who may do what, by all policies of a graph. */
export const permissionsPage = (graph: Graph): string => {
  const policies = policiesOf(graph).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const others = policies.filter(({ name }) => !/^(role|trust of) |^operator$/.test(name));
  return `${[
    "# What may do what",
    `The policies of \`${graph.stack}\`, written from the graph by \`npm run graph\`. The beginnings of ARNs are left out. [security.md](security.md) says how it is made sure that this is exactly what is needed.`,
    "## Roles",
    "Nobody else takes a role on, and it may do nothing else, but for what AWS demands under all resources (see the wildcards).",
    tableOf(["role", "is taken on by", "where", "may do"], ofKind(policies, "role ").map(roleRow(policies))),
    "## Queues, and what else has a policy of its own",
    tableOf(["of", "who", "where", "may do"], others.flatMap(resourceRows)),
    "## An operator",
    "Whoever has the policy of the output `operatorPolicy` may do this, and the commands of `ops/` need no more.",
    tableOf(["may do", "on"], ofKind(policies, "operator").flatMap(operatorRows)),
    "## What only AWS uses",
    "The runner uses all the rest. A test fails on what neither it nor this list does, and on what is in this list and in no policy.",
    tableOf(["by", "what", "why the runner does not"], unseen(graph)),
    "## Wildcards",
    "A test fails on any other.",
    tableOf(["in", "of", "wildcard", "why AWS leaves no other way"], wildcards(graph)),
  ].join("\n\n")}\n`;
};

const roleRow =
  (policies: Policy[]) =>
  ({ name, statements }: Policy): string[] => {
    const role = name.replace("role ", "");
    const trust = ofKind(policies, trustOf(role)).find((one) => one.name === trustOf(role))?.statements ?? [];
    return [
      code(role),
      lines(trust.map(principalsOf)),
      lines(trust.flatMap(conditions)),
      lines(statements.filter(({ Resource }) => Resource !== "*").map(allowed)),
    ];
  };

const resourceRows = ({ name, statements }: Policy): string[][] =>
  statements.map((statement) => {
    const actions = listOf(statement.Action).map(code).join(", ");
    const may = statement.Effect === "Allow" ? actions : `never ${actions}`;
    return [name, principalsOf(statement), lines(conditions(statement)), may];
  });

const operatorRows = ({ statements }: Policy): string[][] =>
  statements.map(({ Action, Resource }) => [lines(listOf(Action).map(code)), lines(listOf(Resource).map(short))]);

const unseen = (graph: Graph): string[][] =>
  grouped(
    unseenUses(graph),
    ({ request, reason }) => [reason, request.resource].join(),
    ({ reason }, same) => {
      const by = unique(same.flatMap(({ policies }) => policies)).toSorted();
      const actions = unique(same.map(({ request }) => code(request.action)));
      return [by.join(", "), actions.join(", "), reason];
    },
  );

const wildcards = (graph: Graph): string[][] =>
  grouped(
    demandedWildcards(graph),
    ({ actions, text, reason }) => [...actions, text, reason].join(),
    ({ actions, text, reason }, same) => {
      const places = same.map(({ policy }) => policy).toSorted();
      return [places.join(", "), actions.map(code).join(", "), short(text), reason];
    },
  );

const grouped = <T>(all: T[], keyOf: (one: T) => string, rowOf: (first: T, same: T[]) => string[]): string[][] =>
  [...Map.groupBy(all, keyOf).values()]
    .flatMap((same) => same.slice(0, 1).map((first) => rowOf(first, same)))
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1));

const ofKind = (policies: Policy[], kind: string): Policy[] => policies.filter(({ name }) => name.startsWith(kind));

const allowed = ({ Action, Resource }: Statement): string =>
  `${listOf(Action).map(code).join(", ")} on ${listOf(Resource).map(short).join(", ")}`;

const principalsOf = ({ Principal }: Statement): string => {
  if (typeof Principal !== "object") return "everybody";
  return Object.values(Principal).flatMap(listOf).map(short).join(", ");
};

const conditions = (statement: Statement): string[] =>
  conditionsOf(statement).map(({ key, values }) => `${code(key)} is ${lines(values.map(short))}`);

const short = (arn: string): string => code(arn.replace(/^arn:aws:\w+:[\w-]*:\d*:/, ""));

const code = (text: string): string => `\`${text}\``;

const lines = (texts: string[]): string => texts.join("<br>");

const unique = (texts: string[]): string[] => [...new Set(texts)];

const tableOf = (columns: string[], rows: string[][]): string =>
  [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
