import { html } from "hono/html";
import type { DeadLetter, UnreadableMessage } from "../../ops/redrive/dead-letter.ts";
import { groupsOf } from "../../ops/redrive/listing.ts";
import { bodyText } from "../../ops/redrive/show-bodies.ts";
import { counted } from "../../ops/terminal/counted.ts";
import type { QueueContent, QueueName } from "../dead-letters/queue-work.ts";
import type { Run } from "../dead-letters/runs.ts";
import { readOnlyNote } from "../html/notes.ts";
import { table } from "../html/table.ts";
import { inAddress, type Markup, shown, time } from "../html/text.ts";

/** What is shown of the two queues. */
export interface DeadLettersArgs {
  /** What is in each; null while a run goes on, as they are not listed then. */
  queues: Record<QueueName, QueueContent> | null;
  /** The newest first. */
  runs: Run[];
  /** The id of the message whose body is shown. */
  shownMessage: string | undefined;
  canWrite: boolean;
}

const names: Record<QueueName, string> = { dead: "The dead-letter queue", parked: "The parking-lot queue" };

const [mostListed, mostCharacters] = [200, 160];

/** The list of dead letters and of parked messages, with what can be done with them. */
export const deadLettersPage = ({ queues, runs, ...shownAs }: DeadLettersArgs): Markup => html`
  <p class="hint">
    To list the messages, this page receives them and makes them visible again at once: for that moment other consumers
    do not see them.
  </p>
  ${shownAs.canWrite ? "" : readOnlyNote}
  ${
    queues
      ? (["dead", "parked"] as const).map((name) => queuePart(name, queues[name], shownAs))
      : html`<p>A redrive goes on; the queues are listed once it has ended.</p>`
  }
  ${runs.length === 0 ? "" : html`<h2>Runs of this console</h2>`}
  <ul>
    ${runs.map(
      ({ number, title, startedAt, isDone }) =>
        html`<li>
          ${time(startedAt)} <a href="/dead-letters/runs/${number}">${shown(title)}</a>${isDone ? "" : ", goes on"}
        </li>`,
    )}
  </ul>
`;

type ShownAs = Pick<DeadLettersArgs, "shownMessage" | "canWrite">;

const queuePart = (name: QueueName, content: QueueContent, shownAs: ShownAs): Markup => {
  const { selected, unreadable, hidden, remarks } = content;
  const count = selected.length + unreadable.length;
  const newest = selected.toReversed().slice(0, mostListed);
  const more = selected.length - newest.length;
  return html`
    <h2 id="${name}">${names[name]}: ${count}</h2>
    ${hidden > 0 ? html`<p>${hidden} more are invisible for now, as another consumer has received them.</p>` : ""}
    ${remarks.map((remark) => html`<p class="problem">${shown(remark)}</p>`)}
    ${count === 0 ? html`<p>There is nothing in it.</p>` : ""}
    ${selected.length > 0 ? groupsPart(name, selected, shownAs) : ""}
    ${
      newest.length > 0
        ? table(
            `${names[name]}, the newest first`,
            ["Event", "Type", "Error", "Message", "Since", "Redrives", "Do"],
            newest.map((one) => letterRow(name, one, shownAs)),
          )
        : ""
    }
    ${more > 0 ? html`<p>${more} older ones are not listed.</p>` : ""}
    ${
      unreadable.length > 0
        ? table(
            `${names[name]}: what cannot be redriven`,
            ["Message", "Why it cannot be redriven", "Do"],
            unreadable.slice(0, mostListed).map((one) => unreadableRow(name, one, shownAs)),
          )
        : ""
    }
    ${shownBody([...selected, ...unreadable], shownAs)}
  `;
};

const groupsPart = (name: QueueName, selected: DeadLetter[], { canWrite }: ShownAs): Markup => html`
  ${table(
    `${names[name]}, by state machine and error`,
    ["State machine", "Error", "Number", "Since", ...(canWrite ? ["Do"] : [])],
    groupsOf(selected).map((group) => {
      const [first] = group;
      if (!first) return [];
      const { machine, errorName, type, at } = first;
      const what = `${counted(group.length, "dead letter")} of ${machine} with ${errorName}`;
      return [
        machine,
        errorName,
        group.length,
        time(at.getTime()),
        ...(canWrite ? [confirmed(`these ${group.length}`, what, { queue: name, type, error: errorName })] : []),
      ];
    }),
  )}
  ${canWrite ? confirmed(`all ${selected.length}`, counted(selected.length, "dead letter"), { queue: name, all: "yes" }) : ""}
`;

// What concerns several is confirmed.
const confirmed = (which: string, what: string, fields: Record<string, string>): Markup => html`
  <details>
    <summary>Redrive ${which}…</summary>
    <p>This starts the state machine again for each. One that fails again stays in a queue: nothing is lost.</p>
    ${action("redrive", fields, `Yes, redrive ${what}`)}
  </details>
`;

const action = (name: "redrive" | "park", fields: Record<string, string>, label: string, about = ""): Markup => html`
  <form method="post" action="/dead-letters/${name}">
    ${Object.entries(fields).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}" />`)}
    <button ${about ? html`aria-label="${label} ${shown(about)}"` : ""}>${shown(label)}</button>
  </form>
`;

const letterRow = (name: QueueName, deadLetter: DeadLetter, shownAs: ShownAs): (Markup | string | number)[] => {
  const { eventId, type, errorName, errorMessage, at, redrives, message } = deadLetter;
  const cut = errorMessage.length > mostCharacters ? `${errorMessage.slice(0, mostCharacters)}…` : errorMessage;
  return [
    html`<a href="/events/${inAddress(eventId)}">${shown(eventId)}</a>`,
    type,
    errorName,
    cut,
    time(at.getTime()),
    redrives,
    actions(name, `${message.MessageId}`, { ...shownAs, eventId }),
  ];
};

const unreadableRow = (name: QueueName, { message, problem }: UnreadableMessage, shownAs: ShownAs) => {
  const id = `${message.MessageId}`;
  return [id, problem, actions(name, id, { ...shownAs, eventId: null })];
};

const actions = (
  name: QueueName,
  id: string,
  { canWrite, eventId }: ShownAs & { eventId: string | null },
): Markup => html`
  <div class="actions">
    <a href="?show=${inAddress(id)}#shown" aria-label="Show the message of ${shown(eventId ?? id)}">Show</a>
    ${canWrite && eventId !== null ? action("redrive", { queue: name, message: id }, "Redrive", eventId) : ""}
    ${canWrite && name === "dead" ? action("park", { message: id }, "Park", eventId ?? id) : ""}
  </div>
`;

const shownBody = (all: (DeadLetter | UnreadableMessage)[], { shownMessage }: ShownAs): Markup | string => {
  const found = all.find(({ message }) => message.MessageId === shownMessage);
  if (!found) return "";
  return html`<section id="shown">
    <h3>Message ${shown(shownMessage)}</h3>
    <pre tabindex="0" aria-label="The message">${bodyText(found.message.Body ?? "")}</pre>
  </section>`;
};
