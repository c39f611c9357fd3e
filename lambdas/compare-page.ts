import { paymentsTable } from "./payments/payments-table.ts";
import { versionOf } from "./publishing/outbox.ts";
import { publisher } from "./publishing/publish.ts";
import type { Unpublished } from "./publishing/to-publish.ts";
import { compareFailure, compareInvoice } from "./reconcile/compare-payment.ts";
import { compareReversal } from "./reconcile/compare-reversal.ts";
import { compareSubscription } from "./reconcile/compare-subscription.ts";
import type { Books, Comparison } from "./reconcile/comparison.ts";
import { type AnsweredPage, readPage } from "./reconcile/pages.ts";
import { afterPage, Run } from "./reconcile/run.ts";
import { reversalsTable } from "./reversals/reversals-table.ts";
import { env } from "./runtime/env.ts";
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
  /** Publishes what has changed. */
  publish(unpublished: Unpublished[]): Promise<void>;
}

/**
 * Compares a page of one of Stripe's lists with the rows, heals what differs, and says what comes next.
 *
 * @throws {InvalidEvent} where the input is no run.
 * @throws {StripeKeyRefused} where Stripe cannot be asked.
 */
export const comparePage =
  (books: Omit<Books, "dryRun" | "reason" | "publish" | "log">, ask: AskStripe, settings: ReconcileSettings) =>
  async (input: unknown, log: Log): Promise<Run> => {
    const run = { ...parse(input, Run), paceSeconds: settings.paceSeconds };
    const since = run.since ?? Math.floor(settings.now() / 1000) - settings.days * 24 * 3600;
    const page = await readPage(ask, run, since);
    // What the cursor names may be gone at Stripe since: its list begins anew.
    if (!page && run.startingAfter !== null) {
      log.warn("Stripe does not know the cursor any more: the list begins anew", { list: run.list });
      return { ...run, since, startingAfter: null, next: "page" };
    }
    const unpublished = new Map<string, Unpublished>();
    // Of an item that several objects are in, what is told last is not always what was read last.
    const publish = (one: Unpublished) => {
      const key = `${one.PK} ${one.SK}`;
      const known = unpublished.get(key);
      if (!known || versionOf(one) > versionOf(known)) unpublished.set(key, one);
    };
    const { dryRun } = run;
    const reason = run.backfill ? "backfill" : "reconciliation";
    const results = page
      ? await compareAll({ ...books, dryRun, reason, publish, log }, run, page)
      : [unknownAtStripe(run)];
    const comparisons = results.flatMap((result) => (Array.isArray(result) ? result : []));
    report(run, comparisons, page?.from ?? 0, log);
    // Where either fails the page is retried; what it has healed is logged and counted already.
    if (!dryRun) await settings.publish([...unpublished.values()]);
    for (const result of results) if (!Array.isArray(result)) throw result.failure;
    const next = afterPage({ ...run, since }, page ?? { objects: [], hasMore: false }, comparisons, settings.execution);
    log.info("Page reconciled", { list: run.list, summary: next.summary });
    if (next.next === "done" && isWhole(run)) emitMetrics({ Reconciled: 1 });
    return next;
  };

// EventBridge tries for an hour to deliver an event: one about what happened since then may still be in delivery.
const deliverySeconds = 3600;

const report = (run: Run, comparisons: Comparison[], now: number, log: Log): void => {
  for (const { happenedAt: _, ...one } of comparisons) if (isLogged(one)) log.info("Differs", one);
  // What cannot be compared may differ.
  const isDrift = ({ outcome, happenedAt = 0 }: Comparison) =>
    outcome === "failed" || (outcome === "healed" && happenedAt < now - deliverySeconds);
  const drift = comparisons.filter(isDrift).length;
  if (drift > 0 && isWhole(run) && !run.backfill) emitMetrics({ Drift: drift });
};

// A few at a time: each is up to four calls of DynamoDB.
const concurrency = 10;

const compareAll = async (books: Books, run: Run, { objects, ...page }: AnsweredPage): Promise<Result[]> => {
  const results: Result[] = [];
  for (let at = 0; at < objects.length; at += concurrency) {
    // Those of one customer, or of one payment, one after the other, as they are in one item.
    const groups = Map.groupBy(objects.slice(at, at + concurrency), ownerOf).values();
    const some = Array.from(groups, async (values) => {
      const own: Result[] = [];
      for (const value of values) own.push(await compare(books, run, { ...page, value }));
      return own;
    });
    results.push(...(await Promise.all(some)).flat());
  }
  return results;
};

const ownerOf = (object: unknown): unknown => {
  const { customer, data, payment_intent: intent, charge } = Object(object);
  return idOf(customer) ?? idOf(Object(Object(data).object).customer) ?? idOf(intent) ?? idOf(charge);
};

const idOf = (reference: unknown): unknown => Object(reference).id ?? reference;

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
    const only = { subscription, customer };
    if (list === "events") return await compareFailure(books, answer.value, only);
    return await compareReversal(books, answer, only);
  } catch (failure) {
    if (!(failure instanceof Error) || !isOfObject(failure)) return { failure };
    return failed(kinds[list], `${id}`, failure.message);
  }
};

const kinds = {
  subscriptions: "subscription",
  invoices: "payment",
  events: "failed_payment",
  refunds: "refund",
  disputes: "dispute",
} as const;

const unknownAtStripe = ({ list, subscription, customer }: Run): Result => {
  const id = subscription ?? customer ?? "";
  const reason = `Stripe knows no ${id}, by which its ${list} are asked for`;
  return failed(kinds[list], id, reason);
};

const failed = (kind: Comparison["kind"], id: string, reason: string): Result => [
  { kind, id, userId: null, outcome: "failed", reason, differences: [] },
];

// Whether the object or its row is the reason, so that another try with the page cannot help. An error of a system has a code, one of
// a service the metadata of its answer; but what DynamoDB calls invalid it takes at no time.
const isOfObject = (error: Error): boolean =>
  error.name === "ValidationException" ||
  !("$metadata" in error || "code" in error || ["TimeoutError", "VersionConflict"].includes(error.name));

const isLogged = ({ outcome }: Pick<Comparison, "outcome">): boolean =>
  outcome !== "equal" && outcome !== "confirmed" && outcome !== "none_of_ours";

// Of all rows.
const isWhole = ({ dryRun, subscription, customer }: Run): boolean =>
  !dryRun && subscription === null && customer === null;

export const handler = (input: unknown) => {
  const core = env("HOMEBIYORI_CORE");
  const payments = env("HOMEBIYORI_PAYMENTS");
  const customers = customersTable(core);
  const books = {
    customers,
    subscriptions: { ...subscriptionsTable(core), ...customers },
    payments: paymentsTable(payments),
    reversals: reversalsTable(payments),
    liveOnly: env("LIVEMODE") !== "any",
    sold: planPricesFrom(env),
  };
  const settings = {
    days: Number(env("RECONCILE_DAYS")),
    paceSeconds: Number(env("PACE_SECONDS")),
    now: Date.now,
    execution: `${Object(input).execution}`,
    publish: publisher({ bus: env("BILLING_BUS"), tables: { core, payments } }),
  };
  const ask = askStripe({ parameter: env("STRIPE_KEY_PARAMETER"), liveOnly: books.liveOnly });
  return handle(input, comparePage(books, ask, settings));
};
