import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeLearner } from "../../../local/stripe-api/learn-event.ts";
import { makeStripeObjects } from "../../../local/stripe-api/stripe-objects.ts";
import { invoiceBeforeBasil } from "../../../samples/before-basil.ts";
import { sampleMonth, subjectOf } from "../../../samples/month.ts";
import { type Json, sampleEvent } from "../../../samples/stripe-objects.ts";

const test = suite("what the local Stripe learns from events");

const month = sampleMonth(subjectOf("learn", 1_000_000));
const { trial, paid, failedAt, paidAt } = month;
const updated = "customer.subscription.updated";

const learn = (...events: [type: string, created: number, object: Json, more?: Json][]) => {
  const objects = makeStripeObjects();
  const learnOne = makeLearner(objects);
  for (const [index, [type, created, object, more]] of events.entries())
    learnOne({ ...sampleEvent(`evt_${index}`, type, created, object), ...more });
  return objects;
};

const statusAfter = (...events: Parameters<typeof learn>): unknown =>
  learn(...events).subscriptions.get("sub_learn")?.["status"];

test("shows the newest state of a subscription, in whatever order its events come", () => {
  const created = ["customer.subscription.created", 1, month.subscription("trialing", trial)] as const;
  const active = [updated, 2, month.subscription("active", paid)] as const;
  const pastDue = [updated, 3, month.subscription("past_due", paid)] as const;
  assert.is(statusAfter([...created], [...active], [...pastDue]), "past_due");
  assert.is(statusAfter([...pastDue], [...created], [...active]), "past_due");
});

test("takes the event that arrives later of those of one second", () => {
  const active = month.subscription("active", paid);
  const pastDue = month.subscription("past_due", paid);
  assert.is(statusAfter([updated, 2, active], [updated, 2, pastDue]), "past_due");
  assert.is(statusAfter([updated, 2, pastDue], [updated, 2, active]), "active");
});

test("shows what has ended as ended, whatever comes with it or later", () => {
  const active = month.subscription("active", paid);
  assert.is(statusAfter(["customer.subscription.deleted", 2, active], [updated, 2, active]), "canceled");
  const [open, settled] = [month.invoice(), month.invoice(paidAt)];
  const { invoices } = learn(["invoice.paid", paidAt, settled], ["invoice.payment_failed", paidAt + 1, open]);
  assert.is(invoices.get("in_learn")?.["status"], "paid");
});

test("shows an object of an older version as its event does", () => {
  const old = invoiceBeforeBasil(month.invoice(paidAt), "pi_old");
  assert.is(learn(["invoice.paid", paidAt, old]).invoices.get("in_learn"), old);
});

test("keeps the events of failed attempts, the payments of invoices, and who is deleted", () => {
  const payment = month.invoicePayment();
  const { events, payments, customers, newestEventAt } = learn(
    ["invoice_payment.paid", paidAt, payment],
    ["invoice.payment_failed", failedAt, month.invoice()],
    ["customer.deleted", paidAt + 5, { id: "cus_learn", object: "customer", deleted: true, email: "a@example.com" }],
  );
  assert.equal(
    events.newestFirst().map(({ id, type }) => [id, type]),
    [["evt_1", "invoice.payment_failed"]],
  );
  assert.equal([...(payments.get("in_learn")?.values() ?? [])], [payment]);
  assert.equal(customers.get("cus_learn"), { id: "cus_learn", object: "customer", deleted: true });
  assert.is(newestEventAt, paidAt + 5);
});

const refund = (status: string, more: Json = {}): Json => ({
  id: "re_learn",
  object: "refund",
  created: 5,
  charge: "ch_learn",
  payment_intent: "pi_learn",
  status,
  ...more,
});
const dispute = (status: string): Json => ({ ...refund(status), id: "dp_learn", object: "dispute" });

test("shows the newest state of a refund and a dispute, whose statuses may come back, in whatever order their events come", () => {
  const refunded: Parameters<typeof learn> = [
    ["refund.created", 5, refund("pending")],
    ["charge.refund.updated", 6, refund("succeeded")],
    ["refund.failed", 7, refund("failed")],
  ];
  const disputed: Parameters<typeof learn> = [
    ["charge.dispute.created", 5, dispute("needs_response")],
    ["charge.dispute.closed", 6, dispute("lost")],
    ["charge.dispute.updated", 7, dispute("appeal_needs_response")],
    ["charge.dispute.closed", 8, dispute("lost")],
  ];
  for (const events of [[...refunded, ...disputed], [...disputed, ...refunded].toReversed()]) {
    const { refunds, disputes } = learn(...events);
    assert.equal(refunds.newestFirst(), [refund("failed")]);
    assert.equal(disputes.newestFirst(), [dispute("lost")]);
  }
});

test("shows of a refund's or a dispute's events of one second that whose status comes last at Stripe", () => {
  const failed: Parameters<typeof learn>[number] = ["refund.failed", 5, refund("failed")];
  const pending: Parameters<typeof learn>[number] = ["refund.created", 5, refund("pending")];
  const won: Parameters<typeof learn>[number] = ["charge.dispute.closed", 5, dispute("won")];
  const open: Parameters<typeof learn>[number] = ["charge.dispute.created", 5, dispute("needs_response")];
  for (const events of [
    [failed, pending, won, open],
    [open, won, pending, failed],
  ]) {
    const { refunds, disputes } = learn(...events);
    assert.equal([refunds.get("re_learn")?.["status"], disputes.get("dp_learn")?.["status"]], ["failed", "won"]);
  }
});

test("learns the refunds that a charge of an older version lists, and of which payment they are", () => {
  const { charge: _, payment_intent: __, ...listed } = refund("succeeded");
  const charge = { id: "ch_learn", object: "charge", payment_intent: "pi_learn", amount_refunded: 100 };
  const { refunds } = learn(["charge.refunded", 5, { ...charge, refunds: { object: "list", data: [listed, null] } }]);
  assert.equal(refunds.newestFirst(), [refund("succeeded")]);
  assert.equal(learn(["charge.refunded", 5, charge]).refunds.newestFirst(), []);
});

test("learns nothing from what shows no object of this account", () => {
  const upcoming = { ...month.invoice(), id: null };
  const objects = learn(
    [updated, 1, month.subscription("active", paid), { account: "acct_1" }],
    [updated, 1, month.subscription("active", paid), { created: "2026-01-01T00:00:00Z" }],
    ["invoice.upcoming", 1, upcoming],
    ["v1.invoice.paid", 1, month.invoice(paidAt), { data: null }],
    [updated, 1, month.subscription("active", paid, { created: null })],
    ["refund.created", 1, refund("pending", { created: null })],
  );
  assert.equal(
    [objects.subscriptions, objects.invoices, objects.refunds].flatMap((one) => one.newestFirst()),
    [],
  );
});

test.run();
