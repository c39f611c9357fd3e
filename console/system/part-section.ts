import { html } from "hono/html";
import { isObject, parseJson } from "../../emulator/graph/json.ts";
import type { Graph } from "../../emulator/graph/graph.ts";
import { policiesOf } from "../../emulator/iam/graph-policies.ts";
import { type Permission, permissionOf, rolePermissions } from "../../tools/audit/permission-rows.ts";
import { definitions } from "../html/definitions.ts";
import { foldedJson } from "../html/folded.ts";
import { table } from "../html/table.ts";
import { badge, inAddress, type Markup } from "../html/text.ts";
import { activityOf } from "./activity.ts";
import { definitionSection } from "./definition.ts";
import type { SystemState } from "./figures.ts";
import type { Part, System } from "./parts.ts";

/** What a part is, did in the last hour, is linked with and may do. */
export const partSection = (part: Part, { links }: System, graph: Graph, state: SystemState): Markup => {
  const { kind, resource } = part;
  const { inputs } = resource;
  const activity = activityOf([part], state);
  const variables = Object(inputs["environment"]).variables;
  return html`<section>
    <h2>${kind[0]?.toUpperCase()}${kind.slice(1)}</h2>
    ${definitions([
      ["Name", `${inputs["name"]}`],
      ["ARN", part.arn],
      ["Description", textOf(inputs["description"])],
      ["In the last hour", kind === "queue" || !activity ? null : badge(activity.text, activity.tone)],
      ["Now", kind === "queue" && activity ? badge(activity.text, activity.tone) : null],
      ["Messages", kind === "queue" ? html`<a href="/dead-letters">Dead letters</a>` : null],
      ["Log group", logGroupOf(part, graph)],
      ["Used by", linksTo(links.flatMap(({ from, to }) => (to === part ? [from] : [])))],
      ["Uses", linksTo(links.flatMap(({ from, to }) => (from === part ? [to] : [])))],
    ])}
    ${
      isObject(variables)
        ? html`<h3>Environment</h3>
            ${definitions(Object.entries(variables).map(([name, value]) => [name, `${value}`]))}`
        : ""
    }
    ${
      inputs["eventPattern"] === undefined
        ? ""
        : html`<h3>Pattern</h3>
            <pre tabindex="0" role="region" aria-label="Pattern">${prettyOf(inputs["eventPattern"])}</pre>`
    }
    ${kind === "state machine" ? definitionSection(part) : ""} ${permissionsSection(part, graph)}
  </section>`;
};

/** The resources of a name, with their inputs folded. */
export const resourcesSection = (name: string, { resources }: Graph): Markup => html`
  <section>
    <h2>Resources</h2>
    ${resources.filter((resource) => resource.name === name).map(({ type, inputs }) => foldedJson(type, readable(inputs)))}
  </section>
`;

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

const prettyOf = (json: unknown): string => JSON.stringify(parseJson(`${json}`), null, 2);

// A Lambda's code is a megabyte; JSON within text can be opened.
const readable = (inputs: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      if (name === "code") return [name, "…"];
      return [name, typeof value === "string" && /^[[{]/.test(value) ? (parseJson(value) ?? value) : value];
    }),
  );

const logGroupOf = ({ name, kind }: Part, { outputs }: Graph): string | null =>
  kind === "Lambda" || kind === "state machine" ? textOf(Object(outputs["logGroups"])[name]) : null;

const linksTo = (parts: Part[]): Markup | null =>
  parts.length === 0
    ? null
    : html`<ul class="results">
        ${parts.map(({ name, kind }) => html`<li>${kind} <a href="/system/${inAddress(name)}">${name}</a></li>`)}
      </ul>`;

const permissionsSection = ({ kind, roleArn, arn }: Part, graph: Graph): Markup | string => {
  const policies = policiesOf(graph);
  const role = policies.find((policy) => policy.arn === roleArn && policy.name.startsWith("role "));
  const own = role ? rolePermissions(role.name.replace("role ", ""), policies).permissions : [];
  const onIt = policies.flatMap((policy) => (policy.arn === arn ? policy.statements.map(permissionOf) : []));
  return html`
    ${
      own.length === 0
        ? ""
        : html`<h3>What it may do</h3>
            ${table(
              `What the ${kind} may do`,
              ["Actions", "On"],
              own.map((one) => [actionsOf(one), one.resources.join(", ")]),
            )}`
    }
    ${
      onIt.length === 0
        ? ""
        : html`<h3>Its own policy</h3>
            ${table(
              `The policy of the ${kind}`,
              ["By", "Actions", "Condition"],
              onIt.map((one) => [one.principals.join(", "), actionsOf(one), conditionsOf(one)]),
            )}`
    }
  `;
};

const actionsOf = ({ isAllowed, actions }: Permission): string => `${isAllowed ? "" : "never "}${actions.join(", ")}`;

const conditionsOf = ({ conditions }: Permission): string =>
  conditions.map(({ key, values }) => `${key} is ${values.join(" or ")}`).join("; ") || "–";
