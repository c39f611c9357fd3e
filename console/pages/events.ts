import type { Hono } from "hono";
import { html } from "hono/html";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import type { ConsoleArgs } from "../console-args.ts";
import { liveEvents } from "../events/live-events.ts";
import type { EventFilter, ListedEvent } from "../events/event-list.ts";
import { choiceField, textField } from "../html/fields.ts";
import type { SendPage } from "../html/page.ts";
import { problemNote, row, tableOf } from "../html/parts.ts";
import { badge, customerLink, cut, eventLink, link, type Markup, shown, time } from "../html/text.ts";
import { numberOf, queryOf } from "../http/request.ts";

/** Adds the list of events, and the stream of its new rows. */
export const addEventsPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  app.get("/", (c) => send(c, "Events", eventsPage(queryOf(c), numberOf(c, "from", 0), args)));
  app.get("/live", (c) => liveEvents(c, queryOf(c), eventRow, args));
};

const pageSize = 100;

const columns = ["Time", "Outcome", "Type", "Event", "Customer", "Took", "Retries"];

// A type is what an event says it is.
const mostCharacters = 100;

// The newest first, a page of them, with its filters.
const eventsPage = (filter: EventFilter, from: number, { events }: ConsoleArgs): Markup => {
  const { events: listed, more } = events.page(filter, from, pageSize);
  const live = `/live?${new URLSearchParams({ ...filter, since: `${events.changes()}` })}`;
  const addressFrom = (start: number) => `?${new URLSearchParams({ ...filter, from: `${Math.max(0, start)}` })}`;
  return html`
    ${filters(filter, events)}
    <p class="hint" role="status" data-live-status>${events.size()} events are kept here, the newest first.</p>
    ${problemNote(events.problem)} ${tableOf("Events", columns, listed.map(eventRow), from === 0 ? live : null)}
    ${listed.length === 0 && html`<p data-live-empty>No event is here yet, or none matches.</p>`}
    <nav aria-label="Older and newer events">
      ${from > 0 && link(addressFrom(from - pageSize), "Newer")} ${more && link(addressFrom(from + pageSize), "Older")}
    </nav>
  `;
};

const eventRow = (event: ListedEvent): Markup => {
  const { key, eventId, type, customerId, userId, at, outcome, ms, retries, error, again } = event;
  // A refund names no customer, and a heal none.
  const customer = customerId ?? userId;
  const failure = error && html`<span class="bad">${shown(error.name)}</span>`;
  const cells = [
    time(at),
    html`${badge(outcome)} ${again} ${failure}`,
    cut(type, mostCharacters),
    eventLink(eventId),
    customer === null ? "–" : customerLink(customer),
    ms === null ? "–" : html`<span class="whole">${formatDuration(ms)}</span>`,
    retries,
  ];
  return row(cells, `row-${key}`);
};

const filters = ({ type, outcome, customer, id }: EventFilter, events: ConsoleArgs["events"]): Markup => {
  // The one that is chosen may not have come yet.
  const choices = (column: "type" | "outcome", chosen: string[]) => [
    ["", "all"] as const,
    ...new Set([...events.valuesOf(column), ...chosen]),
  ];
  return html`<form action="/" data-submit-on-change>
    ${choiceField("type", "Type", choices("type", type ? [type] : []), type)}
    ${choiceField("outcome", "Outcome", choices("outcome", outcome ? [outcome] : []), outcome)}
    ${textField("customer", "Customer", { value: customer ?? "" })} ${textField("id", "Event id", { value: id ?? "" })}
    <button>Filter</button>
    <a href="/">All</a>
    <button type="button" data-pause aria-pressed="false" hidden>Pause</button>
  </form>`;
};
