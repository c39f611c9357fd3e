import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Payment } from "../../../lambdas/payments/payment.ts";
import {
  fieldsToRecord,
  type PaymentRows,
  type Payments,
  paymentsTable,
} from "../../../lambdas/payments/payments-table.ts";
import { startTables } from "../../helpers/tables.ts";
import { record } from "./paid.ts";

const test = suite("what a payment's record would change");

let payments: Payments & PaymentRows;
test.before(async () => {
  payments = paymentsTable((await startTables()).payments);
});

const payment = (invoice: string, more: Partial<Payment> = {}): Payment => ({
  PK: `INVOICE#${invoice}`,
  SK: "SUCCEEDED",
  user_id: "u",
  customer_id: "cus_1",
  subscription_id: "sub_1",
  stripe_invoice_id: invoice,
  amount: 580,
  currency: "jpy",
  status: "succeeded",
  billing_period_start: 1,
  billing_period_end: 2,
  stripe_created: 1,
  created_at: 10,
  expires_at: 20,
  ...more,
});

const said = fc.record({
  amount: fc.constantFrom(0, 580),
  created_at: fc.constantFrom(10, 11),
  customer_id: fc.constantFrom("cus_1", "cus_2", null),
  billing_period_end: fc.constantFrom(2, null),
});

test("is all of it where there is no row, and where an intent alone is known", () => {
  const one = payment("in_none");
  const { PK: _, SK: __, ...fields } = one;
  assert.equal(fieldsToRecord(undefined, one), Object.keys(fields));
  assert.equal(fieldsToRecord({ expires_at: 20, stripe_payment_intent_id: "pi_1" }, one).includes("amount"), true);
});

test("is what says more: a larger amount, then an earlier time, then more that is known", () => {
  const one = payment("in_more");
  const row = { ...one, tie_breaker: "4 2 1 jpy cus_1 20 1 sub_1 u" };
  const unknown = { ...one, customer_id: null, tie_breaker: "3 2 1 jpy  20 1 sub_1 u" };
  const cases: [object, Partial<Payment>, string[]][] = [
    [row, {}, []],
    [row, { amount: 581, created_at: 11 }, ["amount", "created_at"]],
    [row, { amount: 579, created_at: 9 }, []],
    [row, { created_at: 9, customer_id: null }, ["customer_id", "created_at"]],
    [row, { created_at: 11 }, []],
    [row, { customer_id: null }, []],
    [unknown, {}, ["customer_id"]],
    // Of before rows had one.
    [{ ...row, tie_breaker: undefined }, { customer_id: null }, ["customer_id"]],
  ];
  for (const [before, more, fields] of cases)
    assert.equal(fieldsToRecord({ ...before }, { ...one, ...more }), fields, JSON.stringify([before, more]));
});

test("is what the table itself would write, whichever of two payments came first", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(said, said, async (first, second) => {
      count += 1;
      const [one, two] = [first, second].map((more) => payment(`in_fields_${count}`, more)) as [Payment, Payment];
      await record(payments, one);
      const [row] = await payments.rowsOf(one.stripe_invoice_id);
      const fields = fieldsToRecord(row, two);
      const { outcome } = await record(payments, two);
      assert.is(fields.length > 0, outcome === "applied", JSON.stringify([first, second]));
      const [after] = await payments.rowsOf(one.stripe_invoice_id);
      const changed = Object.keys(two).filter((name) => row?.[name] !== after?.[name]);
      assert.equal(fields.toSorted(), changed.toSorted());
    }),
    { numRuns: 60 },
  );
});

test.run();
