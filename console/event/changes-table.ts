import { html } from "hono/html";
import { table } from "../html/table.ts";
import { type Markup, shown, time } from "../html/text.ts";

/** A field that has changed. */
export interface ChangedField {
  name: string;
  from: unknown;
  to: unknown;
}

/** The fields in which two objects differ. */
export const changedFields = (before: object, after: object): ChangedField[] => {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name): ChangedField => ({ name, from: old.get(name), to: now.get(name) }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
};

/** What fields were before and are now, marked as removed and added. */
export const changesTable = (label: string, fields: readonly ChangedField[]): Markup =>
  table(
    label,
    ["Field", "Before", "After"],
    fields.map(({ name, from, to }) => [
      shown(name),
      isNothing(from) ? "–" : html`<del>${valueOf(name, from)}</del>`,
      isNothing(to) ? "–" : html`<ins>${valueOf(name, to)}</ins>`,
    ]),
  );

const isNothing = (value: unknown): boolean => value === null || value === undefined;

const mostCharacters = 500;

const valueOf = (name: string, value: unknown): Markup => {
  // Seconds, as Stripe and our rows have them.
  if (typeof value === "number" && /_(at|since|start|end|created)$/.test(name))
    return html`${value} (${time(value * 1000)})`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return html`${shown(text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text)}`;
};
