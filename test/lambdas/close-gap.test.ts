import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeGap, handler } from "../../lambdas/close-gap.ts";
import { handle } from "../../lambdas/runtime/handle.ts";
import { askStripe } from "../../lambdas/stripe-api/stripe-client.ts";
import { forgetStripeKey } from "../../lambdas/stripe-api/stripe-key.ts";
import { subscriptionsTable } from "../../lambdas/subscriptions/core-table.ts";
import { customersTable } from "../../lambdas/subscriptions/customers-table.ts";
import { handler as syncHandler } from "../../lambdas/sync-subscription.ts";
import { type Json, sampleEvent, sampleSubscription } from "../../samples/stripe-objects.ts";
import { ofUser, sampleExecution, taskInput } from "../events/envelope.ts";
import { type AskedStripe, startAskedStripe } from "../helpers/asked-stripe.ts";
import { captured } from "../helpers/captured.ts";
import { startParameterStore } from "../helpers/parameter-store.ts";
import { rejects } from "../helpers/rejects.ts";
import { startTables, type Tables } from "../helpers/tables.ts";
import { withoutPublish } from "../helpers/without-publish.ts";

const test = suite("close-gap");

let tables: Tables;
let stripe: AskedStripe;
const time = { now: 1000 };
test.before(async () => {
  tables = await startTables();
  stripe = await startAskedStripe(time);
});
test.after(() => stripe.stop());
test.before.each(() => {
  time.now = 1000;
  stripe.set("subscriptions", states.unpaid);
});

const sold = { monthly: [], yearly: [] };
const period = { start: 100, end: 200 };
const states = {
  active: sampleSubscription(period),
  unpaid: sampleSubscription({ ...period, status: "unpaid" }),
  pastDue: sampleSubscription({ ...period, status: "past_due" }),
} as const;

const sync = async (userId: string, type: string, created: number, object: Json, previous?: Json) => {
  const event = sampleEvent(`evt_${type}_${created}`, `customer.subscription.${type}`, created, object, previous);
  return (await captured(() => syncHandler(ofUser(userId, event)))).result;
};

// An active subscription whose way to past due is known, and whose way to unpaid is not.
const withGap = async (userId: string) => {
  await sync(userId, "created", 100, states.active);
  return sync(userId, "updated", 120, states.pastDue, { status: "unpaid" });
};

const close = (
  userId: string,
  {
    gapSince = 120,
    liveOnly = false,
    ask = stripe.ask,
    more = {},
  }: { gapSince?: number; liveOnly?: boolean; ask?: AskedStripe["ask"]; more?: Json } = {},
) => {
  const input = { subscriptionId: "sub_sample", userId, gapSince, waitSeconds: 3600, ...more };
  const table = { ...subscriptionsTable(tables.core), ...customersTable(tables.core) };
  return captured(() => handle(taskInput(input), closeGap(table, ask, { liveOnly, sold, bus: "billing" })));
};

const rowOf = async (userId: string): Promise<Json> =>
  (await tables.items(tables.core)).find(({ PK, SK }) => PK === `USER#${userId}` && SK === "SUBSCRIPTION") ?? {};

test("an event that leaves a gap says so, and by which execution it is healed: the same one for the same gap", async () => {
  const { gap, heal } = await withGap("gap_named");
  const input = { subscriptionId: "sub_sample", userId: "gap_named", gapSince: 100, waitSeconds: 3600 };
  assert.equal([gap, heal], ["open", { name: "sub_sample-100", input }]);
  const again = await sync("gap_named", "updated", 120, states.pastDue, { status: "unpaid" });
  assert.equal([again.outcome, again.gap, again.heal], ["duplicate", "open", heal]);
  const closing = await sync("gap_named", "updated", 110, states.unpaid, { status: "active" });
  assert.equal([closing.gap, closing.heal], ["none", null]);
});

test("asks Stripe where the event is still missing, and writes what Stripe says", async () => {
  await withGap("gap_open");
  const before = stripe.calls();
  const { result, logs } = await close("gap_open");
  assert.is(stripe.calls(), before + 1);
  assert.equal(withoutPublish(result), {
    outcome: "healed",
    changes: [{ change: "status_changed", from: "past_due", to: "unpaid" }],
    written: ["core USER#gap_open SUBSCRIPTION"],
  });
  const {
    status,
    order,
    gap_since: gapSince,
    updated_at: updatedAt,
    stripe_customers: customers,
  } = await rowOf("gap_open");
  assert.equal([status, order, gapSince, customers], ["unpaid", "certain", null, ["cus_sample"]]);
  assert.ok(Number(updatedAt) >= 990 && Number(updatedAt) <= 998);
  const facts = { userId: "gap_open", subscriptionId: "sub_sample", gapSince: 120 };
  const line = { message: "Healing ended", eventId: null, execution: sampleExecution };
  assert.equal(logs.at(-1), { ...line, ...withoutPublish(result), ...facts });
  // Events of before come too late to change anything.
  const late = await sync("gap_open", "updated", 110, states.unpaid, { status: "active" });
  assert.equal([late.outcome, late.gap], ["stale", "none"]);
});

