import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler as linkPayment } from "../../lambdas/link-payment.ts";
import { handler as syncSubscription } from "../../lambdas/sync-subscription.ts";
import { handler as writePayment } from "../../lambdas/write-payment.ts";
import type { Payment } from "../../lambdas/payments/payment.ts";
import type { ReversedPayment } from "../../lambdas/reversals/reversed-payment.ts";
import type { currentSubscriptionFields } from "../../lambdas/subscriptions/subscription-item.ts";
import { openRecords, type PaymentRecord, type Records, type SubscriptionRecord } from "../../records/records.ts";
import {
  type Json,
  sampleEvent,
  sampleInvoice,
  samplePrices,
  sampleSubscription,
} from "../../samples/stripe-objects.ts";
import { ofUser } from "../events/envelope.ts";
import { captured } from "../helpers/captured.ts";
import { rejects } from "../helpers/rejects.ts";
import { startTables, type Tables } from "../helpers/tables.ts";

const test = suite("reading the records");

const now = Date.UTC(2026, 5, 1);
const sevenYears = 2557 * 24 * 3600;

let tables: Tables;
let records: Records;
test.before(async () => {
  tables = await startTables();
  const credentials = { accessKeyId: "TESTS", secretAccessKey: "none" };
  const client = new DynamoDBClient({ endpoint: tables.endpoint, region: "ap-northeast-1", credentials });
  records = openRecords({ client, tables, now: () => now });
});

const period = { start: 100, end: 200 };

const pay = (userId: string, id: string, created: number, failedAttempt?: number) => {
  const paid = failedAttempt === undefined ? { paidAt: created } : { attempts: failedAttempt };
  const invoice = sampleInvoice({ id, amount: 580, created, ...paid, ...period });
  const type = failedAttempt === undefined ? "invoice.paid" : "invoice.payment_failed";
  return captured(() => writePayment(ofUser(userId, sampleEvent(`evt_${id}`, type, created, invoice))));
};

const january = Date.UTC(2026, 0, 1) / 1000;

test("gives a user's subscription, and nothing else that is in the item", async () => {
  await tables.add(tables.core, { PK: "USER#read", SK: "SUBSCRIPTION", theirs: "secret" });
  const created = sampleEvent("evt_read", "customer.subscription.created", 100, sampleSubscription(period));
  await captured(() => syncSubscription(ofUser("read", created)));
  assert.equal(await records.subscription("read"), {
    user_id: "read",
    customer_id: "cus_sample",
    subscription_id: "sub_sample",
    status: "active",
    plan: "monthly",
    price_id: samplePrices.monthly,
    current_period_start: 100,
    current_period_end: 200,
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    ended_at: null,
    trial_start: null,
    trial_end: null,
    updated_at: 100,
    order: "certain",
    gap_since: null,
    pause_collection: null,
    pause_resumes_at: null,
  });
});

test("gives of a payment what is for others, and nothing of what this program keeps to publish it", async () => {
  await pay("kept", "in_kept", january);
  const [payment] = await records.paymentsOf("in_kept");
  assert.is(payment?.amount, 580);
  assert.equal(
    Object.keys(payment ?? {}).filter((name) => /publish|tie_breaker|^[A-Z]/.test(name)),
    [],
  );
});

test("reads a subscription without a customer, and null for an item without a subscription or no item", async () => {
  const json = { ...sampleSubscription(period), customer: null };
  const created = sampleEvent("evt_alone", "customer.subscription.created", 100, json);
  await captured(() => syncSubscription(ofUser("read_alone", created)));
  assert.is((await records.subscription("read_alone"))?.customer_id, null);
  await tables.add(tables.core, { PK: "USER#read_seeded", SK: "SUBSCRIPTION", customer_id: "cus_read" });
  assert.is(await records.subscription("read_seeded"), null);
  assert.is(await records.subscription("read_missing"), null);
});

