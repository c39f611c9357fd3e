import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dynamodb } from "../../lambdas/dynamodb/dynamodb.ts";
import { comparePage, handler } from "../../lambdas/compare-page.ts";
import type { Run } from "../../lambdas/reconcile/run.ts";
import { handle } from "../../lambdas/runtime/handle.ts";
import { paymentsTable } from "../../lambdas/payments/payments-table.ts";
import { subscriptionsTable } from "../../lambdas/subscriptions/core-table.ts";
import { customersTable } from "../../lambdas/subscriptions/customers-table.ts";
import { handler as linkHandler } from "../../lambdas/link-payment.ts";
import { handler as syncHandler } from "../../lambdas/sync-subscription.ts";
import { handler as writeHandler } from "../../lambdas/write-payment.ts";
import { type Json, sampleEvent, sampleInvoice, sampleSubscription } from "../../samples/stripe-objects.ts";
import { ofUser, onTheBus, sampleExecution, taskInput } from "../events/envelope.ts";
import { type AskedStripe, startAskedStripe } from "../helpers/asked-stripe.ts";
import { captured } from "../helpers/captured.ts";
import { startParameterStore } from "../helpers/parameter-store.ts";
import { rejects } from "../helpers/rejects.ts";
import { startTables, type Tables } from "../helpers/tables.ts";

const test = suite("compare-page");

const day = 24 * 3600;
const now = 1_767_225_600 + 100 * day;
const period = { start: now - 10 * day, end: now + 20 * day };

let tables: Tables;
let stripe: AskedStripe;
test.before(async () => {
  tables = await startTables();
});
// An account of its own for each test; its rows stay, of other users.
test.before.each(async () => {
  stripe = await startAskedStripe({ now });
});
test.after.each(() => stripe.stop());

interface Options {
  run?: Json;
  liveOnly?: boolean;
  monthly?: string[];
  days?: number;
  /** Whose item cannot be read, and why. */
  failsFor?: (userId: string) => boolean;
  away?: Error;
}

const call = async ({ run = {}, liveOnly = true, monthly = [], days = 3, ...failing }: Options = {}) => {
  const customers = customersTable(tables.core);
  const subscriptions = { ...subscriptionsTable(tables.core), ...customers };
  const { failsFor, away } = failing;
  const read: typeof subscriptions.read = (userId) =>
    away && failsFor?.(userId) ? Promise.reject(away) : subscriptions.read(userId);
  const books = {
    customers,
    subscriptions: { ...subscriptions, read },
    payments: paymentsTable(tables.payments),
    liveOnly,
    sold: { monthly, yearly: [] },
  };
  const execution = "arn:aws:states:ap-northeast-1:123456789012:execution:reconcile:night";
  const settings = { days, paceSeconds: 2, now: () => 1000 * now, execution };
  return handle(taskInput(run), comparePage(books, stripe.ask, settings));
};

const page = (options?: Options) => captured(() => call(options));