test("publishes what it heals, after all that waits, and what waits where it heals nothing", async () => {
  await withGap("gap_published");
  const { entries, ...put } = (await close("gap_published")).result.publish;
  assert.equal(
    entries.map(({ DetailType, EventBusName, Detail }) => [DetailType, EventBusName, Detail.version, Detail.reason]),
    [
      ["SubscriptionChanged", "billing", 1, "event"],
      ["SubscriptionChanged", "billing", 2, "event"],
      ["SubscriptionHealed", "billing", 3, "healing"],
    ],
  );
  const mark = { table: "core", PK: "USER#gap_published", SK: "SUBSCRIPTION", from: 0, through: 3 };
  assert.equal(put, { next: "entries", marks: [mark], detail: null });
  const again = (await close("gap_published")).result;
  assert.equal([again.outcome, again.publish.marks], ["closed", [mark]]);
});

test("asks nothing where the gap has closed, where the one that is open is another, and where nothing is known", async () => {
  await withGap("gap_closed");
  const before = stripe.calls();
  // It opened at 100; an execution of an earlier one leaves it to its own.
  assert.is((await close("gap_closed", { gapSince: 99 })).result.outcome, "closed");
  await sync("gap_closed", "updated", 110, states.unpaid, { status: "active" });
  const { result } = await close("gap_closed");
  assert.equal(withoutPublish(result), { outcome: "closed", changes: [], written: [] });
  assert.is((await close("gap_nobody")).result.outcome, "closed");
  assert.is(stripe.calls(), before);
});

test("closes a gap that opened earlier than its own, too", async () => {
  await withGap("gap_earlier");
  assert.is((await close("gap_earlier", { gapSince: 100 })).result.outcome, "healed");
});

test("writes nothing where the event came while Stripe was asked, and says what that left to publish", async () => {
  await withGap("gap_meanwhile");
  const ask: AskedStripe["ask"] = async (question) => {
    await sync("gap_meanwhile", "updated", 110, states.unpaid, { status: "active" });
    stripe.set("subscriptions", states.pastDue);
    return stripe.ask(question);
  };
  const { outcome, written, publish } = (await close("gap_meanwhile", { ask })).result;
  assert.equal([outcome, written], ["closed", []]);
  assert.is(publish.marks[0]?.through, Object((await rowOf("gap_meanwhile"))["stripe_unpublished"]).length);
});

test("heals a subscription that is in an item of its own, as its user has too many", async () => {
  await withGap("gap_apart");
  await sync("gap_apart", "created", 90, sampleSubscription({ ...period, id: "sub_other", status: "canceled" }));
  const table = subscriptionsTable(tables.core);
  const { item } = await table.read("gap_apart");
  const { sub_sample: apart, ...subscriptions } = item.subscriptions;
  assert.ok(apart);
  await table.writeOverflow("gap_apart", "sub_sample", apart, 2);
  const after = { ...item, subscriptions, stripe_overflow: 1, stripe_version: 4 };
  assert.ok(await table.write("gap_apart", item, { after, sold, change: null }));
  assert.is((await close("gap_apart")).result.outcome, "healed");
  const { status, gap_since: gapSince, stripe_overflow: overflow } = await rowOf("gap_apart");
  assert.equal([status, gapSince, overflow], ["unpaid", null, 0]);
});

test("ties a customer to the user that Stripe names and no event did", async () => {
  await withGap("gap_tied");
  stripe.set("subscriptions", { ...states.unpaid, customer: "cus_tied" });
  await close("gap_tied");
  const key = { PK: "USER#gap_tied", SK: "CUSTOMER#cus_tied" };
  assert.ok((await tables.items(tables.core)).some(({ PK, SK }) => PK === key.PK && SK === key.SK));
});

