import { html } from "hono/html";
import { escapeLines } from "../../ops/terminal/escape.ts";
import { type Markup, shown } from "./text.ts";

// A browser lays out more only slowly.
const mostCharacters = 200_000;

/** A value as JSON, folded under a title, and cut where it is very long. */
export const foldedJson = (title: string, value: unknown): Markup => {
  const text = JSON.stringify(value, null, 2) ?? "undefined";
  const isCut = text.length > mostCharacters;
  return html`<details>
    <summary>${shown(title)} <span class="hint">${sizeText(text.length)}</span></summary>
    ${isCut ? html`<p class="hint">Only the first ${sizeText(mostCharacters)} are shown.</p>` : ""}
    <pre tabindex="0">${escapeLines(text.slice(0, mostCharacters))}</pre>
  </details>`;
};

const sizeText = (characters: number): string =>
  characters < 1000 ? `${characters} characters` : `${(characters / 1000).toFixed(1)} thousand characters`;
