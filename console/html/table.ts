import { html } from "hono/html";
import type { Markup } from "./text.ts";

/** A cell: markup, or a text that `html` escapes. */
export type Cell = Markup | string | number;

/** A table that scrolls where it is wider than the page; the first cell of each row is its header. */
export const table = (label: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Markup => html`
  <div class="wide" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first = "", ...cells]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;
