import { html } from "hono/html";
import { type Markup, shown } from "./text.ts";

/** What went wrong, above what is on the page anyway; nothing where nothing did. */
export const problemNote = (problem: string | null): Markup | string =>
  problem === null ? "" : html`<p class="problem" role="alert">${shown(problem)}</p>`;

/** Says how to allow what a console that only reads does not. */
export const readOnlyNote: Markup = html`<p>
  This console only reads. Start it with <code>--write</code> to allow changes.
</p>`;