// All pages of a run, and what they told.
const reconcile = async (options: Options = {}) => {
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

const countsOf = (counted: Json[]): unknown[] => counted.map(({ _aws: _, FunctionName: __, ...counts }) => counts);

const summaryWith = (more: Json): Json => ({
  pages: 3,
  compared: 0,
  equal: 0,
  confirmed: 0,
  newer: 0,
  unknownCustomers: 0,
  deletedCustomers: 0,
  noneOfOurs: 0,
  refused: 0,
  failed: 0,
  ...more,
  healed: { subscriptions: 0, payments: 0, failedPayments: 0, paymentIntents: 0, ...Object(more["healed"]) },
});

// A user's subscription at Stripe.
const subscriptionOf = (name: string, more: Json = {}): Json => ({
  ...sampleSubscription({ id: `sub_${name}`, customer: `cus_${name}`, ...period }),
  metadata: { user_id: name },
  ...more,
});

const invoiceOf = (name: string, { paid = true, more = {} }: { paid?: boolean; more?: Json } = {}): Json => {
  const created = now - 2 * day;
  const invoice = { id: `in_${name}`, customer: `cus_${name}`, subscription: `sub_${name}`, amount: 580, created };
  const details = { metadata: { user_id: name }, subscription: `sub_${name}` };
  return {
    ...sampleInvoice({ ...invoice, ...(paid && { paidAt: created + 60 }), ...period }),
    parent: { type: "subscription_details", subscription_details: details },
    ...more,
  };
};

const paidBy = (...intents: [id: string, isDefault: boolean, status?: string][]): Json => ({
  object: "list",
  data: intents.map(([id, isDefault, status = "paid"]) => ({
    id: `inpay_${id}`,
    object: "invoice_payment",
    is_default: isDefault,
    status,
    payment: { type: "payment_intent", payment_intent: id },
  })),
});

const failureOf = (name: string, created = now - day, more: Json = {}): Json => ({
  ...sampleEvent(`evt_failed_${name}_${created}`, "invoice.payment_failed", created, invoiceOf(name, { paid: false })),
  livemode: true,
  ...more,
});

const knownCustomer = (name: string) =>
  tables.add(tables.core, {
    PK: `USER#${name}`,
    SK: `CUSTOMER#cus_${name}`,
    customer_id: `cus_${name}`,
    user_id: name,
  });

const created = (name: string, object: Json, at = now - 10 * day) =>
  captured(() => syncHandler(ofUser(name, sampleEvent(`evt_${name}`, "customer.subscription.created", at, object))));

const itemOf = async (PK: string, SK: string): Promise<Json | undefined> =>
  [...(await tables.items(tables.core)), ...(await tables.items(tables.payments))].find(
    (item) => item["PK"] === PK && item["SK"] === SK,
  );
const rowOf = (name: string) => itemOf(`USER#${name}`, "SUBSCRIPTION");
const paymentOf = (name: string) => itemOf(`INVOICE#in_${name}`, "SUCCEEDED");

test("fills the tables of a stack that starts beside existing customers, and finds nothing to do afterwards", async () => {
  stripe.set("subscriptions", subscriptionOf("fresh"));
  stripe.set("invoices", invoiceOf("fresh", { more: { payments: paidBy(["pi_fresh", true]) } }));
  stripe.set("events", failureOf("fresh"));
  const { summary, told, counted } = await reconcile({ run: { backfill: true } });
  const healed = { subscriptions: 1, payments: 1, failedPayments: 1, paymentIntents: 0 };
  assert.equal(summary, summaryWith({ compared: 3, healed }));
  assert.equal(countsOf(counted), [{ Reconciled: 1 }]);
  assert.equal(
    told.map(({ kind, id, userId, outcome }) => ({ kind, id, userId, outcome })),
    [
      { kind: "subscription", id: "sub_fresh", userId: "fresh", outcome: "healed" },
      { kind: "payment", id: "in_fresh", userId: "fresh", outcome: "healed" },
      { kind: "failed_payment", id: `evt_failed_fresh_${now - day}`, userId: "fresh", outcome: "healed" },
    ],
  );
  const { status, order, plan, customer_id: customer } = Object(await rowOf("fresh"));
  assert.equal([status, order, plan, customer], ["active", "certain", "monthly", "cus_fresh"]);
  assert.is((await itemOf("USER#fresh", "CUSTOMER#cus_fresh"))?.["user_id"], "fresh");
  const payment = await paymentOf("fresh");
  assert.equal([payment?.["amount"], payment?.["payment_id"]], [580, "pi_fresh"]);
  assert.is((await itemOf("INVOICE#in_fresh", `FAILED#${now - day}#1`))?.["status"], "failed");

  const again = await reconcile();
  assert.equal(again.summary, summaryWith({ compared: 3, equal: 3 }));
  assert.equal(again.told, []);
  assert.equal(countsOf(again.counted), [{ Reconciled: 1 }]);
});

test("heals a row whose event never came, and counts it as drift at the end of a night only", async () => {
  await created("drift", subscriptionOf("drift"));
  stripe.set("subscriptions", subscriptionOf("drift", { status: "past_due" }));
  const dry = await reconcile({ run: { dryRun: true } });
  assert.equal(dry.summary.healed.subscriptions, 1);
  assert.equal([dry.told[0]?.["outcome"], dry.counted], ["would_heal", []]);
  assert.is((await rowOf("drift"))?.["status"], "active");
  const { told, counted, summary } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 1, healed: { subscriptions: 1 } }));
  assert.equal(told[0]?.["differences"], [{ field: "status", ours: "active", stripes: "past_due" }]);
  assert.equal(countsOf(counted), [{ Drift: 1 }, { Reconciled: 1 }]);
  assert.equal([(await rowOf("drift"))?.["status"], (await rowOf("drift"))?.["order"]], ["past_due", "certain"]);
});

