import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler as linkHandler } from "../../../lambdas/link-payment.ts";
import { handler as recordHandler } from "../../../lambdas/record-reversal.ts";
import { handler as writeHandler } from "../../../lambdas/write-payment.ts";
import { paymentsTable } from "../../../lambdas/payments/payments-table.ts";
import { reversalsTable } from "../../../lambdas/reversals/reversals-table.ts";
import type { ReversedItem } from "../../../lambdas/reversals/reversed-item.ts";
import { compareReversal } from "../../../lambdas/reconcile/compare-reversal.ts";
import { makeLog } from "../../../lambdas/runtime/log.ts";
import { subscriptionsTable } from "../../../lambdas/subscriptions/core-table.ts";
import { customersTable } from "../../../lambdas/subscriptions/customers-table.ts";
import { type Json, sampleEvent } from "../../../samples/stripe-objects.ts";
import { ofUser, onTheBus, taskInput } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import {
  beginWithBooks,
  countsOf,
  day,
  disputeOf,
  invoiceOf,
  itemOf,
  now,
  page,
  paidBy,
  reconcile,
  refundOf,
  stripe,
  subscriptionOf,
  summaryWith,
  tables,
} from "./books.ts";

const test = suite("a comparison of refunds and disputes with Stripe");
beginWithBooks(test);

// A payment on record, and its payment intent, as their events tell of them; at Stripe too.
const paid = async (name: string): Promise<void> => {
  const invoice = invoiceOf(name);
  await captured(() => writeHandler(ofUser(name, sampleEvent(`evt_${name}`, "invoice.paid", now - 2 * day, invoice))));
  const object = { id: `inpay_${name}`, object: "invoice_payment", invoice: `in_${name}`, is_default: true };
  const payment = { ...object, payment: { payment_intent: `pi_${name}` } };
  const event = sampleEvent(`evt_link_${name}`, "invoice_payment.paid", now - 2 * day, payment);
  await captured(() => linkHandler(taskInput(onTheBus(event))));
  stripe.set("invoices", { ...invoice, payments: paidBy([`pi_${name}`, true]) });
};

const recorded = (type: string, object: Json, at: number) =>
  captured(() => recordHandler(taskInput(onTheBus(sampleEvent(`evt_${type}_${at}`, type, at, object)))));

const read = (paymentId: string): Promise<ReversedItem> => reversalsTable(tables.payments).read(paymentId);

const toldOf = (told: Json[]) => told.map(({ message: _, eventId: __, execution: ___, ...one }) => one);
const metricsOf = (counted: Json[]) => countsOf(counted).flatMap((one) => Object.entries(Object(one)));

test("heals a refund and a dispute whose events never came, and finds nothing to do afterwards", async () => {
  await paid("lost");
  stripe.set("refunds", refundOf("lost"));
  stripe.set("disputes", disputeOf("lost"));
  const dry = await reconcile({ run: { dryRun: true } });
  assert.equal(dry.summary, summaryWith({ compared: 3, equal: 1, healed: { refunds: 1, disputes: 1 } }));
  assert.equal(
    toldOf(dry.told).map(({ differences: _, ...one }) => one),
    [
      { kind: "refund", id: "re_lost", userId: "lost", reason: null, outcome: "would_heal" },
      { kind: "dispute", id: "dp_lost", userId: "lost", reason: null, outcome: "would_heal" },
    ],
  );
  assert.equal(dry.counted, []);
  assert.equal((await read("pi_lost")).reversals, { refunds: [], disputes: [], charge: null });

  const { summary, told } = await reconcile();
  assert.equal(summary, dry.summary);
  assert.equal(
    told.map(({ outcome }) => outcome),
    ["healed", "healed"],
  );
  assert.equal(Object(told[0]?.["differences"])[0], { field: "status", ours: null, stripes: "succeeded" });
  const { userId, reversals } = await read("pi_lost");
  const [refund, dispute] = [reversals.refunds[0], reversals.disputes[0]];
  assert.equal([userId, refund?.status, refund?.amount, refund?.created], ["lost", "succeeded", 200, now - day]);
  assert.equal([dispute?.status, dispute?.amount, dispute?.due_by], ["needs_response", 580, now + 7 * day]);
  assert.is((await itemOf("PAYMENT#pi_lost", "REVERSALS"))?.["stripe_invoice_id"], "in_lost");

  const again = await reconcile();
  assert.equal([again.summary, again.told], [summaryWith({ compared: 3, equal: 3 }), []]);
});

