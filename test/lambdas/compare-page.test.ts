import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler } from "../../lambdas/compare-page.ts";
import { subscriptionsTable } from "../../lambdas/subscriptions/core-table.ts";
import { handler as syncHandler } from "../../lambdas/sync-subscription.ts";
import type { Run } from "../../lambdas/reconcile/run.ts";
import { type Json, sampleEvent } from "../../samples/stripe-objects.ts";
import { ofUser, sampleExecution } from "../events/envelope.ts";
import { forgetStripeKey } from "../../lambdas/stripe-api/stripe-key.ts";
import { startBillingBus } from "../helpers/billing-bus.ts";
import { captured } from "../helpers/captured.ts";
import { startParameterStore } from "../helpers/parameter-store.ts";
import { rejects } from "../helpers/rejects.ts";
import {
  type Options,
  beginWithBooks,
  call,
  countsOf,
  created,
  day,
  failureOf,
  invoiceOf,
  itemOf,
  knownCustomer,
  now,
  page,
  paidBy,
  paymentOf,
  reconcile,
  refundOf,
  rowOf,
  stripe,
  subscriptionOf,
  summaryWith,
  tables,
} from "./reconcile/books.ts";

const test = suite("compare-page");
beginWithBooks(test);

test("fills the tables of a stack that starts beside existing customers, and finds nothing to do afterwards", async () => {
  stripe.set("subscriptions", subscriptionOf("fresh"));
  stripe.set("invoices", invoiceOf("fresh", { more: { payments: paidBy(["pi_fresh", true]) } }));
  stripe.set("events", failureOf("fresh"));
  const { summary, told, counted } = await reconcile({ run: { backfill: true } });
  const healed = { subscriptions: 1, payments: 1, failedPayments: 1, paymentIntents: 0, refunds: 0, disputes: 0 };
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

test("writes nothing that it must not, and logs each such object but what is none of ours", async () => {
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
  const testMode = "The event is of Stripe's test mode, and this stack takes live events only";
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
      { ...subscription, id: "sub_tested", outcome: "refused", reason: testMode },
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

test("goes on after a row that it cannot read, which it writes nothing over", async () => {
  stripe.set("subscriptions", subscriptionOf("whole"), subscriptionOf("spoilt", { created: now - 1 }));
  stripe.set("invoices", invoiceOf("whole"));
  const spoilt = { PK: "USER#spoilt", SK: "SUBSCRIPTION", stripe_version: "one" };
  await tables.add(tables.core, spoilt);
  const { summary, told, counted } = await reconcile();
  const healed = { subscriptions: 1, payments: 1 };
  assert.equal(summary, summaryWith({ compared: 3, failed: 1, healed }));
  const failure = told.find(({ id }) => id === "sub_spoilt");
  assert.match(`${failure?.["reason"]}`, /^The item USER#spoilt SUBSCRIPTION of the core table does not hold/);
  // What cannot be compared may differ.
  assert.equal(countsOf(counted), [{ Drift: 2 }, { Drift: 1 }, { Reconciled: 1 }]);
  assert.equal(await rowOf("spoilt"), spoilt);
});

test("logs and counts what it has healed before it fails, as the retry of the page finds that equal", async () => {
  stripe.set("subscriptions", subscriptionOf("before"), subscriptionOf("after", { created: now - 1 }));
  const away = Object.assign(new Error("DynamoDB is away"), { name: "ThrottlingException", $metadata: {} });
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
  assert.is((await rejects(captured(() => fails("VersionConflict")))).name, "VersionConflict");
  assert.is((await rejects(captured(() => fails("AccessDenied", { $metadata: {} })))).name, "AccessDenied");
  assert.is((await captured(() => fails("RangeError"))).result.summary.failed, 1);
  assert.is((await captured(() => fails("ValidationException", { $metadata: {} }))).result.summary.failed, 1);
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
  assert.equal(summary.healed, {
    subscriptions: 1,
    payments: 1,
    failedPayments: 1,
    paymentIntents: 0,
    refunds: 0,
    disputes: 0,
  });
  assert.equal(countsOf(counted), [{ Reconciled: 1 }]);
});

test("begins a list anew whose cursor is gone at Stripe", async () => {
  stripe.set("subscriptions", subscriptionOf("anew"));
  const { result, logs } = await page({ run: { startingAfter: "sub_vanished", next: "execution" } });
  assert.equal([result.next, result.list, result.startingAfter], ["page", "subscriptions", null]);
  assert.equal([result.since, result.summary], [now - 3 * day, summaryWith({ pages: 0 })]);
  const message = "Stripe does not know the cursor any more: the list begins anew";
  assert.equal(logs.at(-1), { message, eventId: null, execution: sampleExecution, list: "subscriptions" });
  const { summary } = await reconcile({ run: { startingAfter: "sub_vanished" } });
  assert.is(summary.healed.subscriptions, 1);
});

test("compares the subscriptions of one customer one after the other, and loses none beside their events", async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `crowd_${index}`);
  const of = (id: string) => ({ ...subscriptionOf(id), customer: "cus_crowd", metadata: { user_id: "crowd" } });
  stripe.set("subscriptions", ...ids.map(of));
  await created("crowd", { ...subscriptionOf("crowd"), customer: "cus_crowd" });
  const type = "customer.subscription.updated";
  // Fewer than a writer's attempts: each that it loses is another one's write.
  const events = Array.from({ length: 8 }, (_, index) =>
    sampleEvent(`evt_crowd_${index}`, type, now - day + index, of("crowd"), { metadata: { note: `${index}` } }),
  );
  const { result } = await captured(async () => {
    const handled = events.map((event) => syncHandler(ofUser("crowd", event)).catch(() => null));
    const [run] = await Promise.all([call(), ...handled]);
    return run;
  });
  assert.is(result.summary.failed, 0);
  const again = await reconcile();
  assert.equal([again.summary.failed, again.summary.equal + again.summary.newer], [0, 30]);
});

test("publishes the newest that was read of an item, though what was read before it is told last", async () => {
  const of = (name: string, status: string) => subscriptionOf(name, { metadata: { user_id: "told" }, status });
  stripe.set("subscriptions", of("told_1", "past_due"), of("told_2", "active"));
  const table = subscriptionsTable(tables.core);
  const [older, newer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const write: typeof table.write = async (userId, before, next) => {
    const ids = Object.keys(next.after.subscriptions);
    if (!ids.includes("sub_told_1")) {
      await older.promise;
      return false;
    }
    const isWritten = await table.write(userId, before, next);
    older.resolve();
    // The second is told before the first goes on.
    if (ids.length === 1) await newer.promise;
    else setImmediate(newer.resolve);
    return isWritten;
  };
  const published: unknown[] = [];
  const publish: Options["publish"] = async (items) =>
    void published.push(...items.map(({ changes }) => changes.length));
  await captured(() => call({ subscriptions: { write }, publish }));
  assert.equal(published, [2]);
});

test("does no harm beside another reconciliation", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `twice_${index}`);
  stripe.set("subscriptions", ...names.map((name) => subscriptionOf(name)));
  const { result } = await captured(() => Promise.all([call(), call()]));
  assert.equal(
    result.map(({ summary }) => summary.failed + summary.newer),
    [0, 0],
  );
  assert.is((await reconcile()).summary.equal, 20);
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
  assert.is((await at({ pages: 999, list: "disputes" })).next, "done");
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
    const bus = await startBillingBus();
    const before = Math.floor(Date.now() / 1000) - 5 * day;
    const { result } = await captured(() =>
      handler({ event: { pages: 999 }, execution: "arn:aws:states:r:a:execution:m:n" }),
    );
    assert.ok(Number(result.since) >= before && Number(result.since) <= before + 60);
    const { paceSeconds, name, summary } = result;
    assert.equal([paceSeconds, name], [7, "n-2"]);
    assert.equal([summary.healed.subscriptions, summary.refused, summary.noneOfOurs], [1, 1, 1]);
    const put = bus.calls.flat().map(({ EventBusName, DetailType }) => [EventBusName, DetailType]);
    assert.equal(put, [["billing", "SubscriptionHealed"]]);
    const { stripe_published: published, stripe_unpublished: unpublished } = (await rowOf("handled")) ?? {};
    assert.equal([published, unpublished], [1, []]);
    assert.equal((await rowOf("handled"))?.["customer_id"], "cus_handled");
    stripe.set("invoices", invoiceOf("handled", { more: { payments: paidBy(["pi_handled", true]) } }));
    const invoices = await captured(() => handler({ event: { list: "invoices" }, execution: "e" }));
    assert.is(invoices.result.summary.compared, 0);
    const all = await captured(() => handler({ event: { list: "invoices", since: 0 }, execution: "e" }));
    assert.is(all.result.summary.healed.payments, 1);
    await startBillingBus();
    stripe.set("refunds", refundOf("handled"));
    const refunds = await captured(() => handler({ event: { list: "refunds", since: 0 }, execution: "e" }));
    assert.is(refunds.result.summary.healed.refunds, 1);
    assert.equal(store.asked[0], ["AmazonSSM.GetParameter", { Name: "the-key", WithDecryption: true }]);
    store.value = "rk_test_1";
    forgetStripeKey();
    const refused = await rejects(captured(() => handler({ event: {}, execution: "e" })));
    assert.is(refused.name, "StripeKeyRefused");
    assert.match(refused.message, " is of Stripe's test mode: ");
    store.value = "rk_live_1";
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