test("finds the users of a customer, each once, by their subscription items and the customer's own items alone", async () => {
  for (const name of ["one", "two"]) {
    await tables.add(tables.core, { PK: `USER#read_${name}`, SK: "SUBSCRIPTION", customer_id: "cus_twins" });
    await tables.add(tables.core, { PK: `USER#read_${name}`, SK: "PROFILE", customer_id: "cus_twins" });
  }
  await tables.add(tables.core, { PK: "USER#read_one", SK: "CUSTOMER#cus_twins", customer_id: "cus_twins" });
  await tables.add(tables.core, { PK: "USER#read_three", SK: "CUSTOMER#cus_twins", customer_id: "cus_twins" });
  assert.equal((await records.usersOf("cus_twins")).toSorted(), ["read_one", "read_three", "read_two"]);
  assert.equal(await records.usersOf("cus_missing"), []);
});

const pagesOf = async (userId: string, limit: number): Promise<string[][]> => {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Records["payments"]>> = await records.payments(userId, { limit, cursor });
    pages.push(page.payments.map(({ stripe_invoice_id: id }) => id));
    ({ cursor } = page);
  } while (cursor !== null);
  return pages;
};

test("gives a user's payments page by page, the newest first, and leaves out those that have expired", async () => {
  for (const index of [3, 1, 4, 0, 2]) await pay("read_pages", `in_pages_${index}`, january + index);
  // More than a page of them, between the others.
  const expired = now / 1000 - sevenYears;
  for (const index of [0, 1, 2]) await pay("read_pages", `in_expired_${index}`, expired - index);
  await pay("read_pages", "in_pages_late", expired + 10 * 24 * 3600);
  await pay("read_other", "in_other", january);
  assert.equal((await pagesOf("read_pages", 2)).flat(), [
    "in_pages_4",
    "in_pages_3",
    "in_pages_2",
    "in_pages_1",
    "in_pages_0",
    "in_pages_late",
  ]);
  assert.equal(
    (await pagesOf("read_pages", 2)).slice(0, 3).map(({ length }) => length),
    [2, 2, 2],
  );
  assert.equal((await pagesOf("read_pages", 100)).length, 1);
  assert.equal(await pagesOf("read_missing", 5), [[]]);
});

test("puts an invoice's payment before the attempts that failed before it", async () => {
  await pay("read_attempts", "in_attempts", january, 1);
  const paid = sampleInvoice({ id: "in_attempts", amount: 580, created: january, paidAt: january + 9, ...period });
  await captured(() =>
    writePayment(ofUser("read_attempts", sampleEvent("evt_paid", "invoice.paid", january + 9, paid))),
  );
  const { payments } = await records.payments("read_attempts", { limit: 5 });
  assert.equal(
    payments.map(({ status, created_at: at }) => [status, at]),
    [
      ["succeeded", january + 9],
      ["failed", january],
    ],
  );
});

test("takes the events of one failed attempt for one, also beside the key of before, and names each intent", async () => {
  const fail = (id: string, created: number, more: Json = {}) => {
    const invoice = sampleInvoice({ id: "in_told_twice", amount: 580, created: january, ...period, more });
    return captured(() =>
      writePayment(ofUser("read_twice", sampleEvent(id, "invoice.payment_failed", created, invoice))),
    );
  };
  for (const [index, at] of [0, 4, 60, 64, 120].entries()) await fail(`evt_twice_${index}`, january + at);
  const row = (await tables.items(tables.payments)).find(({ PK }) => PK === "INVOICE#in_told_twice");
  await tables.add(tables.payments, { ...row, SK: "FAILED#1" });
  const times = async (from: Promise<{ created_at: number }[]>) =>
    (await from).map(({ created_at: at }) => at - january);
  assert.equal(
    (await times(records.paymentsOf("in_told_twice"))).toSorted((a, b) => a - b),
    [0, 60, 120],
  );
  assert.equal(await times(records.payments("read_twice", { limit: 20 }).then((page) => page.payments)), [120, 60, 0]);
  await fail("evt_other_amount", january + 121, { amount_remaining: 300 });
  await fail("evt_other_attempt", january + 122, { attempt_count: 2 });
  assert.is((await records.paymentsOf("in_told_twice")).length, 5);
});

