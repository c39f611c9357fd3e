import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler } from "../../lambdas/sync-subscription.ts";
import { type Json, sampleEvent, sampleItem, samplePrices, sampleSubscription } from "../../samples/stripe-objects.ts";
import { subscriptionBeforeBasil } from "../../samples/before-basil.ts";
import { ofUser, onTheBus, taskInput } from "../events/envelope.ts";
import { captured } from "../helpers/captured.ts";
import { rejects } from "../helpers/rejects.ts";
import { startTables, type Tables } from "../helpers/tables.ts";
import { withoutOutbox } from "../helpers/without-outbox.ts";
import { withoutPublish } from "../helpers/without-publish.ts";

const test = suite("sync-subscription");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const period = { start: 100, end: 200 };
let events = 0;

const event = (type: string, created: number, object: Json, previous?: Json) => {
  events += 1;
  return sampleEvent(`evt_sync_${events}`, `customer.subscription.${type}`, created, object, previous);
};

const sync = (userId: string, json: Json) => captured(() => handler(ofUser(userId, json)));

const itemOf = async (userId: string): Promise<Json> =>
  (await tables.items(tables.core)).find(({ PK }) => PK === `USER#${userId}`) ?? {};

const changesOf = async (userId: string, json: Json) =>
  (await sync(userId, json)).result.changes.map(({ change }) => change);

test("keeps a subscription's state where other services read it", async () => {
  const trial = { trial_start: 100, trial_end: 200 };
  const object = sampleSubscription({ status: "trialing", ...period, more: trial });
  const { result } = await sync("sync_state", event("created", 100, object));
  assert.equal(withoutPublish(result), {
    outcome: "applied",
    changes: [{ change: "status_changed", from: null, to: "trialing" }],
    written: ["core USER#sync_state SUBSCRIPTION"],
    gap: "none",
    heal: null,
  });
  const { stripe_subscriptions: all, stripe_version: version, ...shown } = withoutOutbox(await itemOf("sync_state"));
  assert.equal(shown, {
    PK: "USER#sync_state",
    SK: "SUBSCRIPTION",
    user_id: "sync_state",
    customer_id: "cus_sample",
    subscription_id: "sub_sample",
    status: "trialing",
    plan: "monthly",
    price_id: samplePrices.monthly,
    current_period_start: 100,
    current_period_end: 200,
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    ended_at: null,
    trial_start: 100,
    trial_end: 200,
    updated_at: 100,
    order: "certain",
    gap_since: null,
    pause_collection: null,
    pause_resumes_at: null,
    stripe_customers: ["cus_sample"],
  });
  assert.equal(Object.keys(Object(all)), ["sub_sample"]);
  assert.is(version, 1);
});

test("leaves every attribute that is not ours alone", async () => {
  await tables.add(tables.core, { PK: "USER#sync_others", SK: "SUBSCRIPTION", coupons: ["A"], nickname: "N" });
  await sync("sync_others", event("created", 100, sampleSubscription(period)));
  const { coupons, nickname, status } = await itemOf("sync_others");
  assert.equal({ coupons, nickname, status }, { coupons: ["A"], nickname: "N", status: "active" });
});

test("refuses an event without its user", async () => {
  const input = taskInput(onTheBus(event("created", 100, sampleSubscription(period))));
  const { name, message } = await rejects(captured(() => handler(input)));
  assert.is(name, "InvalidEvent");
  assert.match(message, "customer");
});

