import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Json, sampleEvent } from "../../../samples/stripe-objects.ts";
import { failed, invoiceItemLine, invoiceOf, line, lineBeforeBasil, type LineArgs, on, paid } from "./invoices.ts";
import { play, sold } from "./played.ts";

const test = suite("payments that others got wrong");

const yearCredit: LineArgs = { amount: -5000, from: on(5), to: on(12), price: sold.year, isProration: true };
const credit: LineArgs = { ...yearCredit, isProration: false };
const month: LineArgs = { amount: 580, from: on(5), to: on(6) };
const restOfMonth: LineArgs = { amount: 300, from: on(5, 10), to: on(6), isProration: true };

const usage: LineArgs = { amount: 10, from: on(4), to: on(5) };

const periodOf = ({ billing_period_start: start, billing_period_end: end }: Json): unknown[] => [start, end];

test("are for the period that is paid for, whatever is credited or prorated beside it", async () => {
  const inMay = [on(5), on(6)];
  const cases: [string, Json[], boolean, unknown[]][] = [
    ["a credit for the rest of the year", [line(yearCredit), line(month)], false, inMay],
    ["a credit that is no proration", [line(credit), line(month)], false, inMay],
    ["before Basil", [lineBeforeBasil(yearCredit), lineBeforeBasil(month)], false, inMay],
    ["an invoice item", [invoiceItemLine(yearCredit), line(month)], false, inMay],
    ["more than ten lines, one of them paid for", [line(yearCredit), line(month)], true, inMay],
    ["more than ten lines, none of them paid for", [line(yearCredit), line(restOfMonth)], true, [null, null]],
    ["more than ten lines, those in sight for what was used", [line(usage)], true, [null, null]],
    ["what was used alone", [line(usage)], false, [on(4), on(5)]],
    ["prorations alone", [line({ ...restOfMonth, amount: -100 }), line(restOfMonth)], false, [on(5, 10), on(6)]],
    ["credits alone", [line(yearCredit)], false, [on(5), on(12)]],
    ["no lines", [], false, [null, null]],
    ["lines without a period or a price", [{ object: "line_item", amount: 580 }], false, [null, null]],
    ["a free trial", [line({ ...month, amount: 0 })], false, inMay],
  ];
  const events = cases.map(([name, lines, hasMore], index) =>
    paid({ id: `in_${index}`, lines, hasMore }, `evt_${name.replaceAll(" ", "_")}`),
  );
  const missing = paid({ id: "in_missing", more: { lines: null } }, "evt_no_lines_at_all");
  const { payments, outcomes } = await play([...events, missing]);
  assert.equal(new Set(outcomes.map(({ outcome }) => outcome)), new Set(["applied"]));
  for (const [index, [name, , , expected]] of cases.entries()) {
    const row = payments.find(({ PK }) => PK === `INVOICE#in_${index}`) ?? {};
    assert.equal(periodOf(row), expected, name);
  }
  assert.equal(periodOf(payments.find(({ PK }) => PK === "INVOICE#in_missing") ?? {}), [null, null]);
});

test("belong to the subscription that the invoice names in its head, or in its lines alone", async () => {
  const inLines = (...lines: Json[]) => ({ head: null, lines });
  const cases: [string, Json, string | null][] = [
    ["the head before a line", invoiceOf({ head: "sub_head", lines: [line(month)] }), "sub_head"],
    ["a price's line", invoiceOf(inLines(line(month))), "sub_1"],
    ["a line before Basil", invoiceOf(inLines(lineBeforeBasil(month))), "sub_1"],
    ["an invoice item's line", invoiceOf(inLines(invoiceItemLine(month))), "sub_1"],
    [
      "a quote",
      invoiceOf({ ...inLines(line(month)), more: { parent: { quote_details: { quote: "qt_1" } } } }),
      "sub_1",
    ],
    ["two lines of one", invoiceOf(inLines(line(month), invoiceItemLine(restOfMonth))), "sub_1"],
    ["a line of none beside one", invoiceOf(inLines(line({ ...month, subscription: null }), line(month))), "sub_1"],
    ["lines of two", invoiceOf(inLines(line(month), line({ ...month, subscription: "sub_2" }))), null],
    ["no line of any", invoiceOf(inLines(line({ ...month, subscription: null }))), null],
  ];
  const events = cases.map(([name, invoice], index) =>
    sampleEvent(`evt_${name.replaceAll(" ", "_")}`, "invoice.paid", on(5), { ...invoice, id: `in_${index}` }),
  );
  const { outcomes, payments } = await play(events);
  for (const [index, [name, , subscription]] of cases.entries()) {
    assert.is(outcomes[index]?.outcome, subscription === null ? "skipped" : "applied", name);
    const row = payments.find(({ PK }) => PK === `INVOICE#in_${index}`);
    assert.is(row?.["subscription_id"] ?? null, subscription, name);
  }
});

