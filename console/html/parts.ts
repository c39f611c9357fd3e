import { html } from "hono/html";
import { escapeLines } from "../../ops/terminal/escape.ts";
import { indentedJson } from "../../ops/terminal/indented-json.ts";
import { type Content, type Markup, shown } from "./text.ts";

/** A part of a page under a heading, which a link can lead to. */
export const section = (id: string, title: string, ...content: Content[]): Markup =>
  html`<section id="${id}" aria-label="${title}">
    <h2>${title}</h2>
    ${content}
  </section>`;

/** A part of a page that the script reads anew every so many seconds; never for null. */
export const refreshed = (id: string, seconds: number | null, ...content: Content[]): Markup =>
  html`<div id="${id}" ${seconds !== null && html`data-refresh="${seconds}"`}>${content}</div>`;

/** A list; nothing where it would be empty. */
export const list = (items: readonly Content[]): Markup | null => {
  if (items.length === 0) return null;
  return html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;
};

/** What can be unfolded under a title. */
export const folded = (title: string, hint: string, ...content: Content[]): Markup =>
  html`<details>
    <summary>${shown(title)} <span class="hint">${hint}</span></summary>
    ${content}
  </details>`;

/** A cell: markup, or a text from outside. */
export type Cell = Markup | string | number;

const shownCell = (cell: Cell): Cell => (typeof cell === "string" ? shown(cell) : cell);

/** A row of a table, of which the first cell is what the row is about. Texts are escaped and shown. */
export const row = ([first = "", ...others]: readonly Cell[], id: string | null = null): Markup =>
  html`<tr ${id && html`id="${id}"`}>
    <th scope="row">${shownCell(first)}</th>
    ${others.map((cell) => html`<td>${shownCell(cell)}</td>`)}
  </tr>`;

type Texts = readonly string[];

/** A table of rows that scrolls where it is too wide; new rows come from an address, if there is one. */
export const tableOf = (label: string, columns: Texts, rows: Markup[], live: string | null = null): Markup =>
  html`<div class="wide" tabindex="0" role="region" aria-label="${shown(label)}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody ${live !== null && html`data-live="${live}"`}>
        ${rows}
      </tbody>
    </table>
  </div>`;

/** A table; nothing where it would have no row. */
export const table = (label: string, columns: Texts, rows: readonly (readonly Cell[])[]): Markup | null => {
  if (rows.length === 0) return null;
  return tableOf(
    label,
    columns,
    rows.map((cells) => row(cells)),
  );
};

/** A list of terms and what they are; leaves out what is null. Texts are escaped and shown. */
export const definitions = (all: readonly (readonly [term: string, what: Cell | null])[]): Markup =>
  html`<dl>
    ${all.map(([term, what]) => what !== null && [html`<dt>${term}</dt>`, html`<dd>${shownCell(what)}</dd>`])}
  </dl>`;

/** A text of several lines, as it is. */
export const textBlock = (label: string, text: string): Markup =>
  html`<pre tabindex="0" role="region" aria-label="${label}">${escapeLines(text)}</pre>`;

// A browser lays out more only slowly.
const mostCharacters = 200_000;

/** A value as JSON, folded under a title, and cut where it is very long. */
export const foldedJson = (title: string, value: unknown): Markup => {
  const text = indentedJson(value);
  const cut = html`<p class="hint">Only the first ${sizeText(mostCharacters)} are shown.</p>`;
  const pre = html`<pre tabindex="0">${escapeLines(text.slice(0, mostCharacters))}</pre>`;
  return folded(title, sizeText(text.length), text.length > mostCharacters && cut, pre);
};

const sizeText = (characters: number): string =>
  characters < 1000 ? `${characters} characters` : `${(characters / 1000).toFixed(1)} thousand characters`;

/** What went wrong, above what is on the page anyway; nothing where nothing did. */
export const problemNote = (problem: string | null): Markup | null =>
  problem === null ? null : html`<p class="problem" role="alert">${shown(problem)}</p>`;

/** Says how to allow what a console that only reads does not. */
export const readOnlyNote: Markup = html`<p>
  This console only reads. Start it with <code>--write</code> to allow changes.
</p>`;
