import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler as linkHandler } from "../../../lambdas/link-payment.ts";
import { handler as writeHandler } from "../../../lambdas/write-payment.ts";
import { type Json, sampleEvent } from "../../../samples/stripe-objects.ts";
import { ofUser, onTheBus, taskInput } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import { rejects } from "../../helpers/rejects.ts";
import {
  beginWithBooks,
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
  stripe,
  summaryWith,
  tables,
} from "./books.ts";

const test = suite("a comparison of payments with Stripe");
beginWithBooks(test);

test("heals a payment whose event never came, all intents that paid it, and none that did not", async () => {
  const payments = paidBy(["pi_part_1", true], ["pi_part_2", false], ["pi_open", false, "open"]);
  stripe.set("invoices", invoiceOf("parts", { more: { payments } }));
  const dry = await reconcile({ run: { dryRun: true } });
  assert.equal(dry.summary.healed, {
    subscriptions: 0,
    payments: 1,
    failedPayments: 0,
    paymentIntents: 1,
    refunds: 0,
    disputes: 0,
  });
  assert.is(await paymentOf("parts"), undefined);
  const { summary } = await reconcile();
  assert.equal(summary.healed, {
    subscriptions: 0,
    payments: 1,
    failedPayments: 0,
    paymentIntents: 1,
    refunds: 0,
    disputes: 0,
  });
  const { payment_id: id, stripe_payment_intent_ids: intents } = Object(await paymentOf("parts"));
  assert.equal([id, [...intents].map(String).toSorted()], ["pi_part_1", ["pi_part_1", "pi_part_2"]]);
  for (const intent of ["pi_part_1", "pi_part_2"])
    assert.is((await itemOf(`PAYMENT#${intent}`, "REVERSALS"))?.["user_id"], "parts", intent);
  assert.is((await reconcile()).summary.equal, 1);
});

test("heals a lost invoice_payment.paid alone, as the payment's row is there", async () => {
  const event = sampleEvent("evt_paid_lost", "invoice.paid", now - 2 * day + 60, invoiceOf("link"));
  await captured(() => writeHandler(ofUser("link", event)));
  stripe.set("invoices", invoiceOf("link", { more: { payments: paidBy(["pi_link", true]) } }));
  await captured(() => writeHandler(ofUser("link", event)));
  const { summary } = await reconcile();
  assert.equal(summary.healed, {
    subscriptions: 0,
    payments: 0,
    failedPayments: 0,
    paymentIntents: 1,
    refunds: 0,
    disputes: 0,
  });
  assert.is((await paymentOf("link"))?.["payment_id"], "pi_link");
});

test("ties what paid a payment of the past to its user, also where an intent alone is on record", async () => {
  const payments = paidBy(["pi_ages_1", true], ["pi_ages_2", false]);
  const row = { SK: "SUCCEEDED", stripe_payment_intent_ids: new Set(["pi_ages_1"]), expires_at: 1 };
  const { user_id, stripe_created } = { user_id: "ages", stripe_created: now - 2 * day };
  const recorded = { user_id, stripe_created, stripe_invoice_id: "in_ages", amount: 580, created_at: 1 };
  await tables.add(tables.payments, {
    ...row,
    ...recorded,
    PK: "INVOICE#in_ages",
    stripe_payment_intent_id: "pi_ages_1",
  });
  await tables.add(tables.payments, {
    ...row,
    PK: "INVOICE#in_alone",
    stripe_payment_intent_ids: new Set(["pi_alone"]),
  });
  stripe.set("invoices", invoiceOf("ages", { more: { payments } }), invoiceOf("alone"));
  const userOf = async (intent: string) => (await itemOf(`PAYMENT#${intent}`, "REVERSALS"))?.["user_id"];
  await reconcile({ run: { backfill: true, dryRun: true } });
  assert.is(await userOf("pi_ages_1"), undefined);
  const { summary } = await reconcile({ run: { backfill: true } });
  assert.equal([summary.failed, summary.healed.payments], [0, 1]);
  for (const [intent, user] of Object.entries({ pi_ages_1: "ages", pi_ages_2: "ages", pi_alone: "alone" }))
    assert.is(await userOf(intent), user, intent);
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
  const old = { created: now - 63 * day, status_transitions: { paid_at: now - day } };
  stripe.set("invoices", invoiceOf("old", { more: old }), invoiceOf("older", { more: { created: now - 64 * day } }));
  stripe.set("events", failureOf("recent", now - 2 * day), failureOf("past", now - 4 * day));
  for (const name of ["recent", "past"]) await knownCustomer(name);
  const { summary } = await reconcile();
  assert.equal(summary.healed, {
    subscriptions: 0,
    payments: 1,
    failedPayments: 1,
    paymentIntents: 0,
    refunds: 0,
    disputes: 0,
  });
  const since = await reconcile({ run: { since: now - 5 * day } });
  assert.equal(since.summary.healed, {
    subscriptions: 0,
    payments: 1,
    failedPayments: 1,
    paymentIntents: 0,
    refunds: 0,
    disputes: 0,
  });
  assert.is((await paymentOf("older"))?.["user_id"], "older");
  // Stripe has no older events, and refuses no question.
  assert.is((await reconcile({ run: { since: 0 } })).summary.failed, 0);
});

