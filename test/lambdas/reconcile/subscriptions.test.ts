import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dynamodb } from "../../../lambdas/dynamodb/dynamodb.ts";
import { handler as syncHandler } from "../../../lambdas/sync-subscription.ts";
import { sampleEvent, sampleItem, samplePrices } from "../../../samples/stripe-objects.ts";
import { ofUser } from "../../events/envelope.ts";
import { rejects } from "../../helpers/rejects.ts";
import { captured } from "../../helpers/captured.ts";
import {
  beginWithBooks,
  page,
  countsOf,
  created,
  day,
  now,
  reconcile,
  rowOf,
  stripe,
  subscriptionOf,
  summaryWith,
  tables,
} from "./books.ts";
import { withoutOutbox } from "../../helpers/without-outbox.ts";

const test = suite("a comparison of subscriptions with Stripe");
beginWithBooks(test);

test("heals a row whose event never came, and counts it as drift at the end of a night only", async () => {
  await created("drift", subscriptionOf("drift"));
  stripe.set("subscriptions", subscriptionOf("drift", { status: "past_due" }));
  const dry = await reconcile({ run: { dryRun: true } });
  assert.equal(dry.summary.healed.subscriptions, 1);
  assert.equal([dry.told[0]?.["outcome"], dry.counted], ["would_heal", []]);
  assert.is((await rowOf("drift"))?.["status"], "active");
  const { told, counted, summary } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 1, healed: { subscriptions: 1 } }));
  assert.equal(told[0]?.["differences"], [{ field: "status", ours: "active", stripes: "past_due" }]);
  assert.equal(countsOf(counted), [{ Drift: 1 }, { Reconciled: 1 }]);
  assert.equal([(await rowOf("drift"))?.["status"], (await rowOf("drift"))?.["order"]], ["past_due", "certain"]);
});

test("closes a gap whose row is right, and calls it confirmed", async () => {
  const object = subscriptionOf("right", { status: "past_due" });
  const type = "customer.subscription.updated";
  const late = sampleEvent("evt_right_2", type, now - day, object, { status: "unpaid" });
  await created("right", subscriptionOf("right"));
  await captured(() => syncHandler(ofUser("right", late)));
  assert.is((await rowOf("right"))?.["gap_since"], now - 10 * day);
  stripe.set("subscriptions", object);
  const dry = await reconcile({ run: { dryRun: true } });
  assert.equal([dry.summary.confirmed, (await rowOf("right"))?.["gap_since"]], [1, now - 10 * day]);
  const { summary, told } = await reconcile();
  assert.equal([summary.confirmed, told], [1, []]);
  assert.equal([(await rowOf("right"))?.["gap_since"], (await rowOf("right"))?.["order"]], [null, "certain"]);
});

test("tells of another price by its id, and refuses a subscription of the test mode whose customer is deleted", async () => {
  await created("priced", subscriptionOf("priced"));
  const items = { data: [sampleItem(samplePrices.yearly, now - 10 * day, now + 20 * day)] };
  const tried = subscriptionOf("tried_gone", { livemode: false });
  stripe.set("subscriptions", subscriptionOf("priced", { items }), tried);
  stripe.objects.customers.set("cus_tried_gone", { id: "cus_tried_gone", object: "customer", deleted: true });
  const { told } = await reconcile();
  const [priced, refused] = told.toSorted((a, b) => (`${a["id"]}` < `${b["id"]}` ? -1 : 1));
  const prices = { field: "prices", ours: [samplePrices.monthly], stripes: [samplePrices.yearly] };
  assert.equal([priced?.["reason"], priced?.["differences"]], [null, [prices]]);
  assert.is(refused?.["outcome"], "refused");
});

test("fails where a row that others have written cannot be written", async () => {
  stripe.set("subscriptions", subscriptionOf("unwritable"));
  await reconcile();
  const row = await rowOf("unwritable");
  await dynamodb.send(new PutCommand({ TableName: tables.core, Item: { ...row, plan: "yearly" } }));
  const away = Object.assign(new Error("away"), { name: "TimeoutError" });
  assert.is(await rejects(page({ subscriptions: { write: () => Promise.reject(away) } })), away);
});

test("looks at the customer of a single subscription too", async () => {
  stripe.set("subscriptions", subscriptionOf("single_gone"));
  stripe.objects.customers.set("cus_single_gone", { id: "cus_single_gone", object: "customer", deleted: true });
  const { summary } = await reconcile({ run: { subscription: "sub_single_gone" } });
  assert.equal([summary.deletedCustomers, await rowOf("single_gone")], [1, undefined]);
});

test("leaves a row that knows of a later event", async () => {
  const object = subscriptionOf("newer", { status: "past_due" });
  await created("newer", object, now + 1);
  stripe.set("subscriptions", subscriptionOf("newer"));
  const { summary, told } = await reconcile();
  assert.equal([summary.newer, told[0]?.["outcome"]], [1, "newer"]);
  assert.is((await rowOf("newer"))?.["status"], "past_due");
});

test("heals the row of a customer that is deleted, where there is one, and calls one without a user deleted too", async () => {
  await created("deleted", subscriptionOf("deleted"));
  const ended = { status: "canceled", ended_at: now - day, canceled_at: now - day };
  stripe.set("subscriptions", subscriptionOf("deleted", ended), subscriptionOf("nobody", { metadata: {} }));
  for (const id of ["cus_deleted", "cus_nobody"])
    stripe.objects.customers.set(id, { id, object: "customer", deleted: true });
  const { summary } = await reconcile();
  assert.equal(summary, summaryWith({ compared: 2, deletedCustomers: 1, healed: { subscriptions: 1 } }));
  assert.is((await rowOf("deleted"))?.["status"], "canceled");
});

test("heals a row that others have written, or that another configuration made, though its ledger is right", async () => {
  stripe.set("subscriptions", subscriptionOf("edited"));
  await reconcile();
  const right = await rowOf("edited");
  const edited = { ...right, status: "canceled", plan: "yearly", nickname: "N" };
  await dynamodb.send(new PutCommand({ TableName: tables.core, Item: edited }));
  const dry = await reconcile({ run: { dryRun: true } });
  const differences = [
    { field: "status", ours: "canceled", stripes: "active" },
    { field: "plan", ours: "yearly", stripes: "monthly" },
  ];
  assert.equal([dry.told[0]?.["outcome"], dry.told[0]?.["differences"]], ["would_heal", differences]);
  const { told } = await reconcile();
  assert.equal([told[0]?.["outcome"], told[0]?.["differences"]], ["healed", differences]);
  assert.equal(withoutOutbox((await rowOf("edited")) ?? {}), {
    ...withoutOutbox(right ?? {}),
    nickname: "N",
    stripe_version: 2,
  });
  assert.is((await reconcile({ monthly: ["price_sample_yearly", "price_sample_monthly"] })).summary.equal, 1);
  // Another price is configured: the plan is none now, as nothing but the configuration tells it.
  const configured = await reconcile({ monthly: ["price_other"] });
  assert.equal(configured.told[0]?.["differences"], [{ field: "plan", ours: "monthly", stripes: null }]);
});

test.run();
