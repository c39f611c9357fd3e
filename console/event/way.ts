import { validate } from "superstruct";
import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import { parseJson } from "../../emulator/graph/json.ts";
import { Definition } from "../../emulator/stepfunctions/definition.ts";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import { publishedText } from "../../ops/terminal/published-text.ts";
import type { ExecutionTrace, StateTrace } from "../../ops/trace/execution-trace.ts";
import { draw, type DrawnEdge, type DrawnNode } from "../drawing/draw.ts";
import { transitionsOf } from "../drawing/transitions.ts";
import type { Markup, Tone } from "../html/text.ts";
import { badgeOfExecution } from "./execution-outcome.ts";
import { publishingState } from "./published-events.ts";
import { stateAnchor } from "./states.ts";

/** Draws an execution's way: bus, rule, its state machine with all states, the rows that were written, and what was published. */
export const drawWay = (execution: ExecutionTrace, graph: Graph, name: string): Markup => {
  const parts = [arrival(execution, graph), states(execution, graph, name), results(execution)];
  return draw({
    title: `The way of the event through ${execution.machine}, ${name} execution`,
    nodes: parts.flatMap(({ nodes }) => nodes),
    edges: parts.flatMap(({ edges }) => edges),
  });
};

interface Part {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

const machineId = "machine";
const stateId = (name: string): string => `state ${name}`;

// From the bus to the state machine: all that have come here have gone it.
const arrival = (execution: ExecutionTrace, graph: Graph): Part => {
  const { word, tone } = badgeOfExecution(execution);
  const machine: DrawnNode = { id: machineId, kind: "state machine", label: execution.machine, note: word, tone };
  if (execution.kind === "redrive") {
    const operator: DrawnNode = { id: "operator", kind: "started by", label: "a redrive", tone: "good" };
    return { nodes: [operator, machine], edges: [{ from: "operator", to: machineId, isTaken: true }] };
  }
  const arn = machineOf(execution, graph)?.outputs["arn"];
  const target = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget").find(({ inputs }) => inputs["arn"] === arn);
  if (arn === undefined || !target) return { nodes: [machine], edges: [] };
  return {
    nodes: [
      { id: "bus", kind: "bus", label: `${target.inputs["eventBusName"]}`, tone: "good" },
      { id: "rule", kind: "rule", label: `${target.inputs["rule"]}`, tone: "good" },
      machine,
    ],
    edges: [
      { from: "bus", to: "rule", isTaken: true },
      { from: "rule", to: machineId, isTaken: true },
    ],
  };
};

const machineOf = ({ machine }: ExecutionTrace, graph: Graph) =>
  ofType(graph, "aws:sfn/stateMachine:StateMachine").find(({ name }) => name === machine);

const states = (execution: ExecutionTrace, graph: Graph, executionName: string): Part => {
  const [, definition] = validate(parseJson(`${machineOf(execution, graph)?.inputs["definition"]}`), Definition);
  const entered = new Map(execution.states.map((state) => [state.name, state]));
  // Another version of the program may have had other states.
  const names = new Set([...Object.keys(definition?.States ?? {}), ...entered.keys()]);
  const nodes = [...names].map((name): DrawnNode => {
    const kind = definition?.States[name]?.Type ?? "state";
    const state = entered.get(name);
    const reached = state && {
      tone: toneOf(state, kind),
      note: noteOf(state),
      href: `#${stateAnchor(executionName, name)}`,
    };
    return { id: stateId(name), kind, label: name, ...reached };
  });
  const first = execution.states[0]?.name;
  const startAt = definition?.StartAt ?? first;
  const start = startAt === undefined ? [] : [{ from: machineId, to: stateId(startAt), isTaken: first === startAt }];
  return { nodes, edges: [...start, ...(definition ? transitions(definition, execution.states) : [])] };
};

const transitions = (definition: Definition, gone: StateTrace[]): DrawnEdge[] => {
  const taken = new Map(
    gone.map((state, index) => [state.name, { to: gone[index + 1]?.name, isCaught: hasFailed(state) }]),
  );
  return transitionsOf(definition).map(({ from, to, label, isCatch }) => {
    const isTaken = taken.get(from)?.to === to && taken.get(from)?.isCaught === isCatch;
    return { from: stateId(from), to: stateId(to), label, isTaken };
  });
};

const hasFailed = ({ attempts }: StateTrace): boolean => (attempts.at(-1)?.error ?? null) !== null;

const toneOf = (state: StateTrace, type: string): Tone => {
  if (type === "Fail" || hasFailed(state)) return "bad";
  return state.attempts.length > 1 ? "warn" : "good";
};

const noteOf = (state: StateTrace): string => {
  const { ms, attempts, outcome } = state;
  const error = attempts.findLast((attempt) => attempt.error)?.error;
  const many = attempts.length > 1 ? `${attempts.length} attempts` : null;
  const time = ms === null ? null : formatDuration(ms);
  return (
    [outcome, many, error && `${hasFailed(state) ? "caught " : ""}${error.name}`, time].filter(Boolean).join(", ") ||
    "entered"
  );
};

// The rows by the states that wrote them, and the events by the one that put them on their bus, before another marks them.
const results = ({ states: gone }: ExecutionTrace): Part => {
  const nodes: DrawnNode[] = [];
  const edges: DrawnEdge[] = [];
  for (const [index, { name, written, published }] of gone.entries()) {
    for (const key of written) {
      nodes.push({ id: `row ${key}`, kind: "row written", label: key, tone: "good", href: "#changes" });
      edges.push({ from: stateId(name), to: `row ${key}`, isTaken: true });
    }
    const publisher = gone.slice(0, index).findLast((state) => state.name === publishingState)?.name ?? name;
    for (const event of published) {
      const id = `event ${publishedText(event)}`;
      const label = `${event.type} version ${event.version}`;
      nodes.push({ id, kind: "published", label, note: event.subject, tone: "good", href: "#published" });
      edges.push({ from: stateId(publisher), to: id, isTaken: true });
    }
  }
  return { nodes, edges };
};