test("that failed are a row each, however they come and whatever Stripe's count says", async () => {
  const attempts = [
    failed(on(5, 1), { attempt_count: 1 }),
    failed(on(5, 2), { attempt_count: 1 }),
    failed(on(5, 2) + 90, { attempt_count: 1 }),
    failed(on(5, 4), { attempt_count: 2 }),
    failed(on(5, 5), { attempt_count: 0 }),
  ];
  const forwards = await play([...attempts, ...attempts]);
  const backwards = await play(attempts.toReversed());
  assert.is(forwards.payments.length, 5);
  assert.equal(backwards.payments, forwards.payments);
  assert.equal([forwards.counted("PaymentFailed"), backwards.counted("PaymentFailed")], [5, 5]);
});

test("that failed once and were told of twice are counted once: in one second a row, seconds apart two", async () => {
  const at = on(5, 2);
  const twice = [failed(at, {}, "evt_a"), failed(at, {}, "evt_b")];
  const sameSecond = await play(twice);
  assert.is(sameSecond.payments.length, 1);
  assert.is(sameSecond.counted("PaymentFailed"), 1);
  for (const [seconds, count] of [
    [4, 1],
    [5, 2],
  ] as const) {
    const apart = [failed(at, {}, "evt_a"), failed(at + seconds, {}, "evt_b")];
    for (const order of [apart, apart.toReversed()]) {
      const { payments, counted } = await play(order);
      assert.is(payments.length, 2);
      assert.is(counted("PaymentFailed"), count, `${seconds} s apart`);
    }
  }
});

test("that failed say what was still due, and a payment names each intent that paid a part of it", async () => {
  const intent = (id: string, isDefault: boolean, at: number): Json =>
    sampleEvent(`evt_${id}`, "invoice_payment.paid", at, {
      object: "invoice_payment",
      id: `inpay_${id}`,
      invoice: "in_1",
      is_default: isDefault,
      payment: { type: "payment_intent", payment_intent: id },
    });
  const events = [
    intent("pi_part", false, on(5, 1)),
    failed(on(5, 2), { amount_due: 10_000, amount_paid: 4000, amount_remaining: 6000 }),
    intent("pi_rest", true, on(5, 3)),
    paid({ more: { amount_due: 10_000, amount_paid: 10_000 } }),
  ];
  const { payments } = await play(events);
  const [attempt, payment] = payments;
  assert.equal([attempt?.["status"], attempt?.["amount"]], ["failed", 6000]);
  assert.equal([payment?.["amount"], payment?.["payment_id"]], [10_000, "pi_rest"]);
  assert.equal(payment?.["stripe_payment_intent_ids"], ["pi_part", "pi_rest"]);
  assert.equal((await play(events.toReversed())).payments, payments);
});

test("with a number out of range are invalid events", async () => {
  for (const more of [{ attempt_count: 1e21 }, { amount_remaining: -1 }, { amount_due: 1e21 }]) {
    const { outcomes, payments } = await play([failed(on(5, 2), more)]);
    assert.equal([outcomes[0]?.outcome, outcomes[0]?.error?.name], ["dead-letter", "InvalidEvent"]);
    assert.equal(payments, []);
  }
});

test.run();
