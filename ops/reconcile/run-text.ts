import { counted } from "../terminal/counted.ts";
import { escapeLines } from "../terminal/escape.ts";
import { failureMessage } from "../terminal/failure-message.ts";
import { wrapText } from "../terminal/fit.ts";
import { tablesOf } from "../terminal/table.ts";
import type { Difference } from "./run-logs.ts";
import { differing, healedIn, type Summary } from "./run-output.ts";
import type { RunEnd, RunOptions } from "./start-run.ts";

/** The objects that differ, a line each. */
export const differencesText = (differences: readonly Difference[]): string =>
  tablesOf(
    differences.map(({ kind, id, outcome, userId, reason, differences: fields }) => ({
      id,
      kind,
      outcome,
      user: userId ?? "",
      "here → Stripe": fieldsText({ kind, differences: fields }),
      reason: reason ?? "",
    })),
    ["id", "kind", "outcome", "user", "here → Stripe", "reason"],
  );

/** The fields of an object that differ; of a row that is not there, each would be told: `--json` has them. */
export const fieldsText = ({ kind, differences: fields }: Pick<Difference, "kind" | "differences">): string => {
  const isMissing = kind !== "payment_intent" && fields.length > 1 && fields.every(({ ours }) => ours === null);
  if (isMissing) return "no row";
  return fields.map(({ field, ours, stripes }) => `${field} ${shown(ours)} → ${shown(stripes)}`).join(", ");
};

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
};

// Of an older attempt no other object at Stripe has the time: https://docs.stripe.com/api/events
const eventDays = 30;

/** What a reconciliation found and did, and what it could not see. */
export const summaryText = (summary: Summary, options: RunOptions): string =>
  summaryLines(summary, options)
    .map((line) => wrapText(line, 2))
    .join("\n");

/** The same in lines of any length. */
export const summaryLines = (summary: Summary, { dryRun, since }: RunOptions): string[] => {
  const { compared, pages, equal, healed } = summary;
  const kinds = Object.entries(healed).flatMap(([kind, count]) => (count > 0 ? [counted(count, nounOf(kind))] : []));
  const named = kinds.length > 0 ? ` (${kinds.join(", ")})` : "";
  const others = [
    [summary.confirmed, "confirmed"],
    [summary.newer, "newer here"],
    [summary.unknownCustomers, "of unknown customers"],
    [summary.deletedCustomers, "of deleted customers"],
    [summary.noneOfOurs, "none of ours"],
    [summary.refused, "refused"],
    [summary.failed, "failed"],
  ] as const;
  const left = others.flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : []));
  const all = [`${equal} equal`, `${healedIn(summary)} ${dryRun ? "would be healed" : "healed"}${named}`, ...left];
  const text = `${counted(compared, "object")} compared in ${counted(pages, "page")}: ${all.join(", ")}`;
  const isOlder = since !== undefined && since.getTime() < Date.now() - eventDays * 24 * 3600 * 1000;
  const unseen = `Attempts that failed more than ${eventDays} days ago cannot be found: Stripe keeps events no longer`;
  return [text, ...(isOlder ? [unseen] : [])];
};

// Such as "failed payment" of `failedPayments`.
const nounOf = (kind: string): string =>
  kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/s$/, "");

/** The same for a program: a JSON object a line for each difference, and the summary last. */
export const runJson = (differences: readonly Difference[], summary: Summary | null): string =>
  escapeLines([...differences, { summary }].map((value) => JSON.stringify(value)).join("\n"));

/** How far a reconciliation has come. */
export const progressText = (list: string, summary: Summary): string =>
  `${list}: ${counted(summary.pages, "page")}, ${counted(summary.compared, "object")}, ${differing(summary)} differ`;

/** Why a reconciliation has failed. */
export const failureText = ({ execution: { status, error, cause } }: Pick<RunEnd, "execution">): string => {
  const why = [error, failureMessage(cause)].filter(Boolean).join(": ");
  return `The reconciliation ${status}${why ? `, ${why}` : ""}`;
};
