import { html } from "hono/html";
import { type Markup, shown } from "./text.ts";

/** A list of terms and what they are; leaves out what is null. Texts are escaped and shown. */
export const definitions = (all: readonly (readonly [term: string, what: Markup | string | null])[]): Markup =>
  html`<dl>
    ${all.map(([term, what]) =>
      what === null
        ? ""
        : html`<dt>${term}</dt>
            <dd>${typeof what === "string" ? shown(what) : what}</dd>`,
    )}
  </dl>`;
