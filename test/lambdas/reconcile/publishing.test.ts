import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outboxIn } from "../../../lambdas/publishing/outbox.ts";
import { publisher } from "../../../lambdas/publishing/publish.ts";
import { handler as recordReversal } from "../../../lambdas/record-reversal.ts";
import { handler as writePayment } from "../../../lambdas/write-payment.ts";
import { type Json, sampleEvent } from "../../../samples/stripe-objects.ts";
import { ofUser, onTheBus, taskInput } from "../../events/envelope.ts";
import { type BillingBus, startBillingBus } from "../../helpers/billing-bus.ts";
import { captured } from "../../helpers/captured.ts";
import { rejects } from "../../helpers/rejects.ts";
import {
  beginWithBooks,
  call,
  created,
  day,
  failureOf,
  invoiceOf,
  knownCustomer,
  now,
  itemOf,
  page,
  paidBy,
  refundOf,
  stripe,
  subscriptionOf,
  tables,
} from "./books.ts";

const test = suite("what a night publishes");
beginWithBooks(test);

let bus: BillingBus;
test.before.each(async () => {
  bus = await startBillingBus();
});

const publish = (items: Parameters<ReturnType<typeof publisher>>[0]) =>
  publisher({ bus: "billing", tables: { core: tables.core, payments: tables.payments } })(items);

const detailsOf = () => bus.events.map(({ detail }) => Object(detail));
const outboxOf = async (name: string) => outboxIn((await itemOf(`USER#${name}`, "SUBSCRIPTION")) ?? {});

test("goes ten entries a call, is marked, and is nothing the next time", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `night_${index}`);
  stripe.set("subscriptions", ...names.map((name) => subscriptionOf(name)));
  await page({ publish });
  assert.equal(
    bus.calls.map((entries) => entries.length),
    [10, 2],
  );
  assert.equal(
    new Set(detailsOf().map(({ subject }) => subject)),
    new Set(names.map((name) => `subscription/${name}`)),
  );
  assert.ok(detailsOf().every(({ reason, version }) => reason === "reconciliation" && version === 1));
  assert.ok(bus.events.every((event) => event["detail-type"] === "SubscriptionHealed"));
  for (const name of names) assert.equal(await outboxOf(name), { published: 1, changes: [] });
  await page({ publish });
  assert.is(bus.calls.length, 2);
});

test("is what waits on rows that are right too, and nothing in a dry run", async () => {
  await created("night_waits", subscriptionOf("night_waits"));
  stripe.set("subscriptions", subscriptionOf("night_waits"));
  await page({ publish, run: { dryRun: true } });
  assert.is(bus.calls.length, 0);
  await page({ publish });
  assert.equal(
    detailsOf().map(({ reason, version }) => [reason, version]),
    [["event", 1]],
  );
  assert.equal(await outboxOf("night_waits"), { published: 1, changes: [] });
});

test("is a payment that waits on its row, and each failed attempt that is healed, but not its twin", async () => {
  const paid = sampleEvent("evt_night_paid", "invoice.paid", now - 2 * day + 60, invoiceOf("night_paid"));
  await captured(() => writePayment(ofUser("night_paid", paid)));
  stripe.set("invoices", invoiceOf("night_paid"));
  await page({ publish, run: { list: "invoices" } });
  await knownCustomer("night_failed");
  for (const at of [now - day, now - day + 2]) {
    stripe.set("events", failureOf("night_failed", at));
    await page({ publish, run: { list: "events" } });
  }
  assert.equal(
    bus.events.map((event) => [event["detail-type"], Object(event.detail).reason, Object(event.detail).subject]),
    [
      ["PaymentRecorded", "event", "payment/in_night_paid/SUCCEEDED"],
      ["PaymentFailed", "reconciliation", `payment/in_night_failed/FAILED#${now - day}#1`],
    ],
  );
});

test("is a refund that waits or is healed, and whose it is once its payment is healed", async () => {
  const refund = refundOf("night_refund");
  const event = sampleEvent("evt_night_refund", "refund.created", now - day, refund);
  await captured(() => recordReversal(taskInput(onTheBus(event))));
  stripe.set("refunds", refund);
  await page({ publish, run: { list: "refunds" } });
  assert.is(bus.events.length, 1);
  stripe.set("refunds", refundOf("night_refund", { id: "re_night_lost" }));
  await page({ publish, run: { list: "refunds" } });
  const payments = paidBy(["pi_night_refund", true]);
  stripe.set("invoices", invoiceOf("night_refund", { more: { payments } }));
  await page({ publish, run: { list: "invoices" } });
  const told = bus.events.map((one) => ({ ...Object(one.detail), type: one["detail-type"] }));
  assert.equal(
    told.map(({ type, reason, version, user_id: user }) => [type, reason, version, user]),
    [
      ["RefundRecorded", "event", 1, null],
      ["RefundRecorded", "reconciliation", 2, null],
      ["PaymentRecorded", "reconciliation", 1, "night_refund"],
      ["RefundRecorded", "reconciliation", 3, "night_refund"],
    ],
  );
});

test("puts nothing where nothing of a change shows, and marks it", async () => {
  const key = { PK: "USER#night_quiet", SK: "SUBSCRIPTION" };
  await tables.add(tables.core, { ...key, stripe_unpublished: ["a change"] });
  await publish([{ table: "core", ...key, published: 0, changes: [[]] }]);
  assert.is(bus.calls.length, 0);
  assert.equal(await outboxOf("night_quiet"), { published: 1, changes: [] });
});

test("says that it is of the past where it fills the tables", async () => {
  stripe.set("subscriptions", subscriptionOf("night_past"));
  stripe.set("invoices", invoiceOf("night_past"));
  await page({ publish, run: { backfill: true } });
  await page({ publish, run: { backfill: true, list: "invoices" } });
  assert.equal(
    bus.events.map((event) => [event["detail-type"], Object(event.detail).reason]),
    [
      ["SubscriptionHealed", "backfill"],
      ["PaymentRecorded", "backfill"],
    ],
  );
});

test("fails the page where the bus takes an entry not, after drift is counted; the retry publishes it, and what was put is marked", async () => {
  const names = Array.from({ length: 11 }, (_, index) => `night_bus_${index}`);
  stripe.set("subscriptions", ...names.map((name) => subscriptionOf(name)));
  // The second call's.
  bus.faults.push("", "throttles");
  const { result, stdout } = await captured(() => rejects(call({ publish })));
  assert.equal(
    [result.name, result.message],
    ["NotPublished", "1 events: ThrottlingException, Injected: Rate exceeded"],
  );
  const counted: Json[] = stdout.map((line) => JSON.parse(line));
  assert.equal(
    counted.map(({ Drift }) => Drift),
    [11],
  );
  const outboxes = await Promise.all(names.map(outboxOf));
  assert.is(outboxes.filter(({ published }) => published === 1).length, 10);
  const retried = await page({ publish });
  assert.equal([retried.result.summary.equal, bus.calls.length, bus.events.length], [11, 3, 11]);
  for (const name of names) assert.equal(await outboxOf(name), { published: 1, changes: [] });
});

test.run();
