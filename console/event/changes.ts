import { html } from "hono/html";
import type { RowChange } from "../console-args.ts";
import { foldedJson } from "../html/folded.ts";
import { inAddress, type Markup, shown } from "../html/text.ts";
import { changedFields, changesTable } from "./changes-table.ts";
import type { Published } from "./published-events.ts";

/** What was written: each row as it was and is, where that is known, or else its key. */
export const rowsSection = (changes: RowChange[], written: string[]): Markup => {
  const others = [...new Set(written)].filter((key) => !changes.some((change) => change.key === key));
  return html`<section id="changes">
    <h2>Rows written</h2>
    ${changes.map(rowChange)} ${others.map((key) => html`<p>${rowLink(key)}</p>`)}
    ${changes.length + others.length === 0 ? html`<p>No row was written.</p>` : ""}
  </section>`;
};

/** What other services were told. */
export const publishedSection = (published: Published[]): Markup =>
  html`<section id="published">
    <h2>Published</h2>
    ${published.map(publishedEvent)} ${published.length === 0 ? html`<p>Nothing was published.</p>` : ""}
  </section>`;

const publishedEvent = ({ type, subject, version, detail }: Published): Markup => {
  const fields = Object.entries(detail?.changes ?? {}).map(([name, { from, to }]) => ({ name, from, to }));
  return html`<h3>${shown(type)}</h3>
    <p>${shown(subject)}, version ${version}</p>
    ${fields.length === 0 ? "" : changesTable(`Changes of ${shown(subject)}, version ${version} (${type})`, fields)}
    ${detail?.changes === null ? html`<p class="hint">It does not say what has changed.</p>` : ""}
    ${detail ? foldedJson("State after it", detail.state) : ""}`;
};

const rowChange = ({ key, before, after }: RowChange, index: number): Markup => {
  const label = `${shown(key)}, write ${index + 1}`;
  const fields = before === "unknown" ? [] : changedFields(before ?? {}, after);
  const internal = fields.filter(({ name }) => isInternal(name));
  const own = fields.filter(({ name }) => !isInternal(name));
  return html`<h3>${rowLink(key)}</h3>
    ${before === null ? html`<p>The row is new.</p>` : ""}
    ${before === "unknown" ? html`<p class="hint">What it was before is not known here.</p>` : ""}
    ${own.length === 0 ? "" : changesTable(`Changes of ${label}`, own)}
    ${before !== "unknown" && own.length === 0 ? html`<p>Nothing that other services read has changed.</p>` : ""}
    ${
      internal.length === 0
        ? ""
        : html`<details>
            <summary>Ledgers and outbox <span class="hint">changed</span></summary>
            ${changesTable(`Ledgers and outbox of ${label}`, internal)}
          </details>`
    }
    ${foldedJson("Whole row", after)}`;
};

const isInternal = (name: string): boolean =>
  /^stripe_(subscriptions|customers|overflow|version|published|unpublished)$/.test(name);

// To the user of a subscription, or of an invoice; a payment's refunds name neither.
const rowLink = (key: string): Markup => {
  const id = /^core USER#(.*) \S+$/.exec(key)?.[1] ?? /^payments INVOICE#(.*) \S+$/.exec(key)?.[1];
  return id === undefined ? html`${shown(key)}` : html`<a href="/customers/${inAddress(id)}">${shown(key)}</a>`;
};