test("never parts an invoice, nor those that Stripe created in one second, whatever the limit", async () => {
  // Of each invoice two attempts that failed, the first of which Stripe told of twice; and two invoices of one second.
  const invoices = [
    { id: "in_whole_1", created: january },
    { id: "in_whole_2", created: january + 1000 },
    { id: "in_whole_3", created: january + 1000 },
    { id: "in_whole_4", created: january + 2000 },
  ];
  for (const { id, created } of invoices) {
    const invoice = sampleInvoice({ id, amount: 580, created, ...period });
    const events = [10, 12, 100].map((after) => ({ type: "invoice.payment_failed", after, invoice }));
    const paid = sampleInvoice({ id, amount: 580, created, paidAt: created + 200, ...period });
    for (const { type, after, invoice: object } of [...events, { type: "invoice.paid", after: 200, invoice: paid }])
      await captured(() =>
        writePayment(ofUser("read_whole", sampleEvent(`evt_${id}_${after}`, type, created + after, object))),
      );
  }
  for (let limit = 1; limit <= 13; limit += 1) {
    const pages = await pagesOf("read_whole", limit);
    assert.is(pages.flat().length, 12, `limit ${limit}`);
    assert.is(
      pages.flatMap((page) => [...new Set(page)]).length,
      invoices.length,
      `limit ${limit}: an invoice is parted`,
    );
    for (const page of pages.slice(0, -1)) assert.ok(page.length >= limit, `limit ${limit}: ${page.length}`);
  }
});

test("refuses a cursor of another user, and a text that is not a cursor", async () => {
  for (const index of [1, 2]) await pay("read_cursor", `in_cursor_${index}`, january + index);
  const { cursor } = await records.payments("read_cursor", { limit: 1 });
  assert.is((await rejects(records.payments("read_else", { limit: 1, cursor }))).name, "InvalidCursor");
  const forged = Buffer.from(JSON.stringify({ PK: "INVOICE#in_1", user_id: "read_cursor" })).toString("base64url");
  for (const other of ["nonsense", forged]) {
    assert.is((await rejects(records.payments("read_cursor", { limit: 1, cursor: other }))).name, "InvalidCursor");
  }
});

test("gives the records of an invoice: each attempt and the payment, but no payment intent without one", async () => {
  await pay("read_invoice", "in_read", january, 1);
  await pay("read_invoice", "in_read", january);
  assert.equal(
    (await records.paymentsOf("in_read")).map(({ status }) => status),
    ["failed", "succeeded"],
  );
  const payment = { type: "payment_intent", payment_intent: "pi_read" };
  const json: Json = { id: "inpay_1", object: "invoice_payment", invoice: "in_linked", is_default: true, payment };
  await captured(() =>
    linkPayment(ofUser("unknown", sampleEvent("evt_link", "invoice_payment.paid", 4_000_000_000, json))),
  );
  assert.equal(await records.paymentsOf("in_linked"), []);
});

// `Required`, as an object without an optional field is assignable to a type with it.
type Mutual<A, B> = [A, Required<A>] extends [B, Required<B>] ? true : false;
type Same<A, B> = [Mutual<A, B>, Mutual<B, A>];
type AddedByPayers = "payment_id" | "stripe_payment_intent_id" | "stripe_payment_intent_ids" | "stripe_charge_ids";
type Derived = Exclude<keyof ReversedPayment, "status">;
type Stored = Omit<PaymentRecord, AddedByPayers | Derived | "status"> & { status: Payment["status"] };

test("publishes the types of what the Lambdas write: the compiler compares them", () => {
  const subscription: Same<SubscriptionRecord, ReturnType<typeof currentSubscriptionFields>> = [true, true];
  const payment: Same<Stored, Omit<Payment, "PK" | "SK" | "payer">> = [true, true];
  assert.equal([subscription, payment].flat(), [true, true, true, true]);
});

test.run();