test("closes a gap whose row is right, and calls it confirmed", async () => {
  const object = subscriptionOf("right", { status: "past_due" });
  const type = "customer.subscription.updated";
  const late = sampleEvent("evt_right_2", type, now - day, object, { status: "unpaid" });
  await created("right", subscriptionOf("right"));
  await captured(() => syncHandler(ofUser("right", late)));
  assert.is((await rowOf("right"))?.["gap_since"], now - 10 * day);
  stripe.set("subscriptions", object);
  const dry = await reconcile({ run: { dryRun: true } });
  assert.equal([dry.summary.confirmed, (await rowOf("right"))?.["gap_since"]], [1, now - 10 * day]);
  const { summary, told } = await reconcile();
  assert.equal([summary.confirmed, told], [1, []]);
  assert.equal([(await rowOf("right"))?.["gap_since"], (await rowOf("right"))?.["order"]], [null, "certain"]);
});

test("leaves a row that knows of a later event", async () => {
  const object = subscriptionOf("newer", { status: "past_due" });
  await created("newer", object, now + 1);
  stripe.set("subscriptions", subscriptionOf("newer"));
  const { summary, told } = await reconcile();
  assert.equal([summary.newer, told[0]?.["outcome"]], [1, "newer"]);
  assert.is((await rowOf("newer"))?.["status"], "past_due");
});

test("heals a payment whose event never came, all intents that paid it, and none that did not", async () => {
  const payments = paidBy(["pi_part_1", true], ["pi_part_2", false], ["pi_open", false, "open"]);
  stripe.set("invoices", invoiceOf("parts", { more: { payments } }));
  const dry = await reconcile({ run: { dryRun: true } });
  assert.equal(dry.summary.healed, { subscriptions: 0, payments: 1, failedPayments: 0, paymentIntents: 1 });
  assert.is(await paymentOf("parts"), undefined);
  const { summary } = await reconcile();
  assert.equal(summary.healed, { subscriptions: 0, payments: 1, failedPayments: 0, paymentIntents: 1 });
  const { payment_id: id, stripe_payment_intent_ids: intents } = Object(await paymentOf("parts"));
  assert.equal([id, [...intents].map(String).toSorted()], ["pi_part_1", ["pi_part_1", "pi_part_2"]]);
  assert.is((await reconcile()).summary.equal, 1);
});

test("heals a lost invoice_payment.paid alone, as the payment's row is there", async () => {
  const event = sampleEvent("evt_paid_lost", "invoice.paid", now - 2 * day + 60, invoiceOf("link"));
  await captured(() => writeHandler(ofUser("link", event)));
  stripe.set("invoices", invoiceOf("link", { more: { payments: paidBy(["pi_link", true]) } }));
  await captured(() => writeHandler(ofUser("link", event)));
  const { summary } = await reconcile();
  assert.equal(summary.healed, { subscriptions: 0, payments: 0, failedPayments: 0, paymentIntents: 1 });
  assert.is((await paymentOf("link"))?.["payment_id"], "pi_link");
});

test("takes a payment that its events have written for equal, whatever way its intent came", async () => {
  const invoice = invoiceOf("events");
  await captured(() =>
    writeHandler(ofUser("events", sampleEvent("evt_e1", "invoice.paid", now - 2 * day + 60, invoice))),
  );
  const link = { id: "inpay_e", object: "invoice_payment", invoice: "in_events", is_default: true };
  const object = { ...link, payment: { payment_intent: "pi_events" } };
  const event = { ...sampleEvent("evt_e2", "invoice_payment.paid", now - 2 * day + 61, object), livemode: true };
  await captured(() => linkHandler(taskInput(onTheBus(event))));
  stripe.set("invoices", { ...invoice, payments: paidBy(["pi_events", true]) });
  const { summary, told } = await reconcile();
  assert.equal([summary.equal, told], [1, []]);
});

