import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outboxIn } from "../../../lambdas/publishing/outbox.ts";
import { publisher } from "../../../lambdas/publishing/publish.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { type BillingBus, startBillingBus } from "../../helpers/billing-bus.ts";
import { captured } from "../../helpers/captured.ts";
import { rejects } from "../../helpers/rejects.ts";
import { beginWithBooks, call, created, invoiceOf, itemOf, page, stripe, subscriptionOf, tables } from "./books.ts";

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
