import { boolean, defaulted, enums, type Infer, integer, min, nullable, object, string } from "superstruct";
import type { Comparison } from "./comparison.ts";

/** Stripe's lists, in the order in which they are gone through. */
export const lists = ["subscriptions", "invoices", "events", "refunds", "disputes"] as const;

const count = () => defaulted(min(integer(), 0), 0);
const orNull = () => defaulted(nullable(string()), null);

const Summary = object({
  pages: count(),
  /** Objects of Stripe's that were compared. */
  compared: count(),
  equal: count(),
  /** Rows that were right, though an event was missing, or another order of the events possible; neither is so any more. */
  confirmed: count(),
  /** Rows that differed, or were not there, by kind; with `dryRun` those that would be written. */
  healed: defaulted(
    object({
      subscriptions: count(),
      payments: count(),
      failedPayments: count(),
      paymentIntents: count(),
      refunds: count(),
      disputes: count(),
    }),
    {},
  ),
  /** Rows of which an event is known that may be later than what Stripe said. */
  newer: count(),
  unknownCustomers: count(),
  deletedCustomers: count(),
  noneOfOurs: count(),
  refused: count(),
  /** Objects that could not be read. */
  failed: count(),
});

/** What became of all objects that were compared so far. */
export type Summary = Infer<typeof Summary>;

/** A run through Stripe's lists: what it was started with, and how far it is; `{}` is a night's. */
export const Run = object({
  /** Payments from this time on are compared, in unix seconds; null for the last days, by the configuration. */
  since: defaulted(nullable(min(integer(), 0)), null),
  /** Whether nothing is written. */
  dryRun: defaulted(boolean(), false),
  /** Whether rows are expected to differ, so that it is no drift. */
  backfill: defaulted(boolean(), false),
  /** The subscription that alone is compared, or the customer. */
  subscription: orNull(),
  customer: orNull(),
  /** The cursor: the list, and the id of the last object of it that was compared. */
  list: defaulted(enums(lists), "subscriptions"),
  startingAfter: orNull(),
  summary: defaulted(Summary, {}),
  /** What comes after the page: another one, another execution that goes on, or nothing. */
  next: defaulted(enums(["page", "execution", "done"]), "page"),
  /** The name of the execution that goes on. */
  name: orNull(),
  /** Which execution of this run it is. */
  part: defaulted(min(integer(), 1), 1),
  /** How many pages this execution has compared. */
  pages: count(),
  paceSeconds: count(),
});

export type Run = Infer<typeof Run>;

/** A page of one of Stripe's lists. */
export interface Page {
  objects: unknown[];
  hasMore: boolean;
}

// A page takes about ten events of an execution's history, which has at most 25,000.
const pagesPerExecution = 1000;

/** The run after a page: a pure function of both. */
export const afterPage = (run: Run, { objects, hasMore }: Page, comparisons: Comparison[], execution: string): Run => {
  const last: unknown = Object(objects.at(-1)).id;
  const list = hasMore ? run.list : lists[lists.indexOf(run.list) + 1];
  const pages = run.pages + 1;
  const isFull = pages >= pagesPerExecution;
  const summary = comparisons.reduce(counted, { ...run.summary, pages: run.summary.pages + 1 });
  if (!list) return { ...run, summary, pages, next: "done" };
  const next = { ...run, list, startingAfter: hasMore ? `${last}` : null, summary };
  if (!isFull) return { ...next, pages, next: "page" };
  const part = run.part + 1;
  return { ...next, pages: 0, part, next: "execution", name: nameOfPart(execution, part) };
};

// The first execution's name and a number; at most 80 characters: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
const nameOfPart = (execution: string, part: number): string => {
  const name = execution.split(":").at(-1) ?? "";
  return `${(part === 2 ? name : name.replace(/-\d+$/, "")).slice(0, 70)}-${part}`;
};

const counts = {
  equal: "equal",
  confirmed: "confirmed",
  newer: "newer",
  unknown_customer: "unknownCustomers",
  deleted_customer: "deletedCustomers",
  none_of_ours: "noneOfOurs",
  refused: "refused",
  failed: "failed",
} as const;

const kinds = {
  subscription: "subscriptions",
  payment: "payments",
  failed_payment: "failedPayments",
  payment_intent: "paymentIntents",
  refund: "refunds",
  dispute: "disputes",
} as const;

const counted = (summary: Summary, { kind, outcome }: Comparison): Summary => {
  // An intent is a part of its invoice, and only told where it was missing.
  const isPart = kind === "payment_intent";
  if (isPart && outcome === "equal") return summary;
  const compared = summary.compared + (isPart ? 0 : 1);
  if (outcome === "healed" || outcome === "would_heal") {
    const name = kinds[kind];
    return { ...summary, compared, healed: { ...summary.healed, [name]: summary.healed[name] + 1 } };
  }
  return { ...summary, compared, [counts[outcome]]: summary[counts[outcome]] + 1 };
};
