import { html } from "hono/html";
import { differing, type Summary } from "../../ops/reconcile/run-output.ts";
import { failureText, fieldsText, progressText, summaryLines } from "../../ops/reconcile/run-text.ts";
import { choiceField, textField } from "../html/fields.ts";
import { problemNote, readOnlyNote } from "../html/notes.ts";
import { table } from "../html/table.ts";
import { badge, type Markup, shown, time } from "../html/text.ts";
import type { Reconciliation, Reconciliations } from "./reconciliations.ts";

/** The form that starts a reconciliation, and how those go or went that were started here. */
export const reconcileSection = (reconciliations: Reconciliations, canWrite: boolean): Markup => {
  const all = reconciliations.all();
  const isBusy = all.some((one) => one.end === null && one.problem === null);
  return html`<section aria-labelledby="reconcile">
    <h2 id="reconcile">Reconcile with Stripe</h2>
    <p>Compares subscriptions, payments, refunds and disputes with Stripe's, and heals what differs.</p>
    ${canWrite ? form : readOnlyNote}
    <div id="reconciliations" ${isBusy ? html`data-refresh="1"` : ""}>${all.map(reconciliationText)}</div>
  </section>`;
};

const form = html`<form method="post" action="/try/reconcile">
  ${choiceField("mode", "Do", { "": { compare: "compare only", heal: "compare and heal" } })}
  ${textField("since", "Payments since", { hint: "90d or 2026-01-31" })}
  ${textField("only", "Only of", { hint: "sub_… or cus_…" })}
  <button>Start</button>
</form>`;

const reconciliationText = ({ run, options, at, end, problem }: Reconciliation): Markup => {
  const page = run.logs.page();
  const differences = run.logs.differences();
  const summary = end?.summary ?? null;
  return html`<article aria-label="${run.name}">
    <h3>${time(at)} ${shown(run.name)}</h3>
    <p>${stateOf(end, problem)} ${!end && page ? shown(progressText(page.list, page.summary)) : ""}</p>
    ${problemNote(problem)}
    ${
      end && !end.summary
        ? html`${problemNote(failureText(end))}
            <p>Its <a href="/dead-letters">dead letter</a> says why and where it stopped.</p>`
        : ""
    }
    ${summary ? summaryLines(summary, options).map((line) => html`<p>${shown(line)}</p>`) : ""}
    ${differences.length > 0 ? differencesTable(differences) : ""}
    ${summary ? missingNote(summary, differences.length) : ""}
  </article>`;
};

const stateOf = (end: Reconciliation["end"], problem: string | null): Markup => {
  if (problem !== null) return badge("not followed", "warn");
  if (end === null) return badge("running");
  return end.summary ? badge("reconciled") : badge("failed");
};

const differencesTable = (differences: ReturnType<Reconciliation["run"]["logs"]["differences"]>): Markup =>
  table(
    "What differs",
    ["Object", "Kind", "Outcome", "User", "Here → Stripe", "Reason"],
    differences.map((one) => [
      one.id,
      one.kind,
      badge(one.outcome),
      one.userId ?? "–",
      fieldsText(one),
      one.reason ?? "–",
    ]),
  );

const missingNote = (summary: Summary, shownCount: number): Markup | string => {
  const missing = differing(summary) - shownCount;
  return missing > 0 ? html`<p>The log does not have the lines of ${missing} of them yet.</p>` : "";
};
