import { validate } from "superstruct";
import { html } from "hono/html";
import { parseJson } from "../../emulator/graph/json.ts";
import { Definition } from "../../emulator/stepfunctions/definition.ts";
import { workflows } from "../../infra/workflows.ts";
import { counted } from "../../ops/terminal/counted.ts";
import { draw, type DrawnEdge, type DrawnNode } from "../drawing/draw.ts";
import { transitionsOf } from "../drawing/transitions.ts";
import type { Markup } from "../html/text.ts";
import { activityOf, drawnPart, matchesOf } from "./activity.ts";
import type { SystemState } from "./figures.ts";
import type { Link, Part, System } from "./parts.ts";

/** The state machines of one definition, with their rules. */
export interface Group {
  /** The name of the definition. */
  name: string;
  machines: Part[];
  rules: Part[];
}

/** The groups of a system's state machines. */
export const groupsOf = ({ parts, links }: System): Group[] => {
  const machines = parts.filter(({ kind }) => kind === "state machine");
  const definitionOf = ({ name }: Part) => workflows.find((workflow) => workflow.name === name)?.definition ?? name;
  return [...Map.groupBy(machines, definitionOf)].map(([name, all]) => ({
    name,
    machines: all,
    rules: links.flatMap(({ from, to }) => (from.kind === "rule" && all.includes(to) ? [from] : [])),
  }));
};

/** Draws a system at one glance: a box for each definition, with its rules and state machines, and what most of them use linked once. */
export const drawOverview = (system: System, state: SystemState): Markup => {
  const groups = groupsOf(system);
  const groupOf = new Map(groups.flatMap((group) => [...group.machines, ...group.rules].map((part) => [part, group])));
  const forwarding = forwardingOf(system);
  const idOf = (part: Part): string => {
    const group = groupOf.get(part);
    return group ? idOfGroup(group) : (forwarding.get(part) ?? part).arn;
  };
  const rulesOf = ({ from, to }: Link): Part[] => {
    if (from.kind === "bus") return groupOf.get(to)?.rules ?? [];
    return to.kind === "bus" && from.kind === "rule" ? [from] : [];
  };
  const edges = new Map<string, DrawnEdge>();
  for (const link of system.links) {
    const [from, to, count] = [idOf(link.from), idOf(link.to), matchesOf(rulesOf(link), state)];
    if (from !== to) edges.set(`${from} ${to}`, { from, to, label: count > 0 ? `${count}` : "", isTaken: count > 0 });
  }
  const others = system.parts.filter((part) => !groupOf.has(part) && !forwarding.has(part));
  const most: DrawnNode = { id: "most", kind: "most of the", label: "state machines", tone: "plain" };
  return draw({
    title: "The system, from the buses to the tables",
    direction: "LR",
    nodes: [...groups.map((group) => drawnGroup(group, state)), ...others.map((part) => drawnPart(part, state)), most],
    edges: linkedOnce([...edges.values()], new Set(groups.map(idOfGroup)), most.id),
  });
};

// Rules that hand events on to another bus, with the bus that they are on: one box.
const forwardingOf = ({ links }: System): Map<Part, Part> => {
  const forwards = new Set(links.flatMap(({ from, to }) => (from.kind === "rule" && to.kind === "bus" ? [from] : [])));
  return new Map(links.flatMap(({ from, to }) => (forwards.has(to) ? [[to, from]] : [])));
};

const idOfGroup = ({ name }: Group): string => `definition ${name}`;

const drawnGroup = (group: Group, state: SystemState): DrawnNode => {
  const { name, machines, rules } = group;
  const { text, tone } = activityOf(machines, state) ?? {};
  const kind = rules.length > 0 ? counted(rules.length, "workflow") : "state machine";
  return { id: idOfGroup(group), kind, label: name, note: text, tone, href: `/system/definitions/${name}` };
};

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

// Replaces the edges to what more than half of several boxes use by one from a box that stands for them: so many would hide all others.
const linkedOnce = (edges: readonly DrawnEdge[], users: ReadonlySet<string>, all: string): DrawnEdge[] => {
  const countOf = (id: string) => edges.filter(({ from, to }) => to === id && users.has(from)).length;
  const isShared = ({ from, to }: DrawnEdge) => users.has(from) && users.size > 1 && countOf(to) > users.size / 2;
  const shared = new Set(edges.filter(isShared).map(({ to }) => to));
  return [...edges.filter((edge) => !isShared(edge)), ...[...shared].map((to) => ({ from: all, to }))];
};
