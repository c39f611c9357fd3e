import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toPayment } from "../../../lambdas/payments/payment.ts";
import { withoutTwins } from "../../../lambdas/payments/twins.ts";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { Invoice } from "../../../lambdas/stripe/invoice.ts";
import { envelope } from "../../../lambdas/stripe/stripe-event.ts";
import { type Json, sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";

const test = suite("a payment's record");

const Event = envelope(Invoice);
const invoice = (more: Json = {}): Json => ({
  ...sampleInvoice({ id: "in_record", amount: 580, created: 900, attempts: 3, start: 100, end: 200 }),
  ...more,
});
const read = (type: string, more: Json = {}) =>
  toPayment(parse({ detail: sampleEvent("evt_1", type, 1000, invoice(more)) }, Event).detail, "user_1");

const common = {
  PK: "INVOICE#in_record",
  user_id: "user_1",
  customer_id: "cus_sample",
  subscription_id: "sub_sample",
  stripe_invoice_id: "in_record",
  currency: "jpy",
  billing_period_start: 100,
  billing_period_end: 200,
  stripe_created: 900,
};
const sevenYears = 2557 * 24 * 3600;

test("of a failed attempt has these fields and no other", () => {
  assert.equal(read("invoice.payment_failed"), {
    ...common,
    SK: "FAILED#1000#3",
    amount: 580,
    status: "failed",
    created_at: 1000,
    expires_at: 1000 + sevenYears,
    failure_reason: "payment_failed",
    attempt_count: 3,
  });
});

test("of a success has these fields and no other, for both of its types", () => {
  const paid = { amount_paid: 570, amount_remaining: 0, payment_intent: "pi_1", status_transitions: { paid_at: 950 } };
  for (const type of ["invoice.paid", "invoice.payment_succeeded"]) {
    assert.equal(read(type, paid), {
      ...common,
      SK: "SUCCEEDED",
      payer: { id: "pi_1", kind: "default_intent" },
      amount: 570,
      status: "succeeded",
      created_at: 950,
      expires_at: 950 + sevenYears,
    });
  }
});

test("is of the event's time where the invoice does not say when it was paid, and where an attempt failed", () => {
  for (const none of [
    { status_transitions: null },
    { status_transitions: {} },
    { status_transitions: { paid_at: null } },
  ]) {
    assert.is(read("invoice.paid", none).created_at, 1000);
  }
  assert.is(read("invoice.payment_failed", { status_transitions: { paid_at: 950 } }).created_at, 1000);
});

test("is over what was paid, or over what was still due when it failed", () => {
  const amounts = { amount_due: 580, amount_remaining: 80, amount_paid: 500 };
  assert.is(read("invoice.paid", amounts).amount, 500);
  assert.is(read("invoice.payment_failed", amounts).amount, 80);
  assert.is(read("invoice.payment_failed", { ...amounts, amount_remaining: 0 }).amount, 0);
  assert.is(read("invoice.payment_failed", { ...amounts, amount_remaining: null }).amount, 580);
});

test("names the reason of a failure as closely as the payment intent does", () => {
  const reasonOf = (last_payment_error: Json | null) =>
    read("invoice.payment_failed", { payment_intent: { id: "pi_1", last_payment_error } }).failure_reason;
  assert.is(reasonOf({ decline_code: "insufficient_funds", code: "card_declined" }), "insufficient_funds");
  assert.is(reasonOf({ decline_code: null, code: "expired_card" }), "expired_card");
  for (const none of [{}, null]) assert.is(reasonOf(none), "payment_failed");
});

test("is refused with what is no charge", () => {
  assert.throws(() => read("invoice.paid", { charge: 5 }), /detail\.data\.object\.charge/);
});

test("says null of a customer, a subscription and a period that the event does not name", () => {
  const payment = read("invoice.paid", { customer: null, parent: null, lines: null });
  assert.equal(
    [payment.customer_id, payment.subscription_id, payment.billing_period_start, payment.billing_period_end],
    [null, null, null, null],
  );
  assert.not("stripe_payment_intent_id" in payment);
});

const attempt = (created_at: number, more: Json = {}) => ({
  status: "failed",
  stripe_invoice_id: "in_1",
  amount: 580,
  attempt_count: 1,
  created_at,
  ...more,
});

test("is one failed attempt with another that differs by less than five seconds, and by nothing else", () => {
  const areOne = (...rows: Json[]) => withoutTwins(rows).length === 1;
  for (const at of [996, 999, 1000, 1004]) assert.ok(areOne(attempt(1000), attempt(at)), `${at}`);
  for (const at of [995, 1005]) assert.not(areOne(attempt(1000), attempt(at)), `${at}`);
  for (const other of [{ status: "succeeded" }, { stripe_invoice_id: "in_2" }, { amount: 1 }, { attempt_count: 2 }]) {
    assert.not(areOne(attempt(1000), attempt(1000, other)));
    assert.not(areOne(attempt(1000, other), attempt(1000)));
  }
  const succeeded = { status: "succeeded" };
  assert.not(areOne(attempt(1000, succeeded), attempt(1000, succeeded)));
});

test("is listed once for each failed attempt, by its earliest, and in the order that is given", () => {
  const rows = [attempt(1009), attempt(1004), attempt(1000), attempt(1002), attempt(1003, { amount: 1 })];
  assert.equal(withoutTwins(rows), [rows[0], rows[2], rows[4]]);
  assert.equal(withoutTwins([attempt(1004), attempt(1008), attempt(1000)]), [attempt(1008), attempt(1000)]);
});

test("names as its payer the charge where there is no payment intent, wherever a version has it", () => {
  const charge = { id: "ch_1", kind: "charge" };
  const own = (payment: Json, more: Json = {}) => ({
    payments: { data: [{ is_default: true, status: "paid", payment, ...more }] },
  });
  assert.equal(read("invoice.paid", { charge: "ch_1" }).payer, charge);
  assert.equal(read("invoice.paid", own({ type: "charge", charge: { id: "ch_1", object: "charge" } })).payer, charge);
  const both = { payment_intent: "pi_1", charge: "ch_1" };
  for (const more of [both, own(both)]) {
    assert.equal(read("invoice.paid", more).payer, { id: "pi_1", kind: "default_intent" });
  }
  for (const more of [{}, { charge: null }, own({ charge: "ch_1" }, { is_default: false }), own({})]) {
    assert.is(read("invoice.paid", more).payer, undefined);
  }
});

test.run();
