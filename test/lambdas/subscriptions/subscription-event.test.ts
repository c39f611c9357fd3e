import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { envelope } from "../../../lambdas/stripe/stripe-event.ts";
import { toSubscriptionEvent } from "../../../lambdas/subscriptions/subscription-event.ts";
import { Subscription } from "../../../lambdas/ledger/subscription-state.ts";
import {
  type Json,
  sampleEvent,
  sampleItem,
  samplePrices,
  sampleSubscription,
} from "../../../samples/stripe-objects.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("an event about a subscription, as a transition");

const period = { start: 100, end: 200 };
const Event = envelope(Subscription);

const read = (type: string, object: Json, previous?: Json) =>
  toSubscriptionEvent(
    parse({ detail: sampleEvent("evt_1", `customer.subscription.${type}`, 150, object, previous) }, Event).detail,
  );

test("names the event, the subscription and their times", () => {
  const object = sampleSubscription({ ...period, more: { created: 90 } });
  const { from, to, ...rest } = read("created", object);
  assert.equal(rest, {
    eventId: "evt_1",
    created: 150,
    type: "created",
    subscriptionId: "sub_sample",
    subscriptionCreated: 90,
  });
  assert.is(from, null);
  assert.is(to.status, "active");
});

test("leaves the state that an update's previous attributes make, and none else", () => {
  const object = sampleSubscription({ ...period, status: "past_due" });
  const { from, to } = read("updated", object, { status: "active" });
  assert.equal(from, { ...to, status: "active" });
  assert.equal(read("updated", object).from, to);
  assert.is(read("deleted", { ...object, status: "canceled" }, { status: "active" }).from, null);
  assert.is(read("created", object, { status: "active" }).from, null);
});

test("shows a deleted subscription as canceled, unless its snapshot says how it ended", () => {
  assert.is(read("deleted", sampleSubscription(period)).to.status, "canceled");
  const expired = sampleSubscription({ ...period, status: "incomplete_expired" });
  assert.is(read("deleted", expired).to.status, "incomplete_expired");
  assert.is(read("updated", sampleSubscription(period)).to.status, "active");
});

const periodBefore = (object: Json, previous: Json): (number | null | undefined)[] => {
  const { from } = read("updated", object, previous);
  return [from?.current_period_start, from?.current_period_end];
};

test("left the period that is named at the top, whichever end is named, though the items have their own", () => {
  const object = sampleSubscription(period);
  const items = Object(object["items"]).data;
  assert.equal(periodBefore(object, { current_period_start: 10, current_period_end: 100 }), [10, 100]);
  assert.equal(periodBefore(object, { current_period_start: 10 }), [10, 200]);
  assert.equal(periodBefore(object, { current_period_end: 150 }), [100, 150]);
  const longer = { items: { data: [...items, sampleItem(samplePrices.yearly, 50, 400)] } };
  assert.equal(periodBefore({ ...object, ...longer }, { current_period_start: 10 }), [10, 400]);
  assert.equal(periodBefore({ ...object, ...longer }, { status: "past_due" }), [50, 400]);
});

test("left the plan that is named at the top, and the period of the items with it", () => {
  const object = sampleSubscription(period);
  const plan = { id: "plan_before", interval: "year", interval_count: 1 };
  const { from, to } = read("updated", object, { plan });
  assert.equal(from?.prices, [{ id: "plan_before", months: 12, isMetered: false }]);
  assert.equal([from?.current_period_start, from?.current_period_end], [100, 200]);
  assert.equal(to.prices, [{ id: samplePrices.monthly, months: 1, isMetered: false }]);
  const both = read("updated", object, { plan, current_period_end: 150 }).from;
  assert.equal([both?.prices[0]?.id, both?.current_period_end], ["plan_before", 150]);
});

test("left the prices of the items where the period alone is named", () => {
  const { from, to } = read("updated", sampleSubscription(period), { current_period_end: 150 });
  assert.equal(from?.prices, to.prices);
  const planned = { items: { data: [{ plan: { id: "plan_item", interval: "month" } }] } };
  const old = read("updated", { ...sampleSubscription(period), ...planned }, { current_period_end: 150 });
  assert.equal(old.from?.prices, [{ id: "plan_item", months: 1, isMetered: false }]);
});

test("left the items that are named, whatever else is", () => {
  const items = { data: [sampleItem(samplePrices.yearly, 10, 375)] };
  const { from } = read("updated", sampleSubscription(period), {
    items,
    plan: { id: "plan_x" },
    current_period_end: 1,
  });
  assert.equal([from?.prices[0]?.id, from?.current_period_end], [samplePrices.yearly, 375]);
});

test("takes a subscription without items, whose period and plan are at the top alone", () => {
  const bare: Json = { object: "subscription", id: "sub_bare", status: "active", created: 90 };
  const top = { ...bare, plan: { id: "plan_top" }, current_period_start: 100, current_period_end: 200 };
  const { from } = read("updated", top, { plan: { id: "plan_before" }, current_period_end: 150 });
  assert.equal([from?.prices[0]?.id, from?.current_period_start, from?.current_period_end], ["plan_before", 100, 150]);
});

test("left what is known, where its snapshot shows none any more of what a previous attribute is a part of", () => {
  const object = sampleSubscription(period);
  const { to } = read("updated", object);
  const paused = { pause_collection: { behavior: "void", resumes_at: 900 } };
  const left = { ...to, status: "past_due" };
  const whole = read("updated", object, { ...paused, status: "past_due" });
  assert.equal(whole.from, { ...left, pause_collection: "void", pause_resumes_at: 900 });
  const ofPause = read("updated", object, { status: "past_due", pause_collection: { resumes_at: 900 } });
  assert.equal(ofPause.from, left);
  const ofBoth = read("updated", object, {
    plan: { amount: 5 },
    pause_collection: { resumes_at: 900 },
    status: "past_due",
  });
  assert.equal(ofBoth.from, left);
  const shown = read("updated", { ...object, ...paused }, { pause_collection: { resumes_at: 800 } });
  assert.equal([shown.from?.pause_collection, shown.from?.pause_resumes_at], ["void", 800]);
});

test("is refused where what it left has a part that is wrong", () => {
  const parts: [previous: Json, message: string][] = [
    [{ pause_collection: { behavior: 5 } }, "pause_collection.behavior: expected a string, got 5"],
    [{ pause_collection: 5 }, "pause_collection: expected an object, got 5"],
    [{ items: { data: [{ price: {} }] } }, "items.data.0.price.id: expected a string, got nothing"],
  ];
  for (const [previous, message] of parts) {
    const error = thrown(() => read("updated", sampleSubscription(period), previous));
    assert.is(error.message, `detail.data.previous_attributes.${message}`);
  }
});

test("is refused where its type is none of a change, or what it left is no subscription", () => {
  const type = thrown(() => read("paused", sampleSubscription(period)));
  assert.is(type.name, "InvalidEvent");
  assert.match(
    type.message,
    "customer.subscription.created, customer.subscription.updated, customer.subscription.deleted",
  );
  const before = thrown(() => read("updated", sampleSubscription(period), { status: 7 }));
  assert.is(before.name, "InvalidEvent");
  assert.is(before.message, "detail.data.previous_attributes.status: expected a string, got 7");
});

test.run();
