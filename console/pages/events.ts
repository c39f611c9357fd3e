import { html } from "hono/html";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import type { ConsoleArgs } from "../console-args.ts";
import type { EventFilter, ListedEvent } from "../events/listed-event.ts";
import { badge, inAddress, type Markup, shown, time } from "../html/text.ts";

const pageSize = 100;

const columns = ["Time", "Type", "Event", "Customer", "Outcome", "Took", "Retries"];

/** The list of events: the newest first, a page of them, with its filters. */
export const eventsPage = (filter: EventFilter, from: number, { events }: ConsoleArgs): Markup => {
  const { events: rows, more } = events.page(filter, from, pageSize);
  const query = (start: number) => `?${new URLSearchParams({ ...filter, ...(start > 0 && { from: `${start}` }) })}`;
  return html`
    ${filters(filter, events)}
    <p class="hint" role="status" data-live-status>${events.size()} events are kept here, the newest first.</p>
    ${events.problem === null ? "" : html`<p class="problem">${shown(events.problem)}</p>`}
    <div class="wide" tabindex="0" role="region" aria-label="Events">
      <table class="events">
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody ${from === 0 ? html`data-live="/live${query(0)}"` : ""}>
          ${rows.map(eventRow)}
        </tbody>
      </table>
    </div>
    ${rows.length === 0 ? html`<p data-live-empty>No event is here yet, or none matches.</p>` : ""}
    <nav aria-label="Older and newer events" class="pager">
      ${from > 0 ? html`<a href="/${query(Math.max(0, from - pageSize))}">Newer</a>` : ""}
      ${more ? html`<a href="/${query(from + pageSize)}">Older</a>` : ""}
    </nav>
  `;
};

/** The row of an event in the list. */
export const eventRow = (event: ListedEvent): Markup => {
  const { key, eventId, type, customerId, at, outcome, ms, retries, error, again } = event;
  return html`<tr id="row-${key}">
    <td>${time(at)}</td>
    <td>${shown(type)}</td>
    <td><a href="/events/${inAddress(eventId)}">${shown(eventId)}</a></td>
    <td>${customerId === null ? "–" : html`<a href="/customers/${inAddress(customerId)}">${shown(customerId)}</a>`}</td>
    <td>${badge(outcome)} ${again ?? ""} ${error ? html`<span class="error">${shown(error.name)}</span>` : ""}</td>
    <td class="number">${ms === null ? "–" : formatDuration(ms)}</td>
    <td class="number">${retries}</td>
  </tr>`;
};

const filters = (filter: EventFilter, events: ConsoleArgs["events"]): Markup => html`
  <form class="filters" action="/" data-submit-on-change>
    ${choice("type", "Type", filter.type, events.valuesOf("type"))}
    ${choice("outcome", "Outcome", filter.outcome, events.valuesOf("outcome"))}
    ${field("customer", "Customer", filter.customer)} ${field("id", "Event id", filter.id)}
    <button>Filter</button>
    <a href="/">All</a>
    <button type="button" data-pause aria-pressed="false" hidden>Pause</button>
  </form>
`;

const choice = (name: string, label: string, chosen: string | undefined, known: string[]): Markup => {
  // The one that is chosen may not have come yet.
  const values = [...new Set([...known, ...(chosen === undefined ? [] : [chosen])])];
  return html`<label
    >${label}
    <select name="${name}">
      <option value="">all</option>
      ${values.map(
        (value) => html`<option value="${value}" ${value === chosen ? "selected" : ""}>${shown(value)}</option>`,
      )}
    </select>
  </label>`;
};

const field = (name: string, label: string, value = ""): Markup =>
  html`<label>${label} <input name="${name}" value="${value}" maxlength="200" /></label>`;
