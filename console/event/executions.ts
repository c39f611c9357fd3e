import { html } from "hono/html";
import { isObject } from "../../emulator/graph/json.ts";
import type { Graph } from "../../emulator/graph/graph.ts";
import { counted } from "../../ops/terminal/counted.ts";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import type { Attempt, ExecutionTrace, StateTrace } from "../../ops/trace/execution-trace.ts";
import type { LoggedData } from "../../ops/trace/logged-data.ts";
import { folded, foldedJson, section, table } from "../html/parts.ts";
import { badge, errorText, type Markup, shown, time, timeAndDuration } from "../html/text.ts";
import { drawWay, outcomeOf, stateAnchor } from "./way.ts";

/** What became of an execution. */
export const badgeOfExecution = (execution: ExecutionTrace): Markup => {
  const { word, tone } = outcomeOf(execution);
  return badge(word, tone);
};

/** The way of an event's newest execution. */
export const latestWay = (execution: ExecutionTrace, graph: Graph): Markup =>
  section(
    "way",
    "Its way",
    html`<p class="hint">
      Solid boxes were reached. Green: succeeded; amber: retried; red: failed, as the last line of a box says. Click a
      state for its input, output and log.
    </p>`,
    drawWay(execution, graph, latest),
  );

/** The states of an event's newest execution. */
export const latestStates = ({ arn, input, states }: ExecutionTrace): Markup =>
  section(
    "states",
    "States",
    html`<p class="hint">Execution <code>${shown(arn)}</code></p>`,
    "missing" in input &&
      input.missing === "not-logged" &&
      html`<p class="hint">
        Input and output are not in the state machine's log, as they may be personal (logExecutionData).
      </p>`,
    states.map((state) => stateSection(state, latest)),
  );

const latest = "newest";

// Each has a drawing, which takes time.
const mostOlder = 10;

/** The executions of an event before the newest, each folded. */
export const olderExecutions = (executions: ExecutionTrace[], graph: Graph): Markup | null =>
  executions.length === 0
    ? null
    : section(
        "earlier",
        "Earlier executions",
        executions.length > mostOlder && html`<p>The newest ${mostOlder} of ${executions.length}.</p>`,
        executions.slice(0, mostOlder).map((one, index) => olderExecution(one, graph, `earlier-${index + 1}`)),
      );

const olderExecution = (execution: ExecutionTrace, graph: Graph, name: string): Markup => {
  const { machine, arn, kind, states } = execution;
  return html`<details>
    <summary>${badgeOfExecution(execution)} ${shown(machine)}, ${kinds[kind]} ${timeAndDuration(execution)}</summary>
    <p class="hint">Execution <code>${shown(arn)}</code></p>
    ${drawWay(execution, graph, name)} ${states.map((state) => stateSection(state, name))}
  </details>`;
};

const kinds: Record<ExecutionTrace["kind"], string> = { first: "first", again: "again", redrive: "redriven" };

/** The event as Stripe sent it, and EventBridge's envelope around it, from what its executions were given. */
export const stripeEvent = (executions: ExecutionTrace[]): Markup => {
  const [given] = executions.flatMap(({ input }) => ("value" in input && isObject(input.value) ? [input.value] : []));
  const isTruncated = executions.some(({ input }) => "missing" in input && input.missing === "truncated");
  const { detail, ...envelope } = given ?? {};
  const parts = given
    ? [foldedJson("Stripe's event", detail), foldedJson("EventBridge's envelope", envelope)]
    : html`<p>${isTruncated ? tooLarge : notLogged}</p>`;
  return section("event", "The event", parts);
};

const tooLarge = "It is too large for the state machine's log.";

const notLogged =
  "The state machine's log does not have it, as it may be personal (logExecutionData). Stripe's Workbench → Events shows it.";

// A state that an execution went through: what it was given, tried, returned and logged.
const stateSection = (state: StateTrace, execution: string): Markup => {
  const { name, outcome, reason, attempts, lines, input, output } = state;
  const wasSimple = attempts.length <= 1 && attempts.every(({ error }) => error === null);
  return html`<section id="${stateAnchor(execution, name)}">
    <h3>${shown(name)}</h3>
    <p>${timeAndDuration(state)} ${outcome !== null && badge(outcome)} ${reason !== null && shown(reason)}</p>
    ${!wasSimple && attemptsTable(`Attempts of ${name}, ${execution} execution`, attempts)}
    ${loggedData("Input", input)} ${loggedData("Output", output)}
    ${lines.length > 0 && folded("Log", counted(lines.length, "line"), logTable(`Log of ${name}, ${execution} execution`, lines))}
  </section>`;
};

// What is not logged, as what a state of type Fail returns, is left out.
const loggedData = (title: string, data: LoggedData): Markup | null => {
  if ("value" in data) return foldedJson(title, data.value);
  return data.missing === "not-logged" ? null : html`<p class="hint">${title}: too large for the log.</p>`;
};

const attemptsTable = (label: string, attempts: Attempt[]): Markup | null => {
  const rows = attempts.map(({ at, ms, error }, index) => [
    index + 1,
    time(at),
    ms === null ? "–" : formatDuration(ms),
    error === null ? badge("succeeded") : errorText(error),
  ]);
  return table(label, ["Attempt", "Began", "Took", "Error"], rows);
};

const logTable = (label: string, lines: StateTrace["lines"]): Markup | null => {
  const rows = lines.map(({ at, level, message, fields }) => [
    message ?? "–",
    time(at),
    level ?? "–",
    html`<code>${shown(JSON.stringify(fields))}</code>`,
  ]);
  return table(label, ["Message", "Time", "Level", "More"], rows);
};
