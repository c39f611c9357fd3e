import { html } from "hono/html";
import { idOption, timeOption } from "../../ops/command/option-values.ts";
import { UserError } from "../../ops/command/errors.ts";
import { differing } from "../../ops/reconcile/run-output.ts";
import { failureText, fieldsText, progressText, summaryLines } from "../../ops/reconcile/run-text.ts";
import * as reconcile from "../../ops/reconcile/start-run.ts";
import type { ConsoleArgs } from "../console-args.ts";
import { button, choiceField, postForm, textField } from "../html/fields.ts";
import { problemNote, readOnlyNote, refreshed, section, table } from "../html/parts.ts";
import { badge, type Markup, shown, time } from "../html/text.ts";
import { makeRuns, type Run } from "../runs.ts";

// A reconciliation that was started here; its end is null while it runs.
interface Reconciliation {
  run: reconcile.Run;
  options: reconcile.RunOptions;
  end: reconcile.RunEnd | null;
}

const kept = 5;

// Lines of a log come late.
const quietSeconds = 20;

/** The part of the page that reconciles: `start` starts what its form asks for, and goes on following it. */
export const makeReconcilePart = ({ target, now, ending, canWrite }: ConsoleArgs) => {
  const started = makeRuns<Reconciliation>(kept, now);
  return {
    start: async (fields: Record<string, string>): Promise<void> => {
      const options = optionsOf(fields);
      const run = await reconcile.startRun(target, options);
      started.start(run.name, { run, options, end: null }, async (one) => {
        one.end = await run.follow({ signal: ending, quietSeconds });
      });
    },
    show: (): Markup => {
      const isBusy = started.all.some(({ isDone }) => !isDone);
      return section(
        "reconcile",
        "Reconcile with Stripe",
        html`<p>Compares subscriptions, payments, refunds and disputes with Stripe's, and heals what differs.</p>`,
        canWrite ? form : readOnlyNote,
        refreshed("reconciliations", isBusy ? 1 : null, started.all.map(reconciliationText)),
      );
    },
  };
};

const form = postForm(
  "/try/reconcile",
  choiceField("mode", "Do", Object.entries({ compare: "compare only", heal: "compare and heal" })),
  textField("since", "Payments since", { hint: "90d or 2026-01-31" }),
  textField("only", "Only of", { hint: "sub_… or cus_…" }),
  button("Start"),
);

const optionsOf = ({ mode, since, only }: Record<string, string>): reconcile.RunOptions => ({
  ...(mode !== "heal" && { dryRun: true }),
  ...(since !== undefined && { since: timeOption(since) }),
  ...(only !== undefined && onlyOf(only)),
});

const onlyOf = (id: string): reconcile.RunOptions => {
  if (id.startsWith("sub_")) return { subscription: idOption("sub_")(id) };
  if (id.startsWith("cus_")) return { customer: idOption("cus_")(id) };
  throw new UserError(`${id} is neither a subscription, sub_…, nor a customer, cus_…`);
};

const reconciliationText = ({ title, run, options, at, end, problem }: Run<Reconciliation>): Markup => {
  const page = run.logs.page();
  const differences = run.logs.differences();
  const missing = end?.summary ? differing(end.summary) - differences.length : 0;
  const failure =
    end && !end.summary
      ? html`${problemNote(failureText(end))}
          <p>Its <a href="/dead-letters">dead letter</a> says why and where it stopped.</p>`
      : null;
  return html`<article aria-label="${title}">
    <h3>${time(at)} ${shown(title)}</h3>
    <p>${stateOf(end, problem)} ${!end && page && shown(progressText(page.list, page.summary))}</p>
    ${problemNote(problem)} ${failure}
    ${end?.summary && summaryLines(end.summary, options).map((line) => html`<p>${shown(line)}</p>`)}
    ${differencesTable(title, differences)}
    ${missing > 0 && html`<p>The log does not have the lines of ${missing} of them yet.</p>`}
  </article>`;
};

const stateOf = (end: Reconciliation["end"], problem: string | null): Markup => {
  if (problem !== null) return badge("not followed", "warn");
  if (end === null) return badge("running");
  return end.summary ? badge("reconciled") : badge("failed");
};

const differencesTable = (title: string, all: ReturnType<reconcile.Run["logs"]["differences"]>): Markup | null => {
  const columns = ["Object", "Kind", "Outcome", "User", "Here → Stripe", "Reason"];
  const rows = all.map((one) => {
    const { id, kind, outcome, userId, reason } = one;
    return [id, kind, badge(outcome), userId ?? "–", fieldsText(one), reason ?? "–"];
  });
  return table(`What differs by ${title}`, columns, rows);
};
