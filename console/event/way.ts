import { validate } from "superstruct";
import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import { parseJson } from "../../emulator/graph/json.ts";
import { Definition } from "../../emulator/stepfunctions/definition.ts";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import { publishedText } from "../../ops/terminal/published-text.ts";
import type { ExecutionTrace, StateTrace } from "../../ops/trace/execution-trace.ts";
import { draw, type DrawnEdge, type DrawnNode } from "../drawing/draw.ts";
import { transitionsOf } from "../drawing/transitions.ts";
import { type Markup, type Tone, toneOf } from "../html/text.ts";
import { publishingState } from "./published-events.ts";

/** Draws an execution's way: bus, rule, its state machine with all states, the rows that were written, and what was published. */
export const drawWay = (execution: ExecutionTrace, graph: Graph, name: string): Markup => {
  const parts = [arrival(execution, graph), states(execution, graph, name), results(execution)];
  return draw({
    title: `The way of the event through ${execution.machine}, ${name} execution`,
    nodes: parts.flatMap(({ nodes }) => nodes),
    edges: parts.flatMap(({ edges }) => edges),
  });
};

/** What became of an execution, in a word, and how good that is. */
export const outcomeOf = ({ status, states: gone }: ExecutionTrace): { word: string; tone: Tone } => {
  const outcome = gone.findLast((state) => state.outcome !== null)?.outcome;
  if (status === "FAILED" || status === "TIMED_OUT")
    return { word: status.toLowerCase().replace("_", " "), tone: "bad" };
  const word = outcome ?? (status === null ? "unknown" : "succeeded");
  return { word, tone: toneOf(word) };
};

interface Part {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

const machineId = "machine";
const stateId = (name: string): string => `state ${name}`;

// From the bus to the state machine: all that have come here have gone it.
const arrival = (execution: ExecutionTrace, graph: Graph): Part => {
  const { word, tone } = outcomeOf(execution);
  const machine: DrawnNode = { id: machineId, kind: "state machine", label: execution.machine, note: word, tone };
  const nodes = [
    ...startedBy(execution, graph).map(([kind, label]) => ({ id: kind, kind, label, tone: "good" as const })),
    machine,
  ];
  return {
    nodes,
    edges: nodes.slice(1).map(({ id }, index) => ({ from: `${nodes[index]?.id}`, to: id, isTaken: true })),
  };
};

const startedBy = (execution: ExecutionTrace, graph: Graph): [kind: string, label: string][] => {
  if (execution.kind === "redrive") return [["started by", "a redrive"]];
  const arn = machineOf(execution, graph)?.outputs["arn"];
  const targets = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget");
  const target = targets.find(({ inputs }) => arn !== undefined && inputs["arn"] === arn)?.inputs;
  return target
    ? [
        ["bus", `${target["eventBusName"]}`],
        ["rule", `${target["rule"]}`],
      ]
    : [];
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
    const href = `#${stateAnchor(executionName, name)}`;
    const reached = state && { tone: toneOfState(state, kind), note: noteOf(state), href };
    return { id: stateId(name), kind, label: name, ...reached };
  });
  const first = execution.states[0]?.name;
  const startAt = definition?.StartAt ?? first;
  const start = startAt === undefined ? [] : [{ from: machineId, to: stateId(startAt), isTaken: first === startAt }];
  return { nodes, edges: [...start, ...(definition ? transitions(definition, execution.states) : [])] };
};

const transitions = (definition: Definition, gone: StateTrace[]): DrawnEdge[] => {
  const taken = gone.map((state, index) => `${state.name} ${gone[index + 1]?.name} ${hasFailed(state)}`);
  return transitionsOf(definition).map(({ from, to, label, isCatch }) => {
    const isTaken = taken.includes(`${from} ${to} ${isCatch}`);
    return { from: stateId(from), to: stateId(to), label, isTaken };
  });
};

const hasFailed = ({ attempts }: StateTrace): boolean => (attempts.at(-1)?.error ?? null) !== null;

const toneOfState = (state: StateTrace, type: string): Tone => {
  if (type === "Fail" || hasFailed(state)) return "bad";
  return state.attempts.length > 1 ? "warn" : "good";
};

const noteOf = (state: StateTrace): string => {
  const { ms, attempts, outcome } = state;
  const error = attempts.findLast((attempt) => attempt.error)?.error;
  const many = attempts.length > 1 && `${attempts.length} attempts`;
  const failure = error && `${hasFailed(state) ? "caught " : ""}${error.name}`;
  // The runner's clock stands still while it plays events.
  return [outcome, many, failure, ms && formatDuration(ms)].filter(Boolean).join(", ") || "entered";
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

/** Where the section of a state is in the page; no state's name has a space here. */
export const stateAnchor = (execution: string, state: string): string => `${execution}-${state}`;