test("takes its settings from the environment, and the key from the Parameter Store", async () => {
  const store = await startParameterStore("rk_live_1");
  const run = (userId: string) =>
    captured(() => handler(taskInput({ subscriptionId: "sub_sample", userId, gapSince: 120, waitSeconds: 3600 })));
  try {
    Object.assign(process.env, { LIVEMODE: "live", YEARLY_PRICES: '["price_sample_monthly"]' });
    for (const userId of ["gap_env", "gap_env_test", "gap_env_key"]) await withGap(userId);
    stripe.set("subscriptions", { ...states.unpaid, customer: "cus_env" });
    const { result } = await run("gap_env");
    assert.equal([result.outcome, result.publish.entries[0]?.EventBusName], ["healed", "billing"]);
    const { plan, stripe_customers: customers } = await rowOf("gap_env");
    assert.equal([plan, customers], ["yearly", ["cus_env"]]);
    assert.equal(store.asked, [["AmazonSSM.GetParameter", { Name: "the-key", WithDecryption: true }]]);
    stripe.set("subscriptions", { ...states.unpaid, livemode: false });
    assert.is((await rejects(run("gap_env_test"))).name, "Refused");
    process.env["LIVEMODE"] = "any";
    assert.is((await run("gap_env_test")).result.outcome, "healed");
    Object.assign(process.env, { LIVEMODE: "live" });
    store.value = "rk_test_1";
    forgetStripeKey();
    assert.match((await rejects(run("gap_env_key"))).message, " is of Stripe's test mode: ");
  } finally {
    Object.assign(process.env, { LIVEMODE: "any", YEARLY_PRICES: "[]" });
    forgetStripeKey();
    store.stop();
  }
});

test("writes what confirms the row too, as its gap is closed by it", async () => {
  await withGap("gap_same");
  stripe.set("subscriptions", states.pastDue);
  const { result } = await close("gap_same");
  assert.equal([result.outcome, result.changes], ["healed", []]);
  const { status, order, gap_since: gapSince } = await rowOf("gap_same");
  assert.equal([status, order, gapSince], ["past_due", "certain", null]);
});

test("leaves the row as it is where an event is known that may be later, to ask again", async () => {
  await withGap("gap_newer");
  time.now = 121;
  const before = await rowOf("gap_newer");
  const error = await rejects(close("gap_newer"));
  assert.equal([error.name, error.message], ["SnapshotTooOld", "An event of sub_sample came while Stripe was asked"]);
  assert.equal(await rowOf("gap_newer"), before);
  time.now = 1000;
  assert.is((await close("gap_newer")).result.outcome, "healed");
});

test("leaves a row whose subscription Stripe does not know, and tells", async () => {
  await withGap("gap_unknown");
  const before = await rowOf("gap_unknown");
  // Stripe's own 404.
  const ask: AskedStripe["ask"] = () => stripe.ask(({ subscriptions }) => subscriptions.retrieve("sub_none")) as never;
  const { result, logs } = await close("gap_unknown", { ask });
  assert.equal(withoutPublish(result), { outcome: "unknown", changes: [], written: [] });
  const message = "Stripe knows no such subscription; its state stays as it is";
  const ids = { eventId: null, execution: sampleExecution, userId: "gap_unknown", subscriptionId: "sub_sample" };
  assert.equal(logs.at(-2), { message, ...ids });
  assert.equal(await rowOf("gap_unknown"), before);
});

test("refuses what Stripe's test mode says where live ones only are taken, and a key that Stripe refuses", async () => {
  await withGap("gap_test");
  stripe.set("subscriptions", { ...states.unpaid, livemode: false });
  const error = await rejects(close("gap_test", { liveOnly: true }));
  assert.equal(
    [error.name, error.message],
    ["Refused", "The event is of Stripe's test mode, and this stack takes live events only"],
  );
  const refused = askStripe({ parameter: "the-key", liveOnly: true, read: async () => "rk_wrong" });
  const { name, message } = await rejects(close("gap_test", { ask: refused }));
  assert.is(name, "StripeKeyRefused");
  assert.match(
    message,
    /^The Stripe key in Parameter Store under the-key is refused by Stripe \(.*\): set it as docs\/deploying\.md says/,
  );
  assert.not.match(message, /rk_wrong/);
  assert.is((await rowOf("gap_test"))["status"], "past_due");
});

test("refuses an input that names no gap, and an answer that is no subscription", async () => {
  const { name, message } = await rejects(close("gap_input", { more: { gapSince: "soon" } }));
  assert.equal([name, message], ["InvalidEvent", "gapSince: expected an integer, got a string"]);
  const negative = await rejects(close("gap_input", { more: { waitSeconds: -1 } }));
  assert.match(negative.message, /^waitSeconds: /);
  assert.is((await close("gap_input", { more: { waitSeconds: 0 } })).result.outcome, "closed");
  await withGap("gap_answer");
  const ask = async () => ({ value: { object: "subscription", id: 5 }, from: 990, to: 1002 });
  const error = await rejects(close("gap_answer", { ask: ask as unknown as AskedStripe["ask"] }));
  assert.equal([error.name, error.message], ["InvalidEvent", "id: expected a string, got 5"]);
});

test.run();
