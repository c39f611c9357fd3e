import { html } from "hono/html";
import type { Graph } from "../../emulator/graph/graph.ts";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import type { ExecutionTrace } from "../../ops/trace/execution-trace.ts";
import { badge, type Markup, shown, time } from "../html/text.ts";
import { badgeOfExecution } from "./execution-outcome.ts";
import { stateSection } from "./states.ts";
import { drawWay } from "./way.ts";

/** The way of an event's newest execution. */
export const latestWay = (execution: ExecutionTrace, graph: Graph): Markup =>
  html`<section>
    <h2>Its way</h2>
    <p class="hint">
      A solid box was reached: green went well, amber was tried again, red failed, as its last line says too. A state
      leads to what it was given, returned and logged.
    </p>
    ${drawWay(execution, graph, latest)}
  </section>`;

/** The states of an event's newest execution. */
export const latestStates = ({ arn, input, states }: ExecutionTrace): Markup =>
  html`<section>
    <h2>States</h2>
    <p class="hint">Execution <code>${shown(arn)}</code></p>
    ${
      "missing" in input && input.missing === "not-logged"
        ? html`<p class="hint">
            Input and output are not in the state machine's log, as they may be personal (logExecutionData).
          </p>`
        : ""
    }
    ${states.map((state) => stateSection(state, latest))}
  </section>`;

const latest = "newest";

// Each has a drawing, which takes time.
const mostOlder = 10;

/** The executions of an event before the newest, each folded. */
export const olderExecutions = (executions: ExecutionTrace[], graph: Graph): Markup =>
  executions.length === 0
    ? html``
    : html`<h2>Earlier executions</h2>
        ${executions.length > mostOlder ? html`<p>The newest ${mostOlder} of ${executions.length}.</p>` : ""}
        ${executions.slice(0, mostOlder).map((execution, index) => {
          const { machine, at, ms } = execution;
          const { word, tone } = badgeOfExecution(execution);
          return html`<details>
            <summary>
              ${badge(word, tone)} ${shown(machine)}, ${kinds[execution.kind]}
              ${time(at)}${ms === null ? "" : `, took ${formatDuration(ms)}`}
            </summary>
            <p class="hint">Execution <code>${shown(execution.arn)}</code></p>
            ${drawWay(execution, graph, `earlier-${index + 1}`)}
            ${execution.states.map((state) => stateSection(state, `earlier-${index + 1}`))}
          </details>`;
        })}`;

const kinds: Record<ExecutionTrace["kind"], string> = { first: "first", again: "again", redrive: "redriven" };
