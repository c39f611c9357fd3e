import { html } from "hono/html";
import { type Markup, shown } from "./text.ts";

/** A cell: markup, or a text from outside. */
export type Cell = Markup | string | number;

/** A table that scrolls where it is too wide; the first cell of a row is what the row is about. Texts of cells are escaped and shown. */
export const table = (label: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Markup =>
  html`<div class="wide" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first = "", ...others]) =>
            html`<tr>
              <th scope="row">${cell(first)}</th>
              ${others.map((one) => html`<td>${cell(one)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const cell = (content: Cell): Cell => (typeof content === "string" ? shown(content) : content);
