import { html } from "hono/html";
import type { RowChange } from "../console-args.ts";
import { folded, foldedJson, section, table } from "../html/parts.ts";
import { customerLink, cut, type Markup, shown, time } from "../html/text.ts";
import type { Published } from "./published-events.ts";

/** What was written: each row as it was and is, where that is known, or else its key. */
export const rowsSection = (changes: RowChange[], written: string[]): Markup => {
  const others = [...new Set(written)].filter((key) => !changes.some((change) => change.key === key));
  const isEmpty = changes.length + others.length === 0;
  return section(
    "changes",
    "Rows written",
    changes.map(rowChange),
    others.map((key) => html`<p>${rowLink(key)}</p>`),
    isEmpty && html`<p>No row was written.</p>`,
  );
};

/** What other services were told. */
export const publishedSection = (published: Published[], hasFailed: boolean): Markup =>
  section(
    "published",
    "Published",
    published.map(publishedEvent),
    hasFailed &&
      html`<p>
        Putting the changes on the bus failed, so that some of them may be there. A redrive puts all of them again, as
        does the row's next event or the night.
      </p>`,
    published.length === 0 && !hasFailed && html`<p>Nothing was published.</p>`,
  );

const publishedEvent = ({ type, subject, version, detail }: Published): Markup => {
  const fields = Object.entries(detail?.changes ?? {}).map(([name, { from, to }]) => ({ name, from, to }));
  return html`<h3>${shown(type)}</h3>
    <p>${shown(subject)}, version ${version}</p>
    ${changesTable(`Changes of ${subject}, version ${version} (${type})`, fields)}
    ${detail?.changes === null && html`<p class="hint">It does not say what has changed.</p>`}
    ${detail && foldedJson("State after it", detail.state)}`;
};

const rowChange = ({ key, before, after }: RowChange, index: number): Markup => {
  const label = `${key}, write ${index + 1}`;
  const fields = before === "unknown" ? [] : changedFields(before ?? {}, after);
  const { true: internal = [], false: own = [] } = Object.groupBy(fields, ({ name }) => `${isInternal(name)}`);
  return html`<h3>${rowLink(key)}</h3>
    ${before === null && html`<p>The row is new.</p>`}
    ${before === "unknown" && html`<p class="hint">What it was before is not known here.</p>`}
    ${changesTable(`Changes of ${label}`, own)}
    ${before !== "unknown" && own.length === 0 && html`<p>Nothing that other services read has changed.</p>`}
    ${internal.length > 0 && folded("Ledgers and outbox", "changed", changesTable(`Ledgers and outbox of ${label}`, internal))}
    ${foldedJson("Whole row", after)}`;
};

const isInternal = (name: string): boolean =>
  /^stripe_(subscriptions|customers|overflow|version|published|unpublished)$/.test(name);

// To the user of a subscription, or of an invoice; a payment's refunds name neither.
const rowLink = (key: string): Markup => {
  const id = /^(?:core USER|payments INVOICE)#(.*) \S+$/.exec(key)?.[1];
  return id === undefined ? html`${shown(key)}` : customerLink(id, key);
};

interface ChangedField {
  name: string;
  from: unknown;
  to: unknown;
}

// The fields in which two objects differ.
const changedFields = (before: object, after: object): ChangedField[] => {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name): ChangedField => ({ name, from: old.get(name), to: now.get(name) }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
};

// What fields were before and are now, marked as removed and added.
const changesTable = (label: string, fields: readonly ChangedField[]): Markup | null => {
  const rows = fields.map(({ name, from, to }) => [
    name,
    isNothing(from) ? "–" : html`<del>${valueOf(name, from)}</del>`,
    isNothing(to) ? "–" : html`<ins>${valueOf(name, to)}</ins>`,
  ]);
  return table(label, ["Field", "Before", "After"], rows);
};

const isNothing = (value: unknown): boolean => value === null || value === undefined;

const mostCharacters = 500;

const valueOf = (name: string, value: unknown): Markup => {
  // Seconds, as Stripe and our rows have them.
  if (typeof value === "number" && /_(at|since|start|end|created)$/.test(name))
    return html`${value} (${time(value * 1000)})`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return html`${shown(cut(text, mostCharacters))}`;
};