test("asks for the payments of the days that it is to compare, and for invoices that were made two months before", async () => {
  const old = { created: now - 62 * day, status_transitions: { paid_at: now - day } };
  stripe.set("invoices", invoiceOf("old", { more: old }), invoiceOf("older", { more: { created: now - 64 * day } }));
  stripe.set("events", failureOf("recent", now - 2 * day), failureOf("past", now - 4 * day));
  for (const name of ["recent", "past"]) await knownCustomer(name);
  const { summary } = await reconcile();
  assert.equal(summary.healed, { subscriptions: 0, payments: 1, failedPayments: 1, paymentIntents: 0 });
  const since = await reconcile({ run: { since: now - 5 * day } });
  assert.equal(since.summary.healed, { subscriptions: 0, payments: 1, failedPayments: 1, paymentIntents: 0 });
  assert.is((await paymentOf("older"))?.["user_id"], "older");
  // Stripe has no older events, and refuses no question.
  assert.is((await reconcile({ run: { since: 0 } })).summary.failed, 0);
});

test("compares one subscription, or one customer, and their payments alone", async () => {
  for (const name of ["only_1", "only_2"]) {
    stripe.set("subscriptions", subscriptionOf(name));
    stripe.set("invoices", invoiceOf(name));
    stripe.set("events", failureOf(name));
  }
  const one = await reconcile({ run: { subscription: "sub_only_1" } });
  assert.equal(one.summary, summaryWith({ compared: 3, healed: { subscriptions: 1, payments: 1, failedPayments: 1 } }));
  assert.equal(one.counted, []);
  assert.is(await rowOf("only_2"), undefined);
  const two = await reconcile({ run: { customer: "cus_only_2" } });
  assert.equal(two.summary, one.summary);
  assert.equal(two.counted, []);
  const none = await reconcile({ run: { subscription: "sub_none" } });
  assert.is(none.summary.failed, 1);
  assert.equal(none.told, [
    {
      message: "Differs",
      eventId: null,
      execution: sampleExecution,
      kind: "subscription",
      id: "sub_none",
      userId: null,
      outcome: "failed",
      reason: "Stripe knows no sub_none, by which its subscriptions are asked for",
      differences: [],
    },
  ]);
});

test("writes nothing of what it must not, and tells of each but what others sell", async () => {
  stripe.set(
    "subscriptions",
    subscriptionOf("unknown", { metadata: {} }),
    subscriptionOf("foreign", { metadata: {}, items: { data: [{ price: { id: "price_other" } }] } }),
    subscriptionOf("tested", { livemode: false }),
    subscriptionOf("gone"),
    subscriptionOf("broken", { status: 5 }),
  );
  const brokenInvoice = invoiceOf("broken", { more: { currency: "JPY" } });
  stripe.set("invoices", invoiceOf("once", { more: { parent: null } }), brokenInvoice);
  stripe.set("events", { ...failureOf("broken"), data: { object: brokenInvoice } });
  stripe.objects.customers.set("cus_gone", { id: "cus_gone", object: "customer", deleted: true });
  const before = [await tables.items(tables.core), await tables.items(tables.payments)];
  const { summary, told } = await reconcile({ monthly: ["price_sample_monthly"] });
  const counts = { unknownCustomers: 1, noneOfOurs: 2, refused: 1, deletedCustomers: 1, failed: 3 };
  assert.equal(summary, summaryWith({ compared: 8, ...counts }));
  const common = { message: "Differs", eventId: null, execution: sampleExecution, userId: null, differences: [] };
  const [subscription, payment] = [
    { ...common, kind: "subscription" },
    { ...common, kind: "payment" },
  ];
  const test = "The event is of Stripe's test mode, and this stack takes live events only";
  assert.equal(
    told.toSorted((a, b) => (`${a["id"]}` < `${b["id"]}` ? -1 : 1)),
    [
      {
        ...common,
        kind: "failed_payment",
        id: `evt_failed_broken_${now - day}`,
        outcome: "failed",
        reason: "detail.data.object.currency: expected a string matching `/^[a-z]{3}$/`, got a string",
      },
      {
        ...payment,
        id: "in_broken",
        outcome: "failed",
        reason: "currency: expected a string matching `/^[a-z]{3}$/`, got a string",
      },
      { ...subscription, id: "sub_broken", outcome: "failed", reason: "status: expected a string, got 5" },
      {
        ...subscription,
        id: "sub_gone",
        outcome: "deleted_customer",
        userId: "gone",
        reason: "Customer cus_gone is deleted at Stripe, and has no row of this subscription",
      },
      { ...subscription, id: "sub_tested", outcome: "refused", reason: test },
      {
        ...subscription,
        id: "sub_unknown",
        outcome: "unknown_customer",
        reason: "No user is known for customer cus_unknown, and sub_unknown names none",
      },
    ],
  );
  assert.equal([await tables.items(tables.core), await tables.items(tables.payments)], before);
});

