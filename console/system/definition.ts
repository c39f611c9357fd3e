import { validate } from "superstruct";
import { html } from "hono/html";
import { parseJson } from "../../emulator/graph/json.ts";
import { Definition } from "../../emulator/stepfunctions/definition.ts";
import { draw, type DrawnNode } from "../drawing/draw.ts";
import { transitionsOf } from "../drawing/transitions.ts";
import type { Markup } from "../html/text.ts";
import { drawnPart, matchesOf } from "./activity.ts";
import type { SystemState } from "./figures.ts";
import { linkedOnce } from "./linked-once.ts";
import type { Group } from "./overview.ts";
import type { Part, System } from "./parts.ts";

/** Draws the workflows of a definition one by one: bus, rules, state machines, and what these use. */
export const drawWorkflows = ({ name, rules, machines }: Group, { links }: System, state: SystemState): Markup => {
  const inside = new Set([...rules, ...machines]);
  const drawn = links.filter(({ from, to }) => inside.has(from) || inside.has(to));
  const parts = new Set([...inside, ...drawn.flatMap(({ from, to }) => [from, to])]);
  const isTaken = (...ends: Part[]) => ends.some((part) => part.kind === "rule" && matchesOf([part], state) > 0);
  const edges = drawn.map(({ from, to }) => ({ from: from.arn, to: to.arn, isTaken: isTaken(from, to) }));
  const all: DrawnNode = { id: "all", kind: "all of these", label: "state machines", tone: "plain" };
  return draw({
    title: `The workflows of ${name}`,
    direction: "LR",
    nodes: [...[...parts].map((part) => drawnPart(part, state)), ...(machines.length > 1 ? [all] : [])],
    edges: linkedOnce(edges, new Set(machines.map(({ arn }) => arn)), all.id),
  });
};

/** What the states of a state machine are for, and the ways between them. */
export const definitionSection = ({ name, resource }: Part): Markup | null => {
  const [, definition] = validate(parseJson(`${resource.inputs["definition"]}`), Definition);
  if (!definition) return null;
  const states = Object.entries(definition.States);
  const nodes = states.map(([label, { Type: kind }]) => ({ id: label, kind, label, tone: "plain" as const }));
  return html`
    <h3>States</h3>
    <p>${definition.Comment}</p>
    ${draw({ title: `The states of ${name}`, nodes, edges: transitionsOf(definition) })}
  `;
};
