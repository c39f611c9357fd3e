import { validate } from "superstruct";
import { html } from "hono/html";
import { parseJson } from "../../emulator/graph/json.ts";
import { Definition } from "../../emulator/stepfunctions/definition.ts";
import { draw, type DrawnNode } from "../drawing/draw.ts";
import { transitionsOf } from "../drawing/transitions.ts";
import type { Markup } from "../html/text.ts";
import { activityOf, drawnPart } from "./activity.ts";
import type { SystemState } from "./figures.ts";
import { linkedOnce } from "./linked-once.ts";
import type { Group } from "./overview.ts";
import type { Part, System } from "./parts.ts";

/** Draws the workflows of a definition one by one: bus, rules, state machines, and what these use. */
export const drawWorkflows = ({ name, rules, machines }: Group, { links }: System, state: SystemState): Markup => {
  const inside = new Set([...rules, ...machines]);
  const drawn = links.filter(({ from, to }) => inside.has(from) || inside.has(to));
  const parts = new Set([...inside, ...drawn.flatMap(({ from, to }) => [from, to])]);
  const edges = drawn.map(({ from, to }) => ({
    from: from.arn,
    to: to.arn,
    isTaken: matches(to, state) || matches(from, state),
  }));
  const all: DrawnNode = { id: "all", kind: "all of these", label: "state machines", tone: "plain" };
  return draw({
    title: `The workflows of ${name}`,
    direction: "LR",
    nodes: [...[...parts].map((part) => drawnPart(part, state)), ...(machines.length > 1 ? [all] : [])],
    edges: linkedOnce(edges, new Set(machines.map(({ arn }) => arn)), all.id),
  });
};

const matches = (part: Part, state: SystemState): boolean =>
  part.kind === "rule" && (activityOf([part], state)?.count ?? 0) > 0;

/** What the states of a state machine are for, and the ways between them. */
export const definitionSection = ({ name, resource }: Part): Markup | string => {
  const [, definition] = validate(parseJson(`${resource.inputs["definition"]}`), Definition);
  if (!definition) return "";
  const nodes = Object.entries(definition.States).map(([label, { Type }]) => ({
    id: label,
    kind: Type,
    label,
    tone: "plain" as const,
  }));
  return html`
    <h3>States</h3>
    <p>${definition.Comment}</p>
    ${draw({ title: `The states of ${name}`, nodes, edges: transitionsOf(definition) })}
  `;
};