test("says what changed, from what to what", async () => {
  const yearly = { items: { data: [sampleItem(samplePrices.yearly, 100, 200)] } };
  const scheduled = { cancel_at_period_end: true, cancel_at: 200, canceled_at: 120 };
  const classic = { cancel_at_period_end: false, cancel_at: null, canceled_at: null };
  const cases: [Json, Json, Json[]][] = [
    [
      sampleSubscription({ ...period, more: yearly }),
      { items: { data: [sampleItem(samplePrices.monthly, 100, 200)] } },
      [{ change: "plan_changed", from: samplePrices.monthly, to: samplePrices.yearly }],
    ],
    [
      sampleSubscription({ ...period, more: scheduled }),
      classic,
      [{ change: "cancellation_scheduled", from: null, to: 200 }],
    ],
    [
      sampleSubscription({ ...period, more: { cancel_at: 180, canceled_at: 120 } }),
      { cancel_at: null, canceled_at: null },
      [{ change: "cancellation_scheduled", from: null, to: 180 }],
    ],
    [sampleSubscription(period), scheduled, [{ change: "reactivated", from: 200, to: null }]],
    [
      sampleSubscription({ ...period, status: "past_due" }),
      { status: "active" },
      [{ change: "status_changed", from: "active", to: "past_due" }],
    ],
    [
      sampleSubscription({ ...period, status: "canceled", more: { ended_at: 150 } }),
      { status: "unpaid", ended_at: null },
      [
        { change: "status_changed", from: "unpaid", to: "canceled" },
        { change: "cancelled", from: "unpaid", to: "canceled" },
      ],
    ],
    [sampleSubscription(period), { metadata: { note: null } }, []],
  ];
  for (const [index, [object, previous, changes]] of cases.entries()) {
    const { result } = await sync(`sync_changes_${index}`, event("updated", 150, object, previous));
    assert.equal(result.changes, changes);
    assert.is(result.outcome, "applied");
  }
});

test("reads the same state from both shapes", async () => {
  const object = sampleSubscription({ ...period, price: samplePrices.yearly });
  await sync("sync_new", event("created", 100, object));
  await sync("sync_old", event("created", 100, subscriptionBeforeBasil(object)));
  const stripped = async (userId: string) => {
    const { PK: _, user_id: __, stripe_subscriptions: ___, ...rest } = withoutOutbox(await itemOf(userId));
    return rest;
  };
  assert.equal(await stripped("sync_old"), await stripped("sync_new"));
});

test("does nothing for an event that it has seen", async () => {
  const created = event("created", 100, sampleSubscription(period));
  await sync("sync_twice", created);
  const before = await itemOf("sync_twice");
  const duplicate = { outcome: "duplicate", changes: [], written: [], gap: "none", heal: null };
  assert.equal(withoutPublish((await sync("sync_twice", created)).result), duplicate);
  assert.equal(await itemOf("sync_twice"), before);
});

test("keeps the newer state when an older event comes late", async () => {
  await sync(
    "sync_late",
    event("updated", 150, sampleSubscription({ ...period, status: "past_due" }), { status: "active" }),
  );
  const { result } = await sync("sync_late", event("created", 100, sampleSubscription(period)));
  assert.is(result.outcome, "stale");
  assert.is((await itemOf("sync_late"))["status"], "past_due");
});

test("never brings back what has ended", async () => {
  const ended = { ended_at: 150, canceled_at: 150 };
  await sync("sync_ended", event("deleted", 150, sampleSubscription({ ...period, status: "canceled", more: ended })));
  await sync("sync_ended", event("updated", 160, sampleSubscription(period), { status: "past_due" }));
  const { status, ended_at: endedAt, updated_at: updatedAt } = await itemOf("sync_ended");
  assert.equal({ status, endedAt, updatedAt }, { status: "canceled", endedAt: 150, updatedAt: 150 });
});

test("takes a deleted subscription for ended, whatever its snapshot says", async () => {
  await sync("sync_deleted", event("deleted", 150, sampleSubscription(period)));
  assert.is((await itemOf("sync_deleted"))["status"], "canceled");
});

test("shows a live subscription before an ended one, then one that lets in, then the newest", async () => {
  const sub = (id: string, status: string, created: number) =>
    sampleSubscription({ id, status, ...period, more: { created } });
  const all = [
    sub("sub_a", "canceled", 40),
    sub("sub_b", "unpaid", 30),
    sub("sub_c", "active", 10),
    sub("sub_d", "trialing", 20),
  ];
  const orders: Json[][] = [all, all.toReversed(), [...all.slice(2), ...all.slice(0, 2)]];
  for (const [index, order] of orders.entries()) {
    for (const object of order) await sync(`sync_many_${index}`, event("created", 100, object));
    assert.is((await itemOf(`sync_many_${index}`))["subscription_id"], "sub_d");
  }
});

test("keeps a status of Stripe's that it does not know", async () => {
  await sync("sync_unknown", event("created", 100, sampleSubscription({ ...period, status: "hibernating" })));
  assert.is((await itemOf("sync_unknown"))["status"], "hibernating");
});