test("takes for equal what its events have told, and heals what has changed since", async () => {
  await paid("moved");
  await recorded("refund.created", refundOf("moved", { status: "pending" }), now - day);
  await recorded("charge.dispute.created", disputeOf("moved"), now - day);
  stripe.set("refunds", refundOf("moved", { status: "pending" }));
  stripe.set("disputes", disputeOf("moved"));
  assert.equal((await reconcile()).summary, summaryWith({ compared: 3, equal: 3 }));
  stripe.set("refunds", refundOf("moved", { status: "failed", failure_reason: "expired_or_canceled_card" }));
  stripe.set("disputes", disputeOf("moved", { status: "won" }));
  const { told } = await reconcile();
  assert.equal(
    told.map(({ differences }) => differences),
    [
      [
        { field: "status", ours: "pending", stripes: "failed" },
        { field: "failure_reason", ours: null, stripes: "expired_or_canceled_card" },
      ],
      [{ field: "status", ours: "needs_response", stripes: "won" }],
    ],
  );
  const { refunds, disputes } = (await read("pi_moved")).reversals;
  assert.equal([refunds[0]?.status, disputes[0]?.status], ["failed", "won"]);
});

test("leaves a record that knows of an event as late as Stripe's answer", async () => {
  await paid("late");
  await recorded("refund.updated", refundOf("late", { status: "failed" }), now);
  stripe.set("refunds", refundOf("late"));
  const before = await itemOf("PAYMENT#pi_late", "REVERSALS");
  const { summary, told } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 2, equal: 1, newer: 1 }));
  assert.equal([told[0]?.["outcome"], Object(told[0]?.["differences"])[0]?.field], ["newer", "status"]);
  assert.equal(await itemOf("PAYMENT#pi_late", "REVERSALS"), before);
});

test("goes through all pages of refunds and of disputes", async () => {
  const names = Array.from({ length: 120 }, (_, index) => `page_${index}`);
  stripe.set("refunds", ...names.map((name) => refundOf(name)));
  stripe.set("disputes", ...names.map((name) => disputeOf(name)));
  const { summary } = await reconcile({ run: { dryRun: true } });
  assert.equal([summary.pages, summary.compared], [7, 240]);
});

test("asks for disputes that were made half a year before the days to compare, as long as one may last", async () => {
  const hour = 3600;
  const [within, before] = [now - 183 * day + hour, now - 183 * day - hour];
  stripe.set("disputes", disputeOf("lasting", { created: within }), disputeOf("done", { created: before }));
  assert.is((await reconcile()).summary.compared, 1);
  assert.is((await read("pi_lasting")).reversals.disputes.length, 1);
});

test("leaves one of the very second in which the answer may have been read", async () => {
  await recorded("refund.updated", refundOf("second", { status: "failed" }), now - 5);
  const books = {
    customers: customersTable(tables.core),
    subscriptions: { ...subscriptionsTable(tables.core), ...customersTable(tables.core) },
    payments: paymentsTable(tables.payments),
    reversals: reversalsTable(tables.payments),
    publish: () => {},
    sold: { monthly: [], yearly: [] },
  };
  const settings = {
    liveOnly: true,
    dryRun: true,
    reason: "reconciliation",
    log: makeLog({ eventId: null, execution: "e" }),
  } as const;
  const outcomeAt = async (from: number) => {
    const answer = { value: refundOf("second"), from, to: now };
    const [compared] = await compareReversal({ ...books, ...settings }, answer, { customer: null, subscription: null });
    return compared?.outcome;
  };
  assert.equal([await outcomeAt(now - 5), await outcomeAt(now - 4)], ["newer", "none_of_ours"]);
});

test("records what is none of ours without a user, quietly, and heals it for ours once its payment is known", async () => {
  stripe.set("refunds", refundOf("foreign"));
  stripe.set("disputes", disputeOf("foreign"));
  const dry = await reconcile({ run: { dryRun: true } });
  assert.equal(dry.summary, summaryWith({ compared: 2, noneOfOurs: 2 }));
  assert.is(await itemOf("PAYMENT#pi_foreign", "REVERSALS"), undefined);
  const { summary, told, counted } = await reconcile();
  assert.equal([summary, told], [dry.summary, []]);
  assert.equal(countsOf(counted), [{ Reconciled: 1 }]);
  const item = await itemOf("PAYMENT#pi_foreign", "REVERSALS");
  assert.equal([item?.["user_id"], item?.["expires_at"]], [undefined, Date.UTC(2033, 3, 10) / 1000]);
  assert.equal((await reconcile()).summary, summaryWith({ compared: 2, equal: 2 }));
  await paid("foreign");
  const { userId, reversals } = await read("pi_foreign");
  assert.equal([userId, reversals.refunds.length, reversals.disputes.length], ["foreign", 1, 1]);
});

