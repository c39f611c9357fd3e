import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hashesBeforeVersion2, hashOf } from "../../../lambdas/ledger/state-hash.ts";
import { stateOf, Subscription, type SubscriptionState } from "../../../lambdas/ledger/subscription-state.ts";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { envelope } from "../../../lambdas/stripe/stripe-event.ts";
import { toSubscriptionEvent } from "../../../lambdas/subscriptions/subscription-event.ts";
import { subscriptionBeforeBasil } from "../../../samples/before-basil.ts";
import {
  type Json,
  sampleEvent,
  sampleItem,
  samplePrices,
  sampleSubscription,
} from "../../../samples/stripe-objects.ts";
import { stateFields } from "./states.ts";

const test = suite("the hash of a subscription's state");

const price = (id: string, months: number | null = 1) => ({ id, months, isMetered: false });
const hash = (more: Partial<SubscriptionState> = {}) => hashOf({ ...stateFields, ...more });

test("is what it was when ledgers were written with it", () => {
  assert.is(hash(), "Kk12P7v_");
  assert.is(hash({ prices: [price("price_a"), price("price_b")], current_period_end: 200 }), "1ofzFnWc");
  assert.equal(hashesBeforeVersion2({ ...stateFields, prices: [price("price_a"), price("price_b")] }), [
    "ZVCFFBOD",
    "1AyxtmJk",
  ]);
  assert.equal(hashesBeforeVersion2(stateFields), ["GPy0ffCe"]);
});

test("is equal for equal states, whatever the order of their fields, and for a field that is null or missing", () => {
  const { pause_resumes_at: _, ...older } = stateFields;
  const reversed = Object.fromEntries(Object.entries(stateFields).toReversed());
  // A state that was stored before the field was known.
  assert.is(hashOf(older as SubscriptionState), hash());
  assert.is(hashOf(reversed as unknown as SubscriptionState), hash());
  assert.is(hashOf(stateFields), hashOf(stateFields));
});

const [start, end] = [1_767_225_600, 1_769_904_000];

const basic = sampleSubscription({ start, end });

const item = sampleItem(samplePrices.monthly, start, end);

const withItems = (...items: Json[]): Json => ({ ...basic, items: { object: "list", data: items, has_more: false } });

const addOn = { ...item, id: "si_addon", price: { id: "price_addon", object: "price", recurring: null } };
const metered = {
  ...item,
  id: "si_metered",
  price: { id: "price_m", recurring: { interval: "month", usage_type: "metered" } },
};

// As Stripe's API shows them in the pinned version.
const shown: Record<string, Json> = {
  active: basic,
  "with several items": withItems(item, addOn, metered),
  "with an item twice": withItems(item, { ...item, id: "si_again", quantity: 3 }),
  trialing: { ...basic, status: "trialing", trial_start: start, trial_end: end },
  "after its trial": { ...basic, trial_start: start - 1000, trial_end: start },
  paused: { ...basic, status: "paused", trial_start: start - 1000, trial_end: start },
  "with paused collection": { ...basic, pause_collection: { behavior: "void", resumes_at: null } },
  "with paused collection that resumes": { ...basic, pause_collection: { behavior: "keep_as_draft", resumes_at: end } },
  "cancelled at the period's end": { ...basic, cancel_at_period_end: true, cancel_at: end, canceled_at: start + 5 },
  "cancelled at the period's end by flexible billing": { ...basic, cancel_at: end, canceled_at: start + 5 },
  "cancelled at some time": { ...basic, cancel_at: end - 5, canceled_at: start + 5 },
  unpaid: { ...basic, status: "unpaid" },
  canceled: { ...basic, status: "canceled", canceled_at: start + 9, ended_at: start + 9 },
  "canceled as scheduled": {
    ...basic,
    status: "canceled",
    cancel_at_period_end: true,
    cancel_at: end,
    canceled_at: start + 5,
    ended_at: end,
  },
  "incomplete and expired": { ...basic, status: "incomplete_expired", ended_at: start + 82_800 },
};

const itemsOf = (subscription: Json): Json[] => Object(subscription["items"]).data;

const eachItem = (subscription: Json, change: (one: Json) => Json): Json => ({
  ...subscription,
  items: { ...Object(subscription["items"]), data: itemsOf(subscription).map(change) },
});

// Prices were plans, on the items and at the top.
const asPlan = ({ price: sold, ...rest }: Json): Json => ({
  ...rest,
  plan: { id: Object(sold).id, object: "plan", ...Object(sold).recurring },
});

