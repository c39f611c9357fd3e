import { html } from "hono/html";
import { sampleTypes } from "../../samples/events.ts";
import { malformations } from "../../samples/malformed.ts";
import { choiceField, textField } from "../html/fields.ts";
import { table } from "../html/table.ts";
import { badge, inAddress, type Markup, shown, time } from "../html/text.ts";
import { manners, versions } from "./sample-sending.ts";
import type { Sent, SentEvent, SentEvents } from "./sent-events.ts";

/** The form that sends sample events, and what became of those that were sent. */
export const sendSection = (sent: SentEvents): Markup => {
  const all = sent.all();
  const isBusy = all.some(({ events }) => events.some(({ result }) => result === null));
  return html`<section aria-labelledby="send">
    <h2 id="send">Send a sample event</h2>
    <p>
      The events of one name are about one user, <code>user_&lt;name&gt;</code>, and one subscription, which began to be
      paid yesterday.
    </p>
    <form method="post" action="/try/send">
      ${choiceField("type", "Type", { "": Object.fromEntries(sampleTypes.map((type) => [type, type])) })}
      ${choiceField("manner", "Send it", {
        "": manners,
        malformed: Object.fromEntries(Object.entries(malformations).map(([name, { title }]) => [name, title])),
      })}
      ${choiceField("version", "API version", { "": versions })} ${textField("name", "Name", { hint: "one a day" })}
      <button>Send</button>
    </form>
    <div id="sent" ${isBusy ? html`data-refresh="1"` : ""}>
      ${all.length === 0 ? "" : table("What was sent", ["Time", "What", "Outcome"], all.map(sentRow))}
    </div>
  </section>`;
};

const sentRow = ({ title, at, events }: Sent) => [
  time(at),
  title,
  html`<ul class="results">
    ${events.map((event) => html`<li>${resultText(event)} ${events.length > 1 ? shown(event.type) : ""}</li>`)}
  </ul>`,
];

const resultText = ({ result }: SentEvent): Markup => {
  if (result === null) return badge("running");
  if ("problem" in result) return html`${badge("not an event", "warn")} ${shown(result.problem)}`;
  const { eventId, outcome } = result;
  return html`${badge(outcome)} <a href="/events/${inAddress(eventId)}">${shown(eventId)}</a>`;
};
