import { html } from "hono/html";
import { resultSummary } from "../../ops/redrive/listing.ts";
import { problemNote, refreshed, table } from "../html/parts.ts";
import { badge, eventLink, type Markup, time, type Tone } from "../html/text.ts";
import type { Run } from "../runs.ts";
import type { Progress } from "./queue-work.ts";

const tones: Record<Progress["results"][number]["status"], Tone> = {
  redriven: "good",
  "failed again": "bad",
  parked: "warn",
  left: "warn",
};

const mostListed = 200;

// As good as the worst that became of a dead letter.
const endBadge = (results: Progress["results"], problem: string | null): Markup => {
  const isRedriven = results.every(({ status }) => status === "redriven" || status === "parked");
  if (problem !== null) return badge("failed");
  return isRedriven ? badge("done", "good") : badge("done, not all redriven", "warn");
};

/** A run as it goes: each result, the newest first and those that are not done before the others, and the total. */
export const runPage = ({ at, total, results, remarks, isDone, problem }: Run<Progress>): Markup => {
  const listed = results
    .toReversed()
    .toSorted((a, b) => Number(a.status === "redriven") - Number(b.status === "redriven"))
    .slice(0, mostListed);
  const summary = `${results.length} of ${total}: ${resultSummary(results.map(({ status }) => status))}`;
  const rows = listed.map(({ eventId, messageId, machine, status, reason }) => [
    eventId === null ? `message ${messageId}` : eventLink(eventId),
    machine ?? "",
    badge(status, tones[status]),
    reason,
  ]);
  const content = html`
    <p role="status">
      ${isDone ? endBadge(results, problem) : badge("running")} Started ${time(at)}.
      ${total === null ? !isDone && "The messages are being received." : summary}
    </p>
    ${isDone && total === 0 && html`<p>No dead letter that was meant is in the queue any more.</p>`}
    ${[...remarks, problem].map(problemNote)} ${table("Results", ["Event", "State machine", "Result", "Why"], rows)}
    ${results.length > listed.length && html`<p>${results.length - listed.length} more are not listed.</p>`}
  `;
  return html`${refreshed("run", isDone ? null : 1, content)}
    <p><a href="/dead-letters">All dead letters</a></p>`;
};
