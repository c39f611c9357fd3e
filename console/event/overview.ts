import { html } from "hono/html";
import type { ExecutionTrace } from "../../ops/trace/execution-trace.ts";
import type { Trace } from "../../ops/trace/read-trace.ts";
import type { ConsoleArgs, RowChange } from "../console-args.ts";
import type { ListedEvent } from "../events/event-list.ts";
import { definitions } from "../html/parts.ts";
import { badge, customerLink, errorText, type Markup, shown, time, timeAndDuration } from "../html/text.ts";
import { badgeOfExecution } from "./executions.ts";

/** All that is known of an event. */
export interface OneEvent {
  id: string;
  /** Since when the logs were searched. */
  since: Date;
  /** Null where the logs cannot be searched for such an id. */
  trace: Trace | null;
  /** Its rows in the list of events, the newest first. */
  rows: ListedEvent[];
  /** What it made of its rows; nothing on a deployed stack. */
  changes: RowChange[];
}

/** What an event is, and what became of it, each time that it was handled. */
export const overview = ({ id, trace, rows }: OneEvent, { targetText }: ConsoleArgs): Markup => {
  const executions = trace?.executions ?? [];
  const created = trace?.created ?? null;
  const [inList] = rows.flatMap(({ customerId, userId }) => customerId ?? userId ?? []);
  const customer = inList ?? userIn(executions);
  const handled = rows.length > 0 ? rows.map(listed) : executions.toReversed().map(traced);
  const isDeadLetter = rows[0]
    ? /^(dead-letter|refused)$/.test(rows[0].outcome)
    : executions.at(-1)?.status === "FAILED";
  const deadLetter = html`<a href="/dead-letters">In the queue or parked, unless it was deleted since</a>`;
  const command = html`<code>npm run trace -- ${shown(id)} ${shown(targetText)}</code>`;
  return definitions([
    ["Type", rows[0]?.type ?? trace?.type ?? null],
    ["Customer", customer === null ? null : customerLink(customer)],
    ["Created at Stripe", created === null ? null : time(created * 1000)],
    ["Outcome", handled.length === 0 ? null : html`${handled.map((one) => html`<div>${one}</div>`)}`],
    ["Dead letter", isDeadLetter ? deadLetter : null],
    ["In a terminal", executions.length === 0 ? null : command],
  ]);
};

const listed = (event: ListedEvent): Markup => {
  const { outcome, retries, error, again } = event;
  return html`${badge(outcome)} ${again} ${timeAndDuration(event)}${retries > 0 && `, retries: ${retries}`}
  ${error && errorText(error)}`;
};

const traced = (execution: ExecutionTrace): Markup =>
  html`${badgeOfExecution(execution)} ${timeAndDuration(execution)} ${execution.error && errorText(execution.error)}`;

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
  const limit = workbench && " (of a long run only the newest 5,000 log entries are kept)";
  return html`<p>
      The Lambdas of ${shown(target.name)} have logged nothing of it since ${time(since.getTime())}. It may be
    </p>
    <ul>
      <li>
        older than that, or than what is kept of the logs: search <a href="?since=7d">7 days</a> or
        <a href="?since=30d">30 days</a>${limit},
      </li>
      <li>a <a href="/dead-letters">dead letter</a>, if no state machine could be started with it,</li>
      <li>an event that did not arrive: Stripe's Workbench → Events says when it was sent.</li>
    </ul>`;
};
