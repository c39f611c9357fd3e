import { type Graph, ofType, type Resource } from "../../emulator/graph/graph.ts";
import { policiesOf } from "../../emulator/iam/graph-policies.ts";
import { listOf } from "../../emulator/iam/policy.ts";

const kinds: Readonly<Record<string, string>> = {
  "aws:cloudwatch/eventBus:EventBus": "bus",
  "aws:cloudwatch/eventRule:EventRule": "rule",
  "aws:scheduler/schedule:Schedule": "schedule",
  "aws:sfn/stateMachine:StateMachine": "state machine",
  "aws:lambda/function:Function": "Lambda",
  "aws:dynamodb/table:Table": "table",
  "aws:sqs/queue:Queue": "queue",
};

/** A part of the system that an event can go through. */
export interface Part {
  /** Such as `rule`. */
  kind: string;
  /** Its logical name, which parts of other kinds may have too. */
  name: string;
  arn: string;
  resource: Resource;
  /** The role that it works by; null for what does nothing by itself. */
  roleArn: string | null;
}

/** Two parts of which one hands events to the other, or works with it. */
export interface Link {
  from: Part;
  to: Part;
}

/** The parts of a graph, and how they are linked. */
export interface System {
  parts: Part[];
  links: Link[];
}

/** The parts of a graph, and how they are linked: a rule with its bus, and each part with what its role lets it use. */
export const systemOf = (graph: Graph): System => {
  const parts = graph.resources.flatMap((resource) => partOf(resource, graph));
  const used = usedBy(graph);
  const links = parts.flatMap((from) => {
    const arns = used.get(`${from.roleArn}`) ?? [];
    return parts.filter((to) => to !== from && arns.some((arn) => isIn(arn, to.arn))).map((to) => ({ from, to }));
  });
  const rules = parts.filter(({ kind }) => kind === "rule");
  const matching = rules.flatMap((to) => {
    const { eventBusName } = to.resource.inputs;
    const bus = parts.find(({ kind, resource }) => kind === "bus" && resource.inputs["name"] === eventBusName);
    return bus ? [{ from: bus, to }] : [];
  });
  return { parts, links: [...matching, ...links] };
};

const partOf = (resource: Resource, graph: Graph): Part[] => {
  const kind = kinds[resource.type];
  if (kind === undefined) return [];
  const { name, outputs } = resource;
  return [{ kind, name, arn: `${outputs["arn"]}`, resource, roleArn: roleOf(resource, graph) }];
};

const roleOf = ({ type, inputs }: Resource, graph: Graph): string | null => {
  const isTarget = (target: Resource) =>
    target.inputs["rule"] === inputs["name"] && target.inputs["eventBusName"] === inputs["eventBusName"];
  const target = type.endsWith(":EventRule")
    ? ofType(graph, "aws:cloudwatch/eventTarget:EventTarget").find(isTarget)?.inputs
    : inputs["target"];
  const role = Object(target).roleArn ?? inputs["roleArn"] ?? inputs["role"];
  return role === undefined ? null : `${role}`;
};

// The ARNs that each role is allowed to use.
const usedBy = (graph: Graph): Map<string, string[]> =>
  new Map(
    policiesOf(graph)
      .filter(({ name }) => name.startsWith("role "))
      .map(({ arn, statements }) => [arn, statements.flatMap(({ Resource: arns }) => listOf(arns))]),
  );

// Such as an index in its table.
const isIn = (arn: string, whole: string): boolean => arn === whole || arn.startsWith(`${whole}/`);
