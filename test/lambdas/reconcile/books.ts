import { suite } from "uvu";
import { comparePage, type ReconcileSettings } from "../../../lambdas/compare-page.ts";
import { handle } from "../../../lambdas/runtime/handle.ts";
import { paymentsTable } from "../../../lambdas/payments/payments-table.ts";
import { reversalsTable } from "../../../lambdas/reversals/reversals-table.ts";
import { subscriptionsTable } from "../../../lambdas/subscriptions/core-table.ts";
import { customersTable } from "../../../lambdas/subscriptions/customers-table.ts";
import { handler as syncHandler } from "../../../lambdas/sync-subscription.ts";
import { type Json, sampleEvent, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { ofUser, taskInput } from "../../events/envelope.ts";
import { type AskedStripe, startAskedStripe } from "../../helpers/asked-stripe.ts";
import { captured } from "../../helpers/captured.ts";
import { noDifferences } from "../../helpers/no-differences.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";

/** A day, in seconds. */
export const day = 24 * 3600;
/** Stripe's time, in unix seconds. */
export const now = 1_767_225_600 + 100 * day;
const period = { start: now - 10 * day, end: now + 20 * day };

/** The tables, and a Stripe that is another for each test. */
export let tables: Tables;
export let stripe: AskedStripe;

/** Has a suite begin each test with a Stripe of its own; the rows stay, of other users. */
export const beginWithBooks = (test: ReturnType<typeof suite>): void => {
  test.before(async () => {
    tables = await startTables();
  });
  test.before.each(async () => {
    stripe = await startAskedStripe({ now });
  });
  test.after.each(() => stripe.stop());
};

/** How a page is compared. */
export interface Options {
  run?: Json;
  liveOnly?: boolean;
  monthly?: string[];
  days?: number;
  /** Whose item cannot be read, and why. */
  failsFor?: (userId: string) => boolean;
  away?: Error;
  /** What the tables answer in another way than they do. */
  subscriptions?: Partial<ReturnType<typeof subscriptionsTable>>;
  payments?: Partial<ReturnType<typeof paymentsTable>>;
  reversals?: Partial<ReturnType<typeof reversalsTable>>;
  publish?: ReconcileSettings["publish"];
}

/** Compares a page. */
export const call = async ({ run = {}, liveOnly = true, monthly = [], days = 3, ...failing }: Options = {}) => {
  const customers = customersTable(tables.core);
  const subscriptions = { ...subscriptionsTable(tables.core), ...customers };
  const { failsFor, away } = failing;
  const read: typeof subscriptions.read = (userId) =>
    away && failsFor?.(userId) ? Promise.reject(away) : subscriptions.read(userId);
  const books = {
    customers,
    subscriptions: { ...subscriptions, read, ...failing.subscriptions },
    payments: { ...paymentsTable(tables.payments), ...failing.payments },
    reversals: { ...reversalsTable(tables.payments), ...failing.reversals },
    liveOnly,
    sold: { monthly, yearly: [] },
  };
  const execution = "arn:aws:states:ap-northeast-1:123456789012:execution:reconcile:night";
  const { publish = async () => undefined } = failing;
  const settings = { days, paceSeconds: 2, now: () => 1000 * now, execution, publish };
  return handle(taskInput(run), comparePage(books, stripe.ask, settings));
};

/** Compares a page, and keeps what is printed. */
export const page = (options?: Options) => captured(() => call(options));

/** Compares all pages of a run; returns what became of them, was told and was counted. */
export const reconcile = async (options: Options = {}) => {
  const told: Json[] = [];
  const counted: Json[] = [];
  for (let run: Json = options.run ?? {}; ;) {
    const { result, logs, stdout } = await page({ ...options, run });
    told.push(...logs.map(Object).filter(({ message }) => message === "Differs"));
    counted.push(...stdout.map((line) => JSON.parse(line)));
    if (result.next === "done") return { summary: result.summary, told, counted };
    run = { ...result };
  }
};

/** What was counted, by the metrics. */
export const countsOf = (counted: Json[]): unknown[] =>
  counted.map(({ _aws: _, FunctionName: __, ...counts }) => counts);

/** The summary of a page of each list with these counts. */
export const summaryWith = (more: Json): Json => ({
  ...noDifferences,
  pages: 5,
  ...more,
  healed: { ...noDifferences.healed, ...Object(more["healed"]) },
});

/** A user's subscription at Stripe. */
export const subscriptionOf = (name: string, more: Json = {}): Json => ({
  ...sampleSubscription({ id: `sub_${name}`, customer: `cus_${name}`, ...period }),
  metadata: { user_id: name },
  ...more,
});

/** A user's invoice at Stripe. */
export const invoiceOf = (name: string, { paid = true, more = {} }: { paid?: boolean; more?: Json } = {}): Json => {
  const created = now - 2 * day;
  const invoice = { id: `in_${name}`, customer: `cus_${name}`, subscription: `sub_${name}`, amount: 580, created };
  const details = { metadata: { user_id: name }, subscription: `sub_${name}` };
  return {
    ...sampleInvoice({ ...invoice, ...(paid && { paidAt: created + 60 }), ...period }),
    parent: { type: "subscription_details", subscription_details: details },
    ...more,
  };
};

/** The payments of an invoice, by their intents. */
export const paidBy = (...intents: [id: string, isDefault: boolean, status?: string][]): Json => ({
  object: "list",
  data: intents.map(([id, isDefault, status = "paid"]) => ({
    id: `inpay_${id}`,
    object: "invoice_payment",
    is_default: isDefault,
    status,
    payment: { type: "payment_intent", payment_intent: id },
  })),
});

/** A refund of the payment intent of that name, as Stripe lists it. */
export const refundOf = (name: string, more: Json = {}): Json => ({
  id: `re_${name}`,
  object: "refund",
  amount: 200,
  charge: `ch_${name}`,
  created: now - day,
  currency: "jpy",
  payment_intent: `pi_${name}`,
  reason: "requested_by_customer",
  status: "succeeded",
  ...more,
});

/** A dispute about the payment intent of that name, as Stripe lists it. */
export const disputeOf = (name: string, more: Json = {}): Json => ({
  id: `dp_${name}`,
  object: "dispute",
  amount: 580,
  charge: `ch_${name}`,
  created: now - day,
  currency: "jpy",
  evidence_details: { due_by: now + 7 * day },
  payment_intent: `pi_${name}`,
  reason: "fraudulent",
  status: "needs_response",
  ...more,
});

/** The event of a failed attempt. */
export const failureOf = (name: string, created = now - day, more: Json = {}): Json => ({
  ...sampleEvent(`evt_failed_${name}_${created}`, "invoice.payment_failed", created, invoiceOf(name, { paid: false })),
  livemode: true,
  ...more,
});

/** Ties the customer of that name to the user of that name. */
export const knownCustomer = (name: string) =>
  tables.add(tables.core, {
    PK: `USER#${name}`,
    SK: `CUSTOMER#cus_${name}`,
    customer_id: `cus_${name}`,
    user_id: name,
  });

/** Handles the event of a subscription's beginning. */
export const created = (name: string, object: Json, at = now - 10 * day) =>
  captured(() => syncHandler(ofUser(name, sampleEvent(`evt_${name}`, "customer.subscription.created", at, object))));

/** An item of either table. */
export const itemOf = async (PK: string, SK: string): Promise<Json | undefined> =>
  [...(await tables.items(tables.core)), ...(await tables.items(tables.payments))].find(
    (item) => item["PK"] === PK && item["SK"] === SK,
  );
/** A user's row. */
export const rowOf = (name: string) => itemOf(`USER#${name}`, "SUBSCRIPTION");
/** The row of a user's payment. */
export const paymentOf = (name: string) => itemOf(`INVOICE#in_${name}`, "SUCCEEDED");