test("heals the row of a customer that is deleted, where there is one, and calls one without a user deleted too", async () => {
  await created("deleted", subscriptionOf("deleted"));
  const ended = { status: "canceled", ended_at: now - day, canceled_at: now - day };
  stripe.set("subscriptions", subscriptionOf("deleted", ended), subscriptionOf("nobody", { metadata: {} }));
  for (const id of ["cus_deleted", "cus_nobody"])
    stripe.objects.customers.set(id, { id, object: "customer", deleted: true });
  const { summary } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 2, deletedCustomers: 1, healed: { subscriptions: 1 } }));
  assert.is((await rowOf("deleted"))?.["status"], "canceled");
});

test("goes on after a row that it cannot read, which it writes nothing over, and has not come to its end then", async () => {
  stripe.set("subscriptions", subscriptionOf("whole"), subscriptionOf("spoilt", { created: now - 1 }));
  stripe.set("invoices", invoiceOf("whole"));
  const spoilt = { PK: "USER#spoilt", SK: "SUBSCRIPTION", stripe_version: "one" };
  await tables.add(tables.core, spoilt);
  const { summary, told, counted } = await reconcile();
  const healed = { subscriptions: 1, payments: 1 };
  assert.equal(summary, summaryWith({ compared: 3, failed: 1, healed }));
  const failure = told.find(({ id }) => id === "sub_spoilt");
  assert.match(`${failure?.["reason"]}`, /^The item USER#spoilt SUBSCRIPTION of the core table does not hold/);
  assert.equal(countsOf(counted), [{ Drift: 1 }, { Drift: 1 }]);
  assert.equal(await rowOf("spoilt"), spoilt);
});

test("tells of what it has healed before it fails, as the page that is asked for again finds that equal", async () => {
  stripe.set("subscriptions", subscriptionOf("before"), subscriptionOf("after", { created: now - 1 }));
  const away = Object.assign(new Error("DynamoDB is away"), { name: "ThrottlingException" });
  const failing = await captured(() => rejects(call({ failsFor: (userId) => userId === "after", away })));
  assert.is(failing.result.message, "DynamoDB is away");
  assert.equal(
    failing.logs
      .map(Object)
      .filter(({ message }) => message === "Differs")
      .map(({ id }) => id),
    ["sub_before"],
  );
  assert.equal(countsOf(failing.stdout.map((line) => JSON.parse(line))), [{ Drift: 1 }]);
});

test("takes for the page's failure what a system or a service answers, for the object's what DynamoDB never takes", async () => {
  stripe.set("subscriptions", subscriptionOf("errors"));
  const fails = (name: string, more: object = {}) =>
    call({ failsFor: () => true, away: Object.assign(new Error(name), { name, ...more }) });
  assert.is((await rejects(captured(() => fails("Error", { code: "ECONNREFUSED" })))).name, "Error");
  assert.is((await rejects(captured(() => fails("TimeoutError")))).name, "TimeoutError");
  assert.is((await captured(() => fails("ValidationException"))).result.summary.failed, 1);
  assert.is((await captured(() => fails("Error"))).result.summary.failed, 1);
});

test("counts as drift nothing that has just happened, as its event may be on its way", async () => {
  const since = now - 3599;
  stripe.set("subscriptions", subscriptionOf("just", { canceled_at: since, cancel_at_period_end: true }));
  const paid = { status_transitions: { paid_at: since } };
  stripe.set("invoices", invoiceOf("just", { more: paid }));
  await knownCustomer("just");
  stripe.set("events", failureOf("just", since));
  const { summary, counted } = await reconcile();
  assert.equal(summary.healed, { subscriptions: 1, payments: 1, failedPayments: 1, paymentIntents: 0 });
  assert.equal(countsOf(counted), [{ Reconciled: 1 }]);
});

test("heals a row that others have written, or that another configuration made, though its ledger is right", async () => {
  stripe.set("subscriptions", subscriptionOf("edited"));
  await reconcile();
  const right = await rowOf("edited");
  const edited = { ...right, status: "canceled", plan: "yearly", nickname: "N" };
  await dynamodb.send(new PutCommand({ TableName: tables.core, Item: edited }));
  const dry = await reconcile({ run: { dryRun: true } });
  const differences = [
    { field: "status", ours: "canceled", stripes: "active" },
    { field: "plan", ours: "yearly", stripes: "monthly" },
  ];
  assert.equal([dry.told[0]?.["outcome"], dry.told[0]?.["differences"]], ["would_heal", differences]);
  const { told } = await reconcile();
  assert.equal([told[0]?.["outcome"], told[0]?.["differences"]], ["healed", differences]);
  assert.equal(await rowOf("edited"), { ...right, nickname: "N", stripe_version: 2 });
  assert.is((await reconcile({ monthly: ["price_sample_yearly", "price_sample_monthly"] })).summary.equal, 1);
  // Another price is configured: the plan is none now, as nothing but the configuration tells it.
  const configured = await reconcile({ monthly: ["price_other"] });
  assert.equal(configured.told[0]?.["differences"], [{ field: "plan", ours: "monthly", stripes: null }]);
});

test("puts the intent of a partial payment on record though its invoice is not paid, and leaves one out that nothing paid", async () => {
  const more = { payments: paidBy(["pi_half", false]), status: "open" };
  stripe.set("invoices", invoiceOf("half", { paid: false, more }), invoiceOf("due", { paid: false }));
  const { summary } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 1, healed: { paymentIntents: 1 } }));
  const { amount, stripe_payment_intent_ids: intents } = Object(await paymentOf("half"));
  assert.equal([amount, [...intents]], [undefined, ["pi_half"]]);
  assert.equal((await reconcile()).summary, summaryWith({}));
});