test("leaves out a refund that names no payment, and goes on after one that it cannot read", async () => {
  await paid("unread");
  const whole = refundOf("unread", { created: now - 2 * day });
  const nameless = refundOf("nameless", { charge: null, payment_intent: null });
  stripe.set("refunds", whole, nameless, refundOf("broken", { currency: "JPY" }));
  stripe.set("disputes", disputeOf("broken", { status: 5 }));
  const { summary, told } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 4, equal: 1, failed: 2, healed: { refunds: 1 } }));
  const failed = { userId: null, outcome: "failed", differences: [] };
  assert.equal(
    toldOf(told).filter(({ outcome }) => outcome === "failed"),
    [
      {
        kind: "refund",
        id: "re_broken",
        ...failed,
        reason: "currency: expected a string matching `/^[a-z]{3}$/`, got a string",
      },
      { kind: "dispute", id: "dp_broken", ...failed, reason: "status: expected a string, got 5" },
    ],
  );
});

test("compares those of one customer's, or one subscription's, payments alone", async () => {
  for (const name of ["one", "other"]) {
    await paid(name);
    stripe.set("subscriptions", subscriptionOf(name));
    stripe.set("refunds", refundOf(name), refundOf("nobody"));
    stripe.set("disputes", disputeOf(name));
  }
  const customer = await reconcile({ run: { customer: "cus_one" } });
  const healed = { subscriptions: 1, refunds: 1, disputes: 1 };
  assert.equal(customer.summary, summaryWith({ compared: 4, equal: 1, healed }));
  assert.equal((await read("pi_other")).reversals.refunds, []);
  const subscription = await reconcile({ run: { subscription: "sub_other" } });
  assert.equal(subscription.summary, customer.summary);
  assert.equal((await read("pi_other")).reversals.refunds.length, 1);
  assert.is(await itemOf("PAYMENT#pi_nobody", "REVERSALS"), undefined);
});

test("counts as drift what was made more than an hour ago, and nothing of a backfill", async () => {
  await paid("just");
  stripe.set("refunds", refundOf("just", { created: now - 3600 }), refundOf("just", { id: "re_old" }));
  const refunded = [
    ["Refunded", 1],
    ["Currency", "jpy"],
    ["RefundedAmount", 200],
  ];
  const night = await reconcile();
  assert.equal(metricsOf(night.counted), [...refunded, ...refunded, ["Drift", 1], ["Reconciled", 1]]);
  stripe.set("refunds", refundOf("just", { id: "re_older" }));
  const filled = await reconcile({ run: { backfill: true } });
  assert.equal(metricsOf(filled.counted), [...refunded, ["Reconciled", 1]]);
});

test("tells at once of a dispute that it heals and that needs an answer, and of how much has gone back", async () => {
  await paid("told");
  stripe.set("refunds", refundOf("told"));
  stripe.set("disputes", disputeOf("told"), disputeOf("told", { id: "dp_closed", status: "won" }));
  const refunded = await page({ run: { list: "refunds" } });
  const printed = ({ stdout }: { stdout: string[] }) => metricsOf(stdout.map((line) => JSON.parse(line)));
  assert.equal(printed(refunded), [
    ["Refunded", 1],
    ["Currency", "jpy"],
    ["RefundedAmount", 200],
    ["Drift", 1],
  ]);
  const disputed = await page({ run: { list: "disputes" } });
  assert.equal(printed(disputed), [
    ["Disputed", 1],
    ["Currency", "jpy"],
    ["DisputedAmount", 580],
    ["DisputeOpened", 1],
    ["Disputed", 1],
    ["Currency", "jpy"],
    ["DisputedAmount", 580],
    ["Drift", 2],
    ["Reconciled", 1],
  ]);
  const line = disputed.logs.map(Object).find(({ message }) => message === "Dispute needs an answer");
  const due = new Date(1000 * (now + 7 * day)).toISOString();
  assert.equal([line?.userId, line?.disputeId, line?.dueBy], ["told", "dp_told", due]);
});