test("puts the intent of a partial payment on record though its invoice is not paid, and leaves one out that nothing paid", async () => {
  const more = { payments: paidBy(["pi_half", false]), status: "open" };
  const ownerless = { parent: { subscription_details: { subscription: "sub_x" } } };
  const due = [invoiceOf("due", { paid: false }), invoiceOf("due_of_others", { paid: false, more: ownerless })];
  stripe.set("invoices", invoiceOf("half", { paid: false, more }), ...due);
  const { summary } = await reconcile();
  assert.equal(summary, summaryWith({ healed: { paymentIntents: 1 } }));
  const { amount, stripe_payment_intent_ids: intents } = Object(await paymentOf("half"));
  assert.equal([amount, [...intents]], [undefined, ["pi_half"]]);
  assert.equal((await reconcile()).summary, summaryWith({}));
});

test("ties the intent of a partial payment to the user of a payment that came on record while Stripe still answered that it is due", async () => {
  const event = sampleEvent("evt_meanwhile", "invoice.paid", now - 2 * day + 60, invoiceOf("meanwhile"));
  await captured(() => writeHandler(ofUser("meanwhile", event)));
  const more = { payments: paidBy(["pi_meanwhile", false]), status: "open" };
  stripe.set("invoices", invoiceOf("meanwhile", { paid: false, more }));
  assert.equal((await reconcile()).summary, summaryWith({ healed: { paymentIntents: 1 } }));
  const { user_id: user, stripe_invoice_id: invoice } = Object(await itemOf("PAYMENT#pi_meanwhile", "REVERSALS"));
  assert.equal([user, invoice], ["meanwhile", "in_meanwhile"]);
});

test("ties nothing to a user that failed to pay", async () => {
  await knownCustomer("declined");
  const object = { ...invoiceOf("declined", { paid: false }), payment_intent: "pi_declined_at_night" };
  stripe.set("events", failureOf("declined", now - day, { data: { object } }));
  assert.is((await reconcile()).summary.healed.failedPayments, 1);
  const attempt = await itemOf("INVOICE#in_declined", `FAILED#${now - day}#1`);
  assert.is(attempt?.["payment_id"], "pi_declined_at_night");
  assert.is(await itemOf("PAYMENT#pi_declined_at_night", "REVERSALS"), undefined);
});

test("fails the page where what paid cannot be tied to a user", async () => {
  const away = Object.assign(new Error("DynamoDB is away"), { name: "ThrottlingException", $metadata: {} });
  const reversals = { link: () => Promise.reject(away) };
  const payments = paidBy(["pi_untied_1", true], ["pi_untied_2", false]);
  stripe.set("invoices", invoiceOf("untied", { more: { payments } }));
  // The second time the payment is on record, and its second intent not.
  for (const _ of ["payment", "intent"]) {
    const error = await rejects(page({ reversals, run: { list: "invoices" } }));
    assert.is(error.message, "DynamoDB is away");
  }
  assert.equal((await reconcile()).summary, summaryWith({ compared: 1, equal: 1, healed: { paymentIntents: 1 } }));
  // All of it is on record now, so that for the past alone it is tied again.
  const past = await rejects(page({ reversals, run: { list: "invoices", backfill: true } }));
  assert.is(past.message, "DynamoDB is away");
});

