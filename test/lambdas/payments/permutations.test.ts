import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Payer } from "../../../lambdas/payments/payers.ts";
import type { Payment } from "../../../lambdas/payments/payment.ts";
import { type Payments, paymentsTable } from "../../../lambdas/payments/payments-table.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { permutationsOf } from "../../../samples/random.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";
import { withoutOutbox } from "../../helpers/without-outbox.ts";
import { own, paid, record } from "./paid.ts";

const test = suite("events about one invoice");

let tables: Tables;
let payments: Payments;
test.before(async () => {
  tables = await startTables();
  payments = paymentsTable(tables.payments);
});

// An event, as what it writes.
type Write = { payment: Omit<Payment, "PK" | "stripe_invoice_id"> } | { payer: Payer; expiresAt: number };

const payers = fc.oneof(
  fc.record({
    id: fc.constantFrom("pi_1", "pi_2", "pi_3"),
    kind: fc.constantFrom("default_intent" as const, "intent"),
  }),
  fc.record({ id: fc.constantFrom("ch_1", "ch_2"), kind: fc.constant("charge" as const) }),
);

const payment = (status: "succeeded" | "failed") =>
  fc
    .record({
      user_id: fc.constant("user_1"),
      customer_id: fc.constantFrom("cus_1", "cus_2", null),
      subscription_id: fc.constantFrom("sub_1", null),
      amount: fc.constantFrom(580, 600),
      period: fc.constantFrom(null, 100, 200),
      created_at: fc.constantFrom(1000, 1001),
      reason: fc.constantFrom("payment_failed", "card_declined", "expired_card"),
      payer: fc.option(payers, { nil: undefined }),
    })
    .map(({ period, reason, payer, ...said }): Write => {
      const SK = status === "succeeded" ? "SUCCEEDED" : `FAILED#1000#1`;
      return {
        payment: {
          ...said,
          SK,
          currency: "jpy",
          status,
          billing_period_start: period,
          billing_period_end: period === null ? null : period + 30,
          stripe_created: 900,
          expires_at: said.created_at + 7,
          ...(payer && { payer }),
          ...(status === "failed" && { failure_reason: reason, attempt_count: 1 }),
        },
      };
    });

const link = fc.record({ payer: payers, expiresAt: fc.constantFrom(500, 600) }).map((one): Write => one);

const writes = fc.array(fc.oneof(payment("succeeded"), payment("failed"), link), { minLength: 2, maxLength: 5 });

let invoices = 0;

// The rows that these make in this order, under a name that no other order has.
const rowsAfter = async (order: Write[]): Promise<string> => {
  invoices += 1;
  const invoiceId = `in_order_${invoices}_`;
  for (const write of order) {
    if ("payment" in write) {
      await record(payments, { ...write.payment, PK: `INVOICE#${invoiceId}`, stripe_invoice_id: invoiceId });
    } else {
      await payments.link(invoiceId, write.payer, write.expiresAt);
    }
  }
  const rows: Json[] = (await tables.items(tables.payments)).filter(({ PK }) => PK === `INVOICE#${invoiceId}`);
  return JSON.stringify(rows.map(withoutOutbox)).replaceAll(invoiceId, "in_order");
};

test("make the same rows in every order", async () => {
  const property = fc.asyncProperty(writes, async (all) => {
    const [first, ...others] = permutationsOf(all);
    const rows = await rowsAfter(first ?? []);
    // All orders of up to four, and of five those that differ most.
    for (const order of others.length > 24 ? others.filter((_, index) => index % 7 === 0) : others) {
      assert.is(await rowsAfter(order), rows, JSON.stringify(order));
    }
    assert.is(await rowsAfter([...all, ...all]), rows);
  });
  await fc.assert(property, { numRuns: 12 });
});

const row = async (invoiceId: string): Promise<Json> =>
  (await tables.items(tables.payments)).find(({ PK }) => PK === `INVOICE#${invoiceId}`) ?? {};

test("say the larger amount, then the earlier time, then more", async () => {
  const better: [string, Partial<Payment>, Partial<Payment>][] = [
    ["in_amount", { amount: 580 }, { amount: 581, created_at: 1001, customer_id: null }],
    ["in_time", { created_at: 1001 }, { created_at: 1000, customer_id: null }],
    ["in_customer", { customer_id: null }, {}],
    ["in_subscription", { subscription_id: null }, {}],
    ["in_period", { billing_period_start: null, billing_period_end: null }, {}],
  ];
  for (const [name, worse, best] of better) {
    assert.is((await record(payments, paid(`${name}_a`, worse))).outcome, "applied", name);
    assert.is((await record(payments, paid(`${name}_a`, best))).outcome, "applied", name);
    assert.is((await record(payments, paid(`${name}_a`, worse))).outcome, "stale", name);
    assert.is((await record(payments, paid(`${name}_a`, best))).outcome, "duplicate", name);
    const { PK: _, stripe_invoice_id: __, ...said } = paid("x", best);
    const after = await row(`${name}_a`);
    for (const [field, value] of Object.entries(said)) assert.is(after[field], value, `${name}: ${field}`);
  }
});

test("keep the intent that a losing event names, and the smallest of several that are the default", async () => {
  await record(payments, paid("in_loser", { amount: 600 }));
  assert.is((await record(payments, paid("in_loser", { payer: own("pi_2") }))).outcome, "applied");
  assert.equal([(await row("in_loser"))["amount"], (await row("in_loser"))["payment_id"]], [600, "pi_2"]);
  assert.is((await record(payments, paid("in_loser", { payer: own("pi_2") }))).outcome, "stale");
  assert.is((await payments.link("in_loser", own("pi_1"), 5)).outcome, "applied");
  const after = await row("in_loser");
  assert.equal([after["payment_id"], after["stripe_payment_intent_id"]], ["pi_1", "pi_1"]);
  assert.equal([after["stripe_payment_intent_ids"], after["expires_at"]], [["pi_1", "pi_2"], 2000]);
  assert.is((await payments.link("in_loser", own("pi_1"), 5)).outcome, "duplicate");
});

test.run();