test("makes no row of a payment anew whose customer is deleted", async () => {
  stripe.set("invoices", invoiceOf("erased"));
  stripe.set("events", failureOf("erased"));
  stripe.objects.customers.set("cus_erased", { id: "cus_erased", object: "customer", deleted: true });
  const { summary, told } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 2, deletedCustomers: 1, unknownCustomers: 1 }));
  assert.equal(
    told.map(({ reason }) => reason),
    [
      "Customer cus_erased is deleted at Stripe, and has no row of this payment",
      "No item names customer cus_erased: it is deleted at Stripe, or its subscription is not on record",
    ],
  );
  const isErased = ({ PK }: Json) => PK === "INVOICE#in_erased";
  assert.is((await tables.items(tables.payments)).some(isErased), false);
  // One that is on record stays, and is compared.
  const event = sampleEvent("evt_erased", "invoice.paid", now - 2 * day + 60, invoiceOf("erased"));
  await captured(() => writeHandler(ofUser("erased", event)));
  assert.is((await reconcile()).summary.equal, 1);
});

test("begins a list anew whose cursor is gone at Stripe", async () => {
  stripe.set("subscriptions", subscriptionOf("anew"));
  const { result } = await page({ run: { startingAfter: "sub_vanished" } });
  assert.equal([result.next, result.list, result.startingAfter, result.pages], ["page", "subscriptions", null, 1]);
  assert.equal(result.summary, summaryWith({ pages: 0 }));
  const { summary } = await reconcile({ run: { startingAfter: "sub_vanished" } });
  assert.is(summary.healed.subscriptions, 1);
});

