import type { Graph } from "../../emulator/graph/graph.ts";
import { policiesOf, type Policy } from "../../emulator/iam/graph-policies.ts";
import { requiredWildcards, awsOnlyUses } from "./aws-only-uses.ts";
import { type Permission, permissionOf, rolePermissions, shortArn } from "./permission-rows.ts";

/** The page of permissions: who may do what, by all policies of a graph. */
export const permissionsPage = (graph: Graph): string => {
  const policies = policiesOf(graph).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const others = policies.filter(({ name }) => !/^(role|trust of) |^operator$/.test(name));
  return `${[
    "# What may do what",
    `The policies of \`${graph.stack}\`, written from the graph by \`npm run graph\`. ARNs are shown without their prefix. [security.md](security.md) says how tests hold the policies to least privilege.`,
    "## Roles",
    "Only these principals can assume a role, and it allows nothing else, except for what AWS accepts on all resources only (see the wildcards).",
    tableOf(["role", "assumed by", "condition", "allows"], ofKind(policies, "role ").map(roleRow(policies))),
    "## Queues and other resource policies",
    tableOf(["resource", "principal", "condition", "allows"], others.flatMap(resourceRows)),
    "## An operator",
    "The policy of the output `operatorPolicy` allows this, and the commands of `ops/` need no more.",
    tableOf(["action", "resource"], ofKind(policies, "operator").flatMap(operatorRows)),
    "## What only AWS uses",
    "The emulator uses all the rest. A test fails on a permission that neither the emulator nor this list uses, and on an entry of this list that no policy allows.",
    tableOf(["by", "action", "why the emulator does not use it"], awsOnly(graph)),
    "## Wildcards",
    "A test fails on any other wildcard.",
    tableOf(["policy", "actions", "wildcard", "why AWS accepts nothing narrower"], wildcards(graph)),
  ].join("\n\n")}\n`;
};

const roleRow =
  (policies: Policy[]) =>
  ({ name }: Policy): string[] => {
    const role = name.replace("role ", "");
    const { trust, permissions } = rolePermissions(role, policies);
    return [
      code(role),
      lines(trust.map(principalsOf)),
      lines(trust.flatMap(conditionsOf)),
      lines(permissions.map(({ actions, resources }) => `${codes(actions)} on ${codes(resources)}`)),
    ];
  };

const resourceRows = ({ name, statements }: Policy): string[][] =>
  statements.map(permissionOf).map((permission) => {
    const actions = codes(permission.actions);
    const may = permission.isAllowed ? actions : `never ${actions}`;
    return [name, principalsOf(permission), lines(conditionsOf(permission)), may];
  });

const operatorRows = ({ statements }: Policy): string[][] =>
  statements.map(permissionOf).map(({ actions, resources }) => [lines(actions.map(code)), lines(resources.map(code))]);

const awsOnly = (graph: Graph): string[][] =>
  grouped(
    awsOnlyUses(graph),
    ({ request, reason }) => [reason, request.resource].join(),
    ({ reason }, same) => {
      const by = unique(same.flatMap(({ policies }) => policies)).toSorted();
      const actions = unique(same.map(({ request }) => code(request.action)));
      return [by.join(", "), actions.join(", "), reason];
    },
  );

const wildcards = (graph: Graph): string[][] =>
  grouped(
    requiredWildcards(graph),
    ({ actions, text, reason }) => [...actions, text, reason].join(),
    ({ actions, text, reason }, same) => {
      const places = same.map(({ policy }) => policy).toSorted();
      return [places.join(", "), codes(actions), code(shortArn(text)), reason];
    },
  );

const grouped = <T>(all: T[], keyOf: (one: T) => string, rowOf: (first: T, same: T[]) => string[]): string[][] =>
  [...Map.groupBy(all, keyOf).values()]
    .flatMap((same) => same.slice(0, 1).map((first) => rowOf(first, same)))
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1));

const ofKind = (policies: Policy[], kind: string): Policy[] => policies.filter(({ name }) => name.startsWith(kind));

const principalsOf = ({ principals }: Permission): string => (principals[0] === "*" ? "everyone" : codes(principals));

const conditionsOf = ({ conditions }: Permission): string[] =>
  conditions.map(({ key, values }) => `${code(key)} is ${lines(values.map(code))}`);

const codes = (texts: readonly string[]): string => texts.map(code).join(", ");

const code = (text: string): string => `\`${text}\``;

const lines = (texts: string[]): string => texts.join("<br>");

const unique = (texts: string[]): string[] => [...new Set(texts)];

const tableOf = (columns: string[], rows: string[][]): string =>
  [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
