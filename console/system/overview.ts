import { workflows } from "../../infra/workflows.ts";
import { counted } from "../../ops/terminal/counted.ts";
import { draw, type DrawnEdge, type DrawnNode } from "../drawing/draw.ts";
import type { Markup } from "../html/text.ts";
import type { SystemState } from "./figures.ts";
import { activityOf, drawnPart, matchesOf } from "./activity.ts";
import { linkedOnce } from "./linked-once.ts";
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