const toldOf = (told: Json[]) => told.map(({ message: _, eventId: __, execution: ___, ...one }) => one);

test("tells each payment, attempt, intent and charge that it heals, or would, with whose it is and what differs", async () => {
  const payments = paidBy(["pi_told_1", true], ["pi_told_2", false]);
  const free = { id: "inpay_free", is_default: false, status: "paid", payment: { type: "charge", charge: "ch_1" } };
  const data = [...(Object(payments).data as Json[]), free];
  stripe.set("invoices", invoiceOf("told", { more: { payments: { ...payments, data } } }));
  stripe.set("events", failureOf("told"), failureOf("told", now - day - 60), {
    ...failureOf("other"),
    type: "invoice.created",
  });
  await knownCustomer("told");
  const field = "stripe_payment_intent_ids";
  const common = { userId: "told", reason: null };
  const expected = (outcome: string) => [
    { kind: "payment", id: "in_told", ...common, outcome },
    { kind: "payment_intent", id: "pi_told_2", ...common, outcome },
    { kind: "payment_intent", id: "ch_1", ...common, outcome },
    { kind: "failed_payment", id: `evt_failed_told_${now - day}`, ...common, outcome },
    { kind: "failed_payment", id: `evt_failed_told_${now - day - 60}`, ...common, outcome },
  ];
  for (const dryRun of [true, false]) {
    const told = toldOf((await reconcile({ run: { dryRun } })).told);
    const without = told.map(({ differences: _, ...one }) => one);
    assert.equal(without, expected(dryRun ? "would_heal" : "healed"));
    const [payment = [], intent, charge, failure = []] = told.map(({ differences }) => differences as Json[]);
    assert.equal(
      payment.find((one) => one["field"] === "amount"),
      { field: "amount", ours: null, stripes: 580 },
    );
    assert.equal(
      failure.find((one) => one["field"] === "status"),
      { field: "status", ours: null, stripes: "failed" },
    );
    assert.equal(intent, [{ field, ours: null, stripes: "pi_told_2" }]);
    assert.equal(charge, [{ field: "stripe_charge_ids", ours: null, stripes: "ch_1" }]);
  }
  assert.is((await paymentOf("told"))?.["customer_id"], "cus_told");
  const again = await reconcile();
  assert.equal([again.told, again.summary.equal], [[], 3]);
});

test("takes a payment without a time of its own for paid when its invoice was made", async () => {
  stripe.set("invoices", invoiceOf("timeless", { more: { status_transitions: null } }));
  await reconcile();
  assert.is((await paymentOf("timeless"))?.["created_at"], now - 2 * day);
});

test("counts nothing as healed that others have written meanwhile, and logs those without a user", async () => {
  const payments = paidBy(["pi_race", false]);
  stripe.set("invoices", invoiceOf("race", { more: { payments } }), invoiceOf("mode", { more: { livemode: false } }));
  const ownerless = { parent: { subscription_details: { subscription: "sub_x" } } };
  const failure = failureOf("nobody");
  const object = { ...Object(Object(failure["data"]).object), ...ownerless };
  stripe.set("events", { ...failure, data: { object } });
  const unpublished = { table: "payments" as const, PK: "INVOICE#in_race", SK: "SUCCEEDED", published: 0, changes: [] };
  const answers = {
    record: async () => ({ outcome: "stale" as const, isFirst: false, payers: [], payment: null, unpublished }),
    link: async () => ({ outcome: "duplicate" as const, key: "", payment: null }),
  };
  const { summary, told } = await reconcile({ payments: answers });
  assert.equal(summary, summaryWith({ compared: 3, equal: 1, refused: 1, unknownCustomers: 1 }));
  const reason = "No user is known for customer cus_nobody, and sub_x names none";
  const unknown = { kind: "failed_payment", id: failure["id"], userId: null, outcome: "unknown_customer", reason };
  assert.equal(toldOf(told).at(-1), { ...unknown, differences: [] });
});

