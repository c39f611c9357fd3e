import { paymentsTable } from "./payments/payments-table.ts";
import { compareFailure, compareInvoice } from "./reconcile/compare-payment.ts";
import { compareSubscription } from "./reconcile/compare-subscription.ts";
import type { Books, Comparison } from "./reconcile/comparison.ts";
import { type AnsweredPage, readPage } from "./reconcile/pages.ts";
import { afterPage, Run } from "./reconcile/run.ts";
import { env } from "./runtime/env.ts";
import { InvalidEvent } from "./runtime/errors.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { emitMetrics } from "./runtime/metric.ts";
import { parse } from "./runtime/parse.ts";
import { askStripe, type AskStripe } from "./stripe-api/stripe-client.ts";
import { subscriptionsTable } from "./subscriptions/core-table.ts";
import { customersTable } from "./subscriptions/customers-table.ts";
import { planPricesFrom } from "./subscriptions/plan.ts";

/** What `compare-page` needs besides the tables and Stripe. */
export interface ReconcileSettings {
  /** How many days of payments a night compares. */
  days: number;
  /** How long to wait between two pages, in seconds. */
  paceSeconds: number;
  /** Milliseconds since 1970. */
  now: () => number;
  execution: string;
}

/**
 * Compares a page of one of Stripe's lists with the rows, heals what differs, and says what comes next.
 *
 * @throws {InvalidEvent} where the input is no run.
 * @throws {StripeKeyRefused} where Stripe cannot be asked.
 */
export const comparePage =
  (books: Omit<Books, "dryRun">, ask: AskStripe, settings: ReconcileSettings) =>
  async (input: unknown, log: Log): Promise<Run> => {
    const run = { ...parse(input, Run), paceSeconds: settings.paceSeconds };
    const since = run.since ?? Math.floor(settings.now() / 1000) - settings.days * 24 * 3600;
    const page = await readPage(ask, run, since);
    const results = page ? await compareAll({ ...books, dryRun: run.dryRun }, run, page) : [unknownAtStripe(run)];
    const comparisons = results.flatMap((result) => (Array.isArray(result) ? result : []));
    tell(run, comparisons, log);
    // The page is asked for again; what it has healed is told already.
    for (const result of results) if (!Array.isArray(result)) throw result.failure;
    const next = afterPage({ ...run, since }, page ?? { objects: [], hasMore: false }, comparisons, settings.execution);
    log.info("Page reconciled", { list: run.list, summary: next.summary });
    if (next.next === "done" && isWhole(run)) emitMetrics({ Reconciled: 1 });
    return next;
  };

const tell = (run: Run, comparisons: Comparison[], log: Log): void => {
  for (const one of comparisons) if (isTold(one)) log.info("Differs", one);
  const drift = comparisons.filter(({ outcome }) => outcome === "healed").length;
  if (drift > 0 && isWhole(run) && !run.backfill) emitMetrics({ Drift: drift });
};

// A few at a time: each is up to four calls of DynamoDB.
const concurrency = 10;

const compareAll = async (books: Books, run: Run, { objects, ...page }: AnsweredPage): Promise<Result[]> => {
  const results: Result[] = [];
  for (let at = 0; at < objects.length; at += concurrency) {
    const some = objects.slice(at, at + concurrency).map((value) => compare(books, run, { ...page, value }));
    results.push(...(await Promise.all(some)));
  }
  return results;
};

/** What became of an object, or what failed with it. */
type Result = Comparison[] | { failure: unknown };

const compare = async (
  books: Books,
  { list, subscription, customer }: Run,
  answer: Omit<AnsweredPage, "objects" | "hasMore"> & { value: unknown },
): Promise<Result> => {
  const { id } = Object(answer.value);
  try {
    if (list === "subscriptions") return [await compareSubscription(books, answer)];
    if (list === "invoices") return await compareInvoice(books, answer.value);
    // Stripe lists events of all customers.
    return await compareFailure(books, answer.value, { subscription, customer });
  } catch (failure) {
    if (!(failure instanceof InvalidEvent)) return { failure };
    return [
      { kind: kinds[list], id: `${id}`, userId: null, outcome: "failed", reason: failure.message, differences: [] },
    ];
  }
};

const kinds = { subscriptions: "subscription", invoices: "payment", events: "failed_payment" } as const;

const unknownAtStripe = ({ list, subscription, customer, startingAfter }: Run): Result => {
  const id = subscription ?? customer ?? startingAfter ?? "";
  const reason = `Stripe knows no ${id}, by which its ${list} are asked for`;
  return [{ kind: kinds[list], id, userId: null, outcome: "failed", reason, differences: [] }];
};

const isTold = ({ outcome }: Comparison): boolean =>
  outcome !== "equal" && outcome !== "confirmed" && outcome !== "none_of_ours";

// Of all rows.
const isWhole = ({ dryRun, subscription, customer }: Run): boolean =>
  !dryRun && subscription === null && customer === null;

export const handler = (input: unknown) => {
  const core = env("HOMEBIYORI_CORE");
  const customers = customersTable(core);
  const books = {
    customers,
    subscriptions: { ...subscriptionsTable(core), ...customers },
    payments: paymentsTable(env("HOMEBIYORI_PAYMENTS")),
    liveOnly: env("LIVEMODE") !== "any",
    sold: planPricesFrom(env),
  };
  const settings = {
    days: Number(env("RECONCILE_DAYS")),
    paceSeconds: Number(env("PACE_SECONDS")),
    now: Date.now,
    execution: `${Object(input).execution}`,
  };
  return handle(input, comparePage(books, askStripe(env("STRIPE_KEY_PARAMETER")), settings));
};