test("goes on where it stopped, whatever the page, and asks for a page again that failed", async () => {
  const names = Array.from({ length: 230 }, (_, index) => `many_${index}`);
  stripe.set("subscriptions", ...names.map((name, index) => subscriptionOf(name, { created: now - index })));
  const first = (await page()).result;
  assert.equal([first.list, first.startingAfter, first.next, first.pages], ["subscriptions", "sub_many_99", "page", 1]);
  assert.is(first.paceSeconds, 2);
  const second = (await page({ run: { ...first } })).result;
  assert.equal((await page({ run: { ...first } })).result.summary.equal, 100);
  const third = (await page({ run: { ...second } })).result;
  assert.equal([third.list, third.startingAfter, third.summary.healed.subscriptions], ["invoices", null, 230]);
  assert.is((await rowOf("many_229"))?.["status"], "active");
});

test("hands on to another execution after 1,000 pages, under the first one's name and a number", async () => {
  const at = async (run: Json): Promise<Run> => (await page({ run })).result;
  const { next, name, part, pages, list } = await at({ pages: 999 });
  assert.equal(
    { next, name, part, pages, list },
    { next: "execution", name: "night-2", part: 2, pages: 0, list: "invoices" },
  );
  assert.is((await at({ pages: 998 })).next, "page");
  assert.is((await at({ pages: 999, list: "events" })).next, "done");
});

test("logs each page with what became of all so far, and begins with the payments of the configured days", async () => {
  stripe.set("subscriptions", subscriptionOf("logged"));
  const { result, logs } = await page();
  assert.is(result.since, now - 3 * day);
  const { summary } = result;
  assert.equal([summary.pages, summary.compared, summary.healed.subscriptions], [1, 1, 1]);
  const line = { eventId: null, execution: sampleExecution, list: "subscriptions", summary };
  assert.equal(logs.at(-1), { message: "Page reconciled", ...line });
});

test("takes its settings from the environment, and the key from the Parameter Store", async () => {
  const store = await startParameterStore("rk_live_1");
  const { MONTHLY_PRICES: monthly } = process.env;
  try {
    Object.assign(process.env, {
      RECONCILE_DAYS: "5",
      PACE_SECONDS: "7",
      LIVEMODE: "live",
      MONTHLY_PRICES: '["price_1"]',
    });
    stripe.set("subscriptions", subscriptionOf("handled"), subscriptionOf("tried", { livemode: false }));
    stripe.set("subscriptions", subscriptionOf("foreign_2", { metadata: {} }));
    const before = Math.floor(Date.now() / 1000) - 5 * day;
    const { result } = await captured(() =>
      handler({ event: { pages: 999 }, execution: "arn:aws:states:r:a:execution:m:n" }),
    );
    assert.ok(Number(result.since) >= before && Number(result.since) <= before + 60);
    const { paceSeconds, name, summary } = result;
    assert.equal([paceSeconds, name], [7, "n-2"]);
    assert.equal([summary.healed.subscriptions, summary.refused, summary.noneOfOurs], [1, 1, 1]);
    assert.equal((await rowOf("handled"))?.["customer_id"], "cus_handled");
    stripe.set("invoices", invoiceOf("handled"));
    const invoices = await captured(() => handler({ event: { list: "invoices" }, execution: "e" }));
    assert.is(invoices.result.summary.compared, 0);
    const all = await captured(() => handler({ event: { list: "invoices", since: 0 }, execution: "e" }));
    assert.is(all.result.summary.healed.payments, 1);
    process.env["LIVEMODE"] = "any";
    assert.is((await captured(() => handler({ event: {}, execution: "e" }))).result.summary.refused, 0);
  } finally {
    Object.assign(process.env, { LIVEMODE: "any", MONTHLY_PRICES: monthly });
    store.stop();
  }
});

test("refuses an input that is no run, and a key that is refused, before it writes anything", async () => {
  const { name, message } = await rejects(page({ run: { since: "yesterday" } }));
  assert.equal([name, message], ["InvalidEvent", "since: expected an integer, got a string"]);
  const both = await rejects(page({ run: { subscriptions: "sub_1" } }));
  assert.equal(
    [both.name, both.message],
    ["InvalidEvent", "subscriptions: expected a value of type `never`, got a string"],
  );
});

test.run();