test("compares failed attempts in a dry run though no subscription is on record yet", async () => {
  stripe.set("events", failureOf("early"));
  const dry = await reconcile({ run: { dryRun: true } });
  assert.is(dry.summary.healed.failedPayments, 1);
  const { told } = await reconcile();
  const reason = "No item names customer cus_early: it is deleted at Stripe, or its subscription is not on record";
  const object = { kind: "failed_payment", id: `evt_failed_early_${now - day}`, userId: "early" };
  assert.equal(toldOf(told), [{ ...object, outcome: "unknown_customer", reason, differences: [] }]);
});

test("goes through all pages of invoices and of failed attempts", async () => {
  const names = Array.from({ length: 120 }, (_, index) => `paged_${index}`);
  stripe.set("invoices", ...names.map((name) => invoiceOf(name)));
  stripe.set("events", ...names.map((name) => failureOf(name)));
  const { summary } = await reconcile({ run: { dryRun: true } });
  assert.equal([summary.pages, summary.healed.payments, summary.healed.failedPayments], [7, 120, 120]);
});

test("names no intent that did not pay, though it is the invoice's default one", async () => {
  const failed = paidBy(["pi_declined", true, "canceled"]);
  stripe.set("invoices", invoiceOf("outside", { more: { payments: failed } }));
  const { summary } = await reconcile();
  assert.equal(summary.healed, {
    subscriptions: 0,
    payments: 1,
    failedPayments: 0,
    paymentIntents: 0,
    refunds: 0,
    disputes: 0,
  });
  const { payment_id: id, stripe_payment_intent_id: intent } = Object(await paymentOf("outside"));
  assert.equal([id, intent], ["in_outside", undefined]);
});

test("makes no row of a payment anew whose customer is deleted", async () => {
  stripe.set("invoices", invoiceOf("erased"));
  stripe.set("events", failureOf("erased"));
  stripe.objects.customers.set("cus_erased", { id: "cus_erased", object: "customer", deleted: true });
  const { summary, told } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 2, deletedCustomers: 1, unknownCustomers: 1 }));
  const [erased = {}] = toldOf(told);
  assert.equal(
    [erased["kind"], erased["id"], erased["userId"], erased["differences"]],
    ["payment", "in_erased", "erased", []],
  );
  assert.equal(
    told.map(({ reason }) => reason),
    [
      "Customer cus_erased is deleted at Stripe, and has no row of this payment",
      "No item names customer cus_erased: it is deleted at Stripe, or its subscription is not on record",
    ],
  );
  const isErased = ({ PK }: Json) => PK === "INVOICE#in_erased";
  assert.is((await tables.items(tables.payments)).some(isErased), false);
  // One whose customer is on record has paid all the same; and one that is on record itself is compared.
  await knownCustomer("erased");
  assert.equal((await reconcile()).summary.healed.payments, 1);
  const event = sampleEvent("evt_erased", "invoice.paid", now - 2 * day + 60, invoiceOf("erased"));
  await captured(() => writeHandler(ofUser("erased", event)));
  assert.is((await reconcile()).summary.equal, 2);
});

test("compares a payment and an attempt that are on record, though no item names their deleted customer", async () => {
  const event = sampleEvent("evt_gone", "invoice.paid", now - 2 * day + 60, invoiceOf("gone"));
  await captured(() => writeHandler(ofUser("gone", event)));
  await captured(() => writeHandler(ofUser("gone", failureOf("gone"))));
  stripe.set("invoices", invoiceOf("gone", { more: { amount_paid: 600 } }));
  stripe.set("events", failureOf("gone"));
  stripe.objects.customers.set("cus_gone", { id: "cus_gone", object: "customer", deleted: true });
  assert.equal((await reconcile()).summary, summaryWith({ compared: 2, equal: 1, healed: { payments: 1 } }));
});

test.run();
