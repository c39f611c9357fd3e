import { html } from "hono/html";
import { escapeText } from "../../ops/terminal/escape.ts";
import { formatDuration } from "../../ops/terminal/format-duration.ts";

/** Markup: what `html` makes. */
export type Markup = ReturnType<typeof html>;

/** What can be put into markup; null and false are left out. */
export type Content = Markup | string | number | null | false | readonly Content[];

/** A text from outside, in which control characters are shown instead of obeyed; `html` escapes the rest. */
export const shown = (value: unknown): string => escapeText(`${value}`);

/** A text of so many characters at most. */
export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** A text as a part of an address; half a surrogate pair, which JSON can have, is replaced. */
export const inAddress = (text: string): string => encodeURIComponent(text.toWellFormed());

/** A link, whose text is escaped and shown. */
export const link = (address: string, text: string): Markup => html`<a href="${address}">${shown(text)}</a>`;

/** The way to the page of an event. */
export const eventLink = (id: string): Markup => link(`/events/${inAddress(id)}`, id);

/** The way to the page of a customer, by an id of theirs. */
export const customerLink = (id: string, text = id): Markup => link(`/customers/${inAddress(id)}`, text);

/** A time, in milliseconds since 1970: in UTC, which the script changes to the viewer's zone. */
export const time = (milliseconds: number): Markup => {
  const date = new Date(milliseconds);
  // Beyond what a date can be.
  if (Number.isNaN(date.getTime())) return html`<span>${milliseconds}</span>`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}" title="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
};

/** When something began, and how long it took, where that is known. */
export const timeAndDuration = ({ at, ms }: { at: number; ms: number | null }): Markup =>
  // While the runner plays events its clock stands still.
  html`${time(at)}${ms !== null && ms > 0 && `, took ${formatDuration(ms)}`}`;

/** What failed, and why. */
export const errorText = ({ name, message }: { name: string; message: string }): Markup =>
  html`<span class="bad">${shown(name)}: ${shown(message)}</span>`;

/** How good what became of something is: what colours it. */
export type Tone = "good" | "bad" | "warn" | "plain" | "busy";

const tones: Record<string, Tone> = {
  applied: "good",
  healed: "good",
  reconciled: "good",
  succeeded: "good",
  redriven: "good",
  running: "busy",
  refused: "warn",
  unknown: "warn",
  "dead-letter": "bad",
  lost: "bad",
  failed: "bad",
};

/** The tone of an outcome. */
export const toneOf = (outcome: string): Tone => tones[outcome] ?? "plain";

// Told by their form too, not by colour alone.
const marks: Record<Tone, string> = { good: "✓", bad: "✕", warn: "!", plain: "·", busy: "…" };

/** A word about what became of something, with the mark and the colour of its tone. */
export const badge = (word: string, tone: Tone = toneOf(word)): Markup =>
  html`<span class="badge ${tone}"><span aria-hidden="true">${marks[tone]}</span> ${shown(word)}</span>`;
