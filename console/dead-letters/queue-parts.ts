import { html } from "hono/html";
import type { DeadLetter, UnreadableMessage } from "../../ops/redrive/dead-letter.ts";
import { groupsOf } from "../../ops/redrive/listing.ts";
import { bodyText } from "../../ops/redrive/show-bodies.ts";
import { counted } from "../../ops/terminal/counted.ts";
import { button, hiddenField, postForm } from "../html/fields.ts";
import { type Cell, folded, list, problemNote, readOnlyNote, section, table, textBlock } from "../html/parts.ts";
import { cut, eventLink, inAddress, link, type Markup, shown, time } from "../html/text.ts";
import type { Run } from "../runs.ts";
import type { Progress, QueueContent, QueueName } from "./queue-work.ts";

/** What is shown of the two queues. */
export interface DeadLettersArgs {
  /** What is in each; null while a run goes on, as they are not listed then. */
  queues: Record<QueueName, QueueContent> | null;
  /** The newest first. */
  runs: Run<Progress>[];
  /** The id of the message whose body is shown. */
  shownMessage: string | undefined;
  canWrite: boolean;
  /** The command that prints a message, where this page may not: a message holds an event, and the stack logs no execution data. */
  showCommand: string | null;
}

const names: Record<QueueName, string> = { dead: "The dead-letter queue", parked: "The parking-lot queue" };

const [mostListed, mostCharacters] = [200, 160];

/** The list of dead letters and of parked messages, with what can be done with them. */
export const deadLettersPage = ({ queues, runs, ...shownAs }: DeadLettersArgs): Markup => {
  const items = runs.map(({ number, title, at, isDone }) => [
    html`${time(at)} ${link(`/dead-letters/runs/${number}`, title)}`,
    !isDone && ", goes on",
  ]);
  return html`
    <p class="hint">
      To list the messages, this page receives them and makes them visible again at once: for that moment other
      consumers do not see them.
    </p>
    ${!shownAs.canWrite && readOnlyNote}
    ${
      queues
        ? (["dead", "parked"] as const).map((name) => queuePart(name, queues[name], shownAs))
        : html`<p>A redrive goes on; the queues are listed once it has ended.</p>`
    }
    ${runs.length > 0 && section("runs", "Runs of this console", list(items))}
  `;
};

type ShownAs = Pick<DeadLettersArgs, "shownMessage" | "canWrite" | "showCommand">;

const queuePart = (
  name: QueueName,
  content: QueueContent,
  { canWrite, shownMessage, showCommand }: ShownAs,
): Markup => {
  const { selected, unreadable, hidden, remarks } = content;
  const count = selected.length + unreadable.length;
  const newest = selected.toReversed().slice(0, mostListed);
  const body = [...selected, ...unreadable].find(({ message }) => message.MessageId === shownMessage)?.message.Body;
  return section(
    name,
    `${names[name]}: ${count}`,
    hidden > 0 && html`<p>${hidden} more are invisible for now, as another consumer has received them.</p>`,
    remarks.map(problemNote),
    count + hidden === 0 && html`<p>There is nothing in it.</p>`,
    groupsTable(name, selected, canWrite),
    canWrite &&
      selected.length > 0 &&
      confirmed(`all ${selected.length}`, "", selected.length, { queue: name, all: "yes" }),
    table(
      `${names[name]}, the newest first`,
      ["Event", "Type", "Error", "Message", "Since", "Redrives", "Do"],
      newest.map((one) => letterRow(name, one, canWrite)),
    ),
    selected.length > newest.length && html`<p>${selected.length - newest.length} older ones are not listed.</p>`,
    table(
      `${names[name]}: what cannot be redriven`,
      ["Message", "Why it cannot be redriven", "Do"],
      unreadable.slice(0, mostListed).map((one) => unreadableRow(name, one, canWrite)),
    ),
    body !== undefined &&
      section(
        "shown",
        `Message ${shown(shownMessage)}`,
        showCommand === null
          ? textBlock("The message", bodyText(body))
          : html`<p>
              It holds an event, and this stack logs no execution data, so that these pages show none. In a terminal:
              <code>${showCommand} ${shown(shownMessage)}</code>
            </p>`,
      ),
  );
};

const groupsTable = (name: QueueName, selected: DeadLetter[], canWrite: boolean): Markup | null =>
  table(
    `${names[name]}, by state machine and error`,
    ["State machine", "Error", "Number", "Since", ...(canWrite ? ["Do"] : [])],
    groupsOf(selected).flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const { machine, errorName, type, at } = first;
      const fields = { queue: name, type, error: errorName };
      const redrive = confirmed(`these ${group.length}`, ` of ${machine} with ${errorName}`, group.length, fields);
      return [[machine, errorName, group.length, time(at.getTime()), ...(canWrite ? [redrive] : [])]];
    }),
  );

// What concerns several is confirmed.
const confirmed = (which: string, of: string, count: number, fields: Record<string, string>): Markup =>
  folded(
    `Redrive ${which}…`,
    "",
    html`<p>This starts the state machine again for each. One that fails again stays in a queue: nothing is lost.</p>`,
    action("redrive", fields, `Yes, redrive ${counted(count, "dead letter")}${of}`),
  );

const action = (name: "redrive" | "park", fields: Record<string, string>, label: string, about = ""): Markup => {
  const hidden = Object.entries(fields).map(([key, value]) => hiddenField(key, value));
  return postForm(`/dead-letters/${name}`, hidden, button(label, about ? `${label} ${about}` : null));
};

const letterRow = (name: QueueName, deadLetter: DeadLetter, canWrite: boolean): Cell[] => {
  const { eventId, type, errorName, errorMessage, at, redrives } = deadLetter;
  const done = actions(name, deadLetter, eventId, canWrite);
  return [eventLink(eventId), type, errorName, cut(errorMessage, mostCharacters), time(at.getTime()), redrives, done];
};

const unreadableRow = (name: QueueName, unreadable: UnreadableMessage, canWrite: boolean): Cell[] => {
  const { message, problem } = unreadable;
  return [`${message.MessageId}`, problem, actions(name, unreadable, null, canWrite)];
};

const actions = (
  queue: QueueName,
  { message: { MessageId: message = "" } }: Pick<DeadLetter, "message">,
  eventId: string | null,
  canWrite: boolean,
): Markup => {
  const about = eventId ?? message;
  return html`<div class="actions">
    <a href="?show=${inAddress(message)}#shown" aria-label="Show the message of ${shown(about)}">Show</a>
    ${canWrite && eventId !== null && action("redrive", { queue, message }, "Redrive", about)}
    ${canWrite && queue === "dead" && action("park", { message }, "Park", about)}
  </div>`;
};
