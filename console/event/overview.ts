import { html } from "hono/html";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import type { ExecutionTrace } from "../../ops/trace/execution-trace.ts";
import type { ConsoleArgs } from "../console-args.ts";
import type { ListedEvent } from "../events/listed-event.ts";
import { definitions } from "../html/definitions.ts";
import { badge, inAddress, type Markup, shown, time } from "../html/text.ts";
import { badgeOfExecution } from "./execution-outcome.ts";
import type { OneEvent } from "./one-event.ts";

/** What an event is, and what became of it, each time that it was handled. */
export const overview = ({ id, trace, rows }: OneEvent, { targetText }: ConsoleArgs): Markup => {
  const executions = trace?.executions ?? [];
  const created = trace?.created ?? null;
  const handled = rows.length > 0 ? rows.map(listed) : executions.toReversed().map(traced);
  const isDeadLetter = rows[0]
    ? /^(dead-letter|refused)$/.test(rows[0].outcome)
    : executions.at(-1)?.status === "FAILED";
  return definitions([
    ["Type", rows[0]?.type ?? trace?.type ?? null],
    ["Customer", customerLink(rows.find(({ customerId }) => customerId)?.customerId ?? userIn(executions))],
    ["Created at Stripe", created === null ? null : time(created * 1000)],
    ["Outcome", handled.length === 0 ? null : html`${handled.map((one) => html`<div>${one}</div>`)}`],
    [
      "Dead letter",
      isDeadLetter ? html`<a href="/dead-letters">In the queue, unless it was redriven or deleted since</a>` : null,
    ],
    [
      "In a terminal",
      executions.length === 0 ? null : html`<code>npm run trace -- ${shown(id)} ${shown(targetText)}</code>`,
    ],
  ]);
};

const listed = ({ at, outcome, ms, retries, error, again }: ListedEvent): Markup =>
  html`${badge(outcome)} ${again ?? ""}
  ${time(at)}${ms === null ? "" : `, took ${formatDuration(ms)}`}${retries === 0 ? "" : `, retries: ${retries}`}
  ${error ? html`<span class="error">${shown(error.name)}: ${shown(error.message)}</span>` : ""}`;

const traced = (execution: ExecutionTrace): Markup => {
  const { word, tone } = badgeOfExecution(execution);
  const { at, ms, error } = execution;
  return html`${badge(word, tone)} ${time(at)}${ms === null ? "" : `, took ${formatDuration(ms)}`}
  ${error ? html`<span class="error">${shown(error.name)}: ${shown(error.message)}</span>` : ""}`;
};

const customerLink = (id: string | null): Markup | null =>
  id === null ? null : html`<a href="/customers/${inAddress(id)}">${shown(id)}</a>`;

// Where the list names no customer, as that of a deployed stack may not.
const userIn = (executions: ExecutionTrace[]): string | null => {
  const lines = executions.flatMap(({ states }) => states.flatMap((state) => state.lines));
  const id = lines.map(({ fields }) => fields["userId"]).find((one) => typeof one === "string");
  return typeof id === "string" ? id : null;
};

/** Why there is no execution of an event to show. */
export const nothingLogged = ({ id, since, trace, rows }: OneEvent, { target, workbench }: ConsoleArgs): Markup => {
  if (trace === null) return html`<p>The logs are not searched for it, as no event of Stripe's has such an id.</p>`;
  if (rows[0]?.outcome === "unmatched")
    return html`<p>No rule matches its type, or where it came from, so that no state machine was started.</p>`;
  if (rows[0]?.error && id.startsWith("evt_"))
    return html`<p>
      No Lambda has logged anything of it: it failed before one was called. What is left of it is a
      <a href="/dead-letters">dead letter</a>, unless it is lost.
    </p>`;
  if (rows.length > 0 && !id.startsWith("evt_"))
    return html`<p>It ran in the background, and its log lines name no event of Stripe's.</p>`;
  return html`<p>
      The Lambdas of ${shown(target.name)} have logged nothing of it since ${time(since.getTime())}. It may be
    </p>
    <ul>
      <li>
        older than that, or than what is kept of the logs: search <a href="?since=7d">7 days</a> or
        <a href="?since=30d">30 days</a
        >${workbench ? " (of a long run only the newest 5,000 log entries are kept)" : ""},
      </li>
      <li>a <a href="/dead-letters">dead letter</a>, if no state machine could be started with it,</li>
      <li>an event that did not arrive: Stripe's Workbench → Events says when it was sent.</li>
    </ul>`;
};
