import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler } from "../../lambdas/write-payment.ts";
import { type Json, sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { invoiceBeforeBasil } from "../../samples/before-basil.ts";
import { ofUser, onTheBus, sampleExecution, taskInput } from "../events/envelope.ts";
import { captured } from "../helpers/captured.ts";
import { rejects } from "../helpers/rejects.ts";
import { startTables, type Tables } from "../helpers/tables.ts";
import { withoutOutbox } from "../helpers/without-outbox.ts";
import { withoutPublish } from "../helpers/without-publish.ts";

const test = suite("write-payment");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const paidAt = 1_767_225_700;
const period = { start: 1_767_225_600, end: 1_769_904_000 };

const invoice = (id: string, more: Json = {}): Json => ({
  ...sampleInvoice({ id, amount: 580, created: 1_767_225_650, paidAt, ...period }),
  ...more,
});

const write = (object: Json, type = "invoice.payment_succeeded", created = paidAt + 1) =>
  captured(() => handler(ofUser("user_payer", sampleEvent(`evt_${object["id"]}`, type, created, object))));

const rowsOf = async (id: string) => (await tables.items(tables.payments)).filter(({ PK }) => PK === `INVOICE#${id}`);

test("records a payment", async () => {
  const { result, logs } = await write(invoice("in_paid"));
  const { message, outcome } = Object(logs.at(-1));
  assert.equal([message, outcome], ["Payment succeeded", "applied"]);
  assert.is(result.publish.entries[0]?.EventBusName, "billing");
  assert.equal(withoutPublish(result), { outcome: "applied", written: ["payments INVOICE#in_paid SUCCEEDED"] });
  assert.equal((await rowsOf("in_paid")).map(withoutOutbox), [
    {
      PK: "INVOICE#in_paid",
      SK: "SUCCEEDED",
      payment_id: "in_paid",
      user_id: "user_payer",
      customer_id: "cus_sample",
      subscription_id: "sub_sample",
      stripe_invoice_id: "in_paid",
      amount: 580,
      currency: "jpy",
      status: "succeeded",
      billing_period_start: period.start,
      billing_period_end: period.end,
      stripe_created: 1_767_225_650,
      created_at: paidAt,
      expires_at: Date.UTC(2033, 0, 1, 0, 1, 40) / 1000,
      tie_breaker: `4 1769904000 1767225600 jpy cus_sample ${Date.UTC(2033, 0, 1, 0, 1, 40) / 1000} 1767225650 sub_sample user_payer`,
    },
  ]);
});

test("changes nothing when the event comes again, or another of the same payment", async () => {
  await write(invoice("in_twice"));
  const before = await rowsOf("in_twice");
  assert.equal(withoutPublish((await write(invoice("in_twice"))).result), { outcome: "duplicate", written: [] });
  assert.is((await write(invoice("in_twice"), "invoice.payment_succeeded", paidAt + 99)).result.outcome, "duplicate");
  assert.equal(await rowsOf("in_twice"), before);
});

test("keeps the larger amount where two events of one payment differ, whichever comes first", async () => {
  const small = invoice("in_order_a", { amount_paid: 100 });
  await write(small);
  assert.is((await write(invoice("in_order_a"))).result.outcome, "applied");
  await write(invoice("in_order_b"));
  assert.is((await write({ ...small, id: "in_order_b" })).result.outcome, "stale");
  const [[a], [b]] = [await rowsOf("in_order_a"), await rowsOf("in_order_b")];
  assert.is(a?.["amount"], 580);
  assert.is(b?.["amount"], 580);
});

test("makes the same row of both shapes of an invoice", async () => {
  await write(invoice("in_shape_new"));
  await write(invoiceBeforeBasil(invoice("in_shape_old")));
  const [[newer], [older]] = [await rowsOf("in_shape_new"), await rowsOf("in_shape_old")];
  const named = JSON.stringify(older).replaceAll("in_shape_old", "in_shape_new");
  assert.is(named, JSON.stringify(newer));
});

test("is named after the payment intent, where the invoice names one", async () => {
  await write(invoiceBeforeBasil(invoice("in_intent"), "pi_1"));
  const payments = { data: [{ is_default: true, payment: { type: "payment_intent", payment_intent: "pi_2" } }] };
  await write(invoice("in_expanded", { payments }));
  const [[before], [expanded]] = [await rowsOf("in_intent"), await rowsOf("in_expanded")];
  assert.is(before?.["payment_id"], "pi_1");
  assert.is(before?.["stripe_payment_intent_id"], "pi_1");
  assert.is(expanded?.["payment_id"], "pi_2");
});

test("keeps a failed attempt on record after the invoice is paid", async () => {
  const open = sampleInvoice({ id: "in_late", amount: 580, created: 1_767_225_650, ...period });
  await write(open, "invoice.payment_failed", 1_767_225_660);
  await write({ ...open, attempt_count: 2 }, "invoice.payment_failed", 1_767_225_670);
  await write(invoice("in_late"));
  const rows = await rowsOf("in_late");
  assert.equal(
    rows.map(({ SK }) => SK),
    ["FAILED#1767225660#1", "FAILED#1767225670#2", "SUCCEEDED"],
  );
  const [first] = rows;
  assert.is(first?.["amount"], 580);
  assert.is(first?.["created_at"], 1_767_225_660);
  assert.is(first?.["failure_reason"], "payment_failed");
  assert.is(first?.["attempt_count"], 1);
});

test("takes the decline code where the payment intent is expanded", async () => {
  const intent = {
    id: "pi_declined",
    last_payment_error: { code: "card_declined", decline_code: "insufficient_funds" },
  };
  const open = invoice("in_declined", { payment_intent: intent });
  await write(open, "invoice.payment_failed");
  const [row] = await rowsOf("in_declined");
  assert.is(row?.["failure_reason"], "insufficient_funds");
});

test("alerts of a failure by a line in the log, and by metrics of either outcome at the root of a line", async () => {
  const open = sampleInvoice({ id: "in_alert", amount: 580, created: 1_767_225_650, ...period });
  const { logs, stdout } = await write(open, "invoice.payment_failed", 1_767_225_660);
  assert.equal(logs.slice(1), [
    {
      message: "Payment failed",
      eventId: "evt_in_alert",
      execution: sampleExecution,
      outcome: "applied",
      written: ["payments INVOICE#in_alert FAILED#1767225660#1"],
      userId: "user_payer",
      customerId: "cus_sample",
      subscriptionId: "sub_sample",
      invoiceId: "in_alert",
      paymentId: null,
      amount: 580,
      currency: "jpy",
      billingReason: "subscription_cycle",
      failureReason: "payment_failed",
      attemptCount: 1,
      nextPaymentAttempt: 1_767_225_650 + 3 * 24 * 3600,
    },
  ]);
  const [metric] = stdout.map((line) => JSON.parse(line));
  assert.equal([metric.PaymentFailed, metric.PaymentSucceeded], [1, 0]);
  assert.equal(metric._aws.CloudWatchMetrics, [
    {
      Namespace: "Homebiyori/Billing",
      Dimensions: [["FunctionName"]],
      Metrics: [
        { Name: "PaymentFailed", Unit: "Count" },
        { Name: "PaymentSucceeded", Unit: "Count" },
      ],
    },
  ]);
});

test("counts a payment once, and logs Stripe's billing reason", async () => {
  const first = await write(invoice("in_reason", { billing_reason: "subscription_create" }));
  assert.is(Object(first.logs.at(-1)).billingReason, "subscription_create");
  assert.is(first.stdout.length, 1);
  const again = await write(invoice("in_reason", { billing_reason: "subscription_create" }));
  assert.is(again.stdout.length, 0);
});

test("counts a failed attempt once for which Stripe sends two events, seconds apart", async () => {
  const open = sampleInvoice({ id: "in_twin", amount: 580, created: 1_767_225_650, ...period });
  const counts = [];
  for (const at of [paidAt, paidAt + 2, paidAt + 90])
    counts.push((await write(open, "invoice.payment_failed", at)).stdout.length);
  assert.equal(counts, [1, 0, 1]);
  assert.is((await rowsOf("in_twin")).length, 3);
});

test("ties what paid it to the user, but not what failed to", async () => {
  await write(invoiceBeforeBasil(invoice("in_tied"), "pi_tied"));
  await write(invoiceBeforeBasil(invoice("in_untied"), "pi_untied"), "invoice.payment_failed");
  const items = await tables.items(tables.payments);
  const tied = items.filter(({ PK }) => PK === "PAYMENT#pi_tied" || PK === "PAYMENT#pi_untied");
  assert.equal(
    tied.map(({ PK, user_id: userId }) => [PK, userId]),
    [["PAYMENT#pi_tied", "user_payer"]],
  );
});

test("counts a payment once where its next event says more", async () => {
  const open = sampleInvoice({ id: "in_more", amount: 580, created: 1_767_225_650, ...period });
  const later: Json[] = [
    { ...open, payment_intent: { id: "pi_more", last_payment_error: { code: "card_declined" } } },
    { ...open, amount_remaining: 600 },
    { ...open, amount_remaining: 500, payment_intent: "pi_less" },
  ];
  assert.is((await write(open, "invoice.payment_failed")).stdout.length, 1);
  for (const object of later) {
    const { result, stdout } = await write(object, "invoice.payment_failed");
    assert.equal([result.outcome, stdout], ["applied", []]);
  }
  assert.is((await write(invoice("in_more"))).stdout.length, 1);
  assert.is((await write(invoice("in_more", { payment_intent: "pi_more" }))).stdout.length, 0);
});

test("records an invoice over nothing, and one in a currency that it has never heard of", async () => {
  await write(invoice("in_zero", { amount_paid: 0, amount_due: 0, total: -300 }));
  await write(invoice("in_currency", { currency: "xyz" }));
  const [[zero], [unheard]] = [await rowsOf("in_zero"), await rowsOf("in_currency")];
  assert.is(zero?.["amount"], 0);
  assert.is(unheard?.["currency"], "xyz");
});

test("keeps the record of a leap day for seven years and a day", async () => {
  const leapDay = Date.UTC(2028, 1, 29) / 1000;
  await write(invoice("in_leap", { status_transitions: { paid_at: leapDay } }));
  const [row] = await rowsOf("in_leap");
  assert.is(row?.["expires_at"], Date.UTC(2035, 2, 1) / 1000);
});

test("refuses what cannot be recorded, and says where", async () => {
  const cases: [Json, string][] = [
    [{ amount_paid: -1 }, "detail.data.object.amount_paid: expected a integer greater than or equal to 0, got -1"],
    [{ amount_paid: 1.5 }, "detail.data.object.amount_paid"],
    [{ amount_due: "580" }, "detail.data.object.amount_due: expected an integer, got a string"],
    [{ currency: "yen!" }, "detail.data.object.currency"],
    [{ id: null }, "detail.data.object.id"],
    [{ created: "now" }, "detail.data.object.created"],
  ];
  for (const [more, message] of cases) {
    const error = await rejects(write(invoice("in_refused", more)));
    assert.is(error.name, "InvalidEvent");
    assert.match(error.message, message);
  }
  assert.equal(await rowsOf("in_refused"), []);
});

test("refuses an event of another type, and one whose user is not found", async () => {
  assert.is((await rejects(write(invoice("in_refused"), "invoice.created"))).name, "InvalidEvent");
  const event = sampleEvent("evt_unowned", "invoice.paid", paidAt, invoice("in_refused"));
  const error = await rejects(captured(() => handler(taskInput(onTheBus(event)))));
  assert.equal([error.name, error.message.slice(0, 10)], ["InvalidEvent", "customer: "]);
  assert.equal(await rowsOf("in_refused"), []);
});

test("never quotes a possible name in an error", async () => {
  const error = await rejects(write(invoice("in_private", { currency: "Hanako Yamada" })));
  assert.not.match(error.message, "Hanako");
});

test.run();