// Other shapes of the same state, in events of other versions and in answers of the API.
const shapes: Record<string, (subscription: Json) => Json> = {
  "before Basil": subscriptionBeforeBasil,
  "before prices": (subscription) => eachItem(subscriptionBeforeBasil(subscription), asPlan),
  "of both times": (subscription) => ({ ...subscriptionBeforeBasil(subscription), items: subscription["items"] }),
  "with its customer": (subscription) => ({
    ...subscription,
    customer: { id: subscription["customer"], deleted: true },
  }),
  "with its prices by their ids": (subscription) =>
    eachItem(subscription, (one) => ({ ...one, price: Object(one["price"]).id })),
  "with its items in another order": (subscription) => withReversedItems(subscription),
  "without what is null": (subscription) =>
    Object.fromEntries(Object.entries(subscription).filter(([, value]) => value !== null)),
  "with fields of tomorrow": (subscription) => ({ ...subscription, tomorrow: { is: "another day" } }),
};

const withReversedItems = (subscription: Json): Json => ({
  ...subscription,
  items: { ...Object(subscription["items"]), data: itemsOf(subscription).toReversed() },
});

const hashShown = (object: Json): string => hashOf(stateOf(parse(object, Subscription)));

const Event = envelope(Subscription);

const hashInEvent = (type: string, object: Json): string => {
  const detail = sampleEvent("evt_hash", `customer.subscription.${type}`, start, object, {});
  return hashOf(toSubscriptionEvent(parse({ detail }, Event).detail).to);
};

test("is the same for what the API shows and for an event of any version's shape", () => {
  for (const [name, object] of Object.entries(shown)) {
    for (const [shape, reshaped] of Object.entries(shapes)) {
      const other = reshaped(object);
      assert.is(hashShown(other), hashShown(object), `${name}, ${shape}`);
      for (const type of ["created", "updated"])
        assert.is(hashInEvent(type, other), hashShown(object), `${name}, ${shape}`);
    }
  }
  // A price that two items have counts once.
  const { "with an item twice": twice = {}, ...others } = shown;
  assert.is(hashShown(twice), hashShown(basic));
  assert.is(new Set(Object.values(others).map(hashShown)).size, Object.keys(others).length);
});

test("is the same for an end that the API shows and for the event of it, even with the status before", () => {
  const { canceled = {} } = shown;
  for (const status of ["canceled", "active", "past_due"]) {
    for (const reshaped of Object.values(shapes)) {
      assert.is(hashInEvent("deleted", reshaped({ ...canceled, status })), hashShown(canceled));
    }
  }
});

test("is the same for items with periods of their own, in any order", () => {
  const yearly = sampleItem(samplePrices.yearly, start - 5000, end + 20_000_000);
  const mixed = withItems(item, yearly);
  assert.is(hashShown(withReversedItems(mixed)), hashShown(mixed));
  assert.is.not(hashShown(mixed), hashShown(withItems(item, { ...yearly, current_period_end: end + 1 })));
});

test("differs with every field, and with the prices, but not with what is known of a price", () => {
  const others: Partial<SubscriptionState>[] = [
    { customer_id: "cus_other" },
    { status: "past_due" },
    { prices: [price("price_a")] },
    { prices: [price("price_a"), price("price_b")] },
    { current_period_start: 1 },
    { current_period_end: 1 },
    { cancel_at_period_end: true },
    { cancel_at: 1 },
    { canceled_at: 1 },
    { ended_at: 1 },
    { trial_start: 1 },
    { trial_end: 1 },
    { pause_collection: "void" },
    { pause_resumes_at: 1 },
  ];
  assert.is(new Set([hash(), ...others.map(hash)]).size, others.length + 1);
  const known = [price("price_a"), price("price_b", 12)];
  assert.is(hash({ prices: known }), hash({ prices: [price("price_a", null), price("price_b", null)] }));
  assert.is(hash({ prices: [...known, price("price_b")] }), hash({ prices: known }));
});

test("was blind to a pause of the collection before version 2, and knew one price at a time", () => {
  const before = hashesBeforeVersion2(stateFields);
  assert.equal(hashesBeforeVersion2({ ...stateFields, pause_collection: "void", pause_resumes_at: 1 }), before);
  const both = hashesBeforeVersion2({ ...stateFields, prices: [price("price_a"), price("price_b")] });
  assert.equal(
    both,
    ["price_a", "price_b"].flatMap((id) => hashesBeforeVersion2({ ...stateFields, prices: [price(id)] })),
  );
});

test.run();