test("links the payers of payments that are equal in a backfill alone, so that what goes back of them is known for ours", async () => {
  const invoice = invoiceOf("before", { more: { payments: paidBy(["pi_before", true], ["pi_before_2", false]) } });
  const event = sampleEvent("evt_before", "invoice.paid", now - 2 * day + 60, invoiceOf("before"));
  await captured(() => writeHandler(ofUser("before", event)));
  // As the rows are of a time when no payer was linked.
  const payments = paymentsTable(tables.payments);
  for (const id of ["pi_before", "pi_before_2"]) await payments.link("in_before", { id, kind: "intent" }, now);
  await payments.link("in_before", { id: "pi_before", kind: "default_intent" }, now);
  stripe.set("invoices", invoice);
  stripe.set("refunds", refundOf("before"));
  const since = now - 5 * day;
  for (const run of [{ since }, { since, backfill: true, dryRun: true }]) {
    const { summary } = await reconcile({ run });
    assert.equal(summary.equal + summary.noneOfOurs, 2);
    assert.is((await read("pi_before")).userId, null);
  }
  const { summary } = await reconcile({ run: { since, backfill: true } });
  assert.equal(summary, summaryWith({ compared: 2, equal: 2 }));
  assert.equal([(await read("pi_before")).userId, (await read("pi_before_2")).userId], ["before", "before"]);
  assert.is((await read("pi_before")).reversals.refunds.length, 1);
});

test("knows a refund for ours whose payment is a charge without a payment intent", async () => {
  const payment = { id: "inpay_charge", is_default: true, status: "paid", payment: { type: "charge", charge: "ch_c" } };
  stripe.set("invoices", invoiceOf("charge", { more: { payments: { object: "list", data: [payment] } } }));
  stripe.set("refunds", refundOf("charge", { charge: "ch_c", payment_intent: null }));
  const { summary, told } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 2, healed: { payments: 1, refunds: 1 } }));
  assert.is(told.find(({ kind }) => kind === "refund")?.["userId"], "charge");
  const { userId, reversals } = await read("ch_c");
  assert.equal([userId, reversals.refunds.length], ["charge", 1]);
  assert.equal((await reconcile()).summary, summaryWith({ compared: 2, equal: 2 }));
});

test("asks for refunds made up to 60 days before the payments that it compares, and for disputes of 180", async () => {
  await paid("aged");
  const at = (days: number) => ({ created: now - days * day });
  stripe.set("refunds", refundOf("aged", at(63)), refundOf("aged", { id: "re_gone", ...at(64) }));
  stripe.set("disputes", disputeOf("aged", at(183)), disputeOf("aged", { id: "dp_gone", ...at(184) }));
  const { summary } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 3, equal: 1, healed: { refunds: 1, disputes: 1 } }));
  const all = await reconcile({ run: { since: 0 } });
  assert.equal(all.summary, summaryWith({ compared: 5, equal: 3, healed: { refunds: 1, disputes: 1 } }));
});

test("compares the refunds and disputes of different payments at once, those of one one after the other", async () => {
  const open = new Map<string, number>();
  const most = { payments: 0, ofOne: 0 };
  const table = reversalsTable(tables.payments);
  const reversals = {
    read: async (paymentId: string) => {
      open.set(paymentId, (open.get(paymentId) ?? 0) + 1);
      const running = [...open.values()];
      most.payments = Math.max(most.payments, running.filter((count) => count > 0).length);
      most.ofOne = Math.max(most.ofOne, ...running);
      const item = await table.read(paymentId);
      open.set(paymentId, (open.get(paymentId) ?? 0) - 1);
      return item;
    },
  };
  const payments: Json[] = [
    {},
    { charge: null },
    { payment_intent: { id: "pi_expanded" } },
    { payment_intent: null },
    { payment_intent: null, charge: "ch_alone" },
  ];
  for (const [index, more] of payments.entries())
    stripe.set("refunds", ...["a", "b"].map((one) => refundOf("side", { id: `re_${index}_${one}`, ...more })));
  const { result } = await page({ run: { list: "refunds" }, reversals });
  assert.is(result.summary.noneOfOurs, 10);
  assert.equal(most, { payments: 4, ofOne: 1 });
});

test.run();
