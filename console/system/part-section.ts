import { html } from "hono/html";
import { isObject, parseJson } from "../../emulator/graph/json.ts";
import type { Graph } from "../../emulator/graph/graph.ts";
import { policiesOf } from "../../emulator/iam/graph-policies.ts";
import { type Permission, permissionOf, rolePermissions } from "../../tools/audit/permission-rows.ts";
import { definitions, list, section, table, textBlock } from "../html/parts.ts";
import { badge, inAddress, type Markup } from "../html/text.ts";
import { activityOf } from "./activity.ts";
import { definitionSection } from "./drawings.ts";
import type { SystemState } from "./figures.ts";
import type { Part, System } from "./parts.ts";

/** What a part is, did in the last hour, is linked with and may do. */
export const partSection = (part: Part, { links }: System, graph: Graph, state: SystemState): Markup => {
  const { kind, name, arn } = part;
  const { inputs } = part.resource;
  const activity = activityOf([part], state);
  const variables = Object(inputs["environment"]).variables;
  const pattern = textOf(inputs["eventPattern"]);
  const isLogged = kind === "Lambda" || kind === "state machine";
  return section(
    kind.replace(" ", "-"),
    `${kind[0]?.toUpperCase()}${kind.slice(1)}`,
    definitions([
      ["Name", `${inputs["name"]}`],
      ["ARN", arn],
      ["Description", textOf(inputs["description"])],
      [kind === "queue" ? "Now" : "In the last hour", activity && badge(activity.text, activity.tone)],
      ["Messages", kind === "queue" ? html`<a href="/dead-letters">Dead letters</a>` : null],
      ["Log group", isLogged ? textOf(Object(graph.outputs["logGroups"])[name]) : null],
      ["Used by", linksTo(links.flatMap(({ from, to }) => (to === part ? [from] : [])))],
      ["Uses", linksTo(links.flatMap(({ from, to }) => (from === part ? [to] : [])))],
    ]),
    isObject(variables) && [
      html`<h3>Environment</h3>`,
      definitions(Object.entries(variables).map(([key, value]) => [key, `${value}`])),
    ],
    pattern !== null && [html`<h3>Pattern</h3>`, textBlock("Pattern", JSON.stringify(parseJson(pattern), null, 2))],
    kind === "state machine" && definitionSection(part),
    permissionsParts(part, graph),
  );
};

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

const linksTo = (parts: Part[]): Markup | null =>
  list(parts.map(({ name, kind }) => html`${kind} <a href="/system/${inAddress(name)}">${name}</a>`));

const permissionsParts = ({ kind, roleArn, arn }: Part, graph: Graph): (Markup | null)[] => {
  const policies = policiesOf(graph);
  const role = policies.find((policy) => policy.arn === roleArn && policy.name.startsWith("role "));
  const own = role ? rolePermissions(role.name.replace("role ", ""), policies).permissions : [];
  const onIt = policies.flatMap((policy) => (policy.arn === arn ? policy.statements.map(permissionOf) : []));
  const may = own.map((one) => [actionsOf(one), one.resources.join(", ")]);
  const policy = onIt.map((one) => [one.principals.join(", "), actionsOf(one), conditionsOf(one)]);
  return [
    own.length > 0 ? html`<h3>What it may do</h3>` : null,
    table(`What the ${kind} may do`, ["Actions", "On"], may),
    onIt.length > 0 ? html`<h3>Its own policy</h3>` : null,
    table(`The policy of the ${kind}`, ["By", "Actions", "Condition"], policy),
  ];
};

const actionsOf = ({ isAllowed, actions }: Permission): string => `${isAllowed ? "" : "never "}${actions.join(", ")}`;

const conditionsOf = ({ conditions }: Permission): string =>
  conditions.map(({ key, values }) => `${key} is ${values.join(" or ")}`).join("; ") || "–";
