import { html } from "hono/html";
import { resultSummary } from "../../ops/redrive/listing.ts";
import type { Run, RunResult } from "../dead-letters/runs.ts";
import { table } from "../html/table.ts";
import { badge, inAddress, type Markup, shown, time, type Tone } from "../html/text.ts";

const tones: Record<RunResult["status"], Tone> = {
  redriven: "good",
  "failed again": "bad",
  parked: "warn",
  left: "warn",
};

const mostListed = 200;

/** A run as it goes: each result, the newest first and those that are not done before the others, and the total. */
export const redriveRunPage = (run: Run): Markup => {
  const { startedAt, total, results, remarks, isDone } = run;
  const isRedriven = ({ status }: RunResult) => status === "redriven";
  const newest = results.toReversed();
  const listed = [...newest.filter((one) => !isRedriven(one)), ...newest.filter(isRedriven)].slice(0, mostListed);
  const columns = ["Event", "State machine", "Result", "Why"];
  return html`
    <div id="run" ${isDone ? "" : html`data-refresh="1"`}>
      <p role="status">
        ${isDone ? badge("done", "good") : badge("running")} Started ${time(startedAt)}.
        ${total === null ? "The messages are being received." : `${results.length} of ${total}: `}
        ${total === null ? "" : resultSummary(results.map(({ status }) => status))}
      </p>
      ${isDone && total === 0 ? html`<p>No dead letter that was meant is in the queue any more.</p>` : ""}
      ${remarks.map((remark) => html`<p class="problem">${shown(remark)}</p>`)}
      ${listed.length > 0 ? table("Results", columns, listed.map(resultRow)) : ""}
      ${results.length > listed.length ? html`<p>${results.length - listed.length} more are not listed.</p>` : ""}
    </div>
    <p><a href="/dead-letters">All dead letters</a></p>
  `;
};

const resultRow = ({ eventId, messageId, machine, status, reason }: RunResult): (Markup | string)[] => [
  eventId === null ? `message ${messageId}` : html`<a href="/events/${inAddress(eventId)}">${shown(eventId)}</a>`,
  machine ?? "",
  badge(status, tones[status]),
  reason,
];