test("takes the customer away from the index when Stripe names none", async () => {
  await sync("sync_account", event("created", 100, { ...sampleSubscription(period), customer: null }));
  const item = await itemOf("sync_account");
  assert.is("customer_id" in item, false);
  assert.is(item["status"], "active");
});

test("is right when many write one user's item at once", async () => {
  const all = Array.from({ length: 8 }, (_, index) =>
    event("created", 100, sampleSubscription({ id: `sub_${index}`, ...period, more: { created: index } })),
  );
  await captured(() => Promise.all(all.map((json) => handler(ofUser("sync_rush", json)))));
  const item = await itemOf("sync_rush");
  assert.is(Object.keys(Object(item["stripe_subscriptions"])).length, 8);
  assert.is(item["stripe_version"], 8);
  assert.is(item["subscription_id"], "sub_7");
});

test("reports an event that has been missing for longer than it may", async () => {
  const first = { ...period, status: "active" };
  await sync("sync_gap", event("created", 100, sampleSubscription({ ...first, status: "incomplete" })));
  const { result } = await sync(
    "sync_gap",
    event("updated", 200, sampleSubscription({ ...first, status: "unpaid" }), { status: "past_due" }),
  );
  assert.is(result.outcome, "applied");
  assert.is((await itemOf("sync_gap"))["gap_since"], 100);
  const late = event("updated", 200 + 3600, sampleSubscription(first), { status: "unpaid" });
  const { logs, stdout } = await sync("sync_gap", late);
  assert.match(JSON.stringify(logs), "An event of the subscription is missing");
  assert.is(JSON.parse(`${stdout[0]}`).SubscriptionGap, 1);
  // A duplicate reports nothing again.
  const again = await sync("sync_gap", late);
  assert.equal([again.result.outcome, again.stdout], ["duplicate", []]);
});

test("forgets the gap when the event arrives", async () => {
  const of = (status: string) => sampleSubscription({ ...period, status });
  await sync("sync_mended", event("created", 100, of("incomplete")));
  await sync("sync_mended", event("updated", 300, of("past_due"), { status: "active" }));
  assert.is((await itemOf("sync_mended"))["gap_since"], 100);
  assert.equal(await changesOf("sync_mended", event("updated", 200, of("active"), { status: "incomplete" })), []);
  const { gap_since: gapSince, order } = await itemOf("sync_mended");
  assert.equal({ gapSince, order }, { gapSince: null, order: "certain" });
});

test("follows another configuration of prices with the next event, without a gap", async () => {
  const addon = { id: "price_addon", recurring: { interval: "month" } };
  const items = { data: [sampleItem(samplePrices.monthly, 100, 200), { price: addon }] };
  const first = event("created", 100, sampleSubscription({ ...period, more: { items } }));
  const next = event("updated", 150, sampleSubscription({ ...period, status: "past_due", more: { items } }), {
    status: "active",
  });
  const configured = (monthly: string[]) => Object.assign(process.env, { MONTHLY_PRICES: JSON.stringify(monthly) });
  try {
    configured(["price_addon"]);
    await sync("sync_configured", first);
    assert.is((await itemOf("sync_configured"))["price_id"], "price_addon");
    configured([samplePrices.monthly]);
    assert.equal(await changesOf("sync_configured", next), ["status_changed"]);
  } finally {
    configured([]);
  }
  const { price_id: priceId, plan, order, gap_since: gapSince } = await itemOf("sync_configured");
  assert.equal(
    { priceId, plan, order, gapSince },
    {
      priceId: samplePrices.monthly,
      plan: "monthly",
      order: "certain",
      gapSince: null,
    },
  );
});

test("refuses a type that is no change of a subscription", async () => {
  const { name, message } = await rejects(sync("sync_type", event("paused", 100, sampleSubscription(period))));
  assert.is(name, "InvalidEvent");
  assert.match(message, "detail.type: expected one of customer.subscription.created, ");
});

test("throws InvalidEvent for what is no subscription", async () => {
  const error = await rejects(
    sync("sync_invalid", event("updated", 100, { ...sampleSubscription(period), status: 7 })),
  );
  assert.is(error.name, "InvalidEvent");
  assert.match(error.message, "detail.data.object.status");
});

test.run();
