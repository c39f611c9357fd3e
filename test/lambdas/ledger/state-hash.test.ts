import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hashesBeforeVersion2, hashOf } from "../../../lambdas/ledger/state-hash.ts";
import { stateOf, Subscription, type SubscriptionState } from "../../../lambdas/ledger/subscription-state.ts";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { subscriptionBeforeBasil } from "../../../samples/before-basil.ts";
import { type Json, sampleSubscription } from "../../../samples/stripe-objects.ts";
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

test("is the same whichever version's shape shows the state", () => {
  for (const more of [{}, { cancel_at: 300 }, { pause_collection: { behavior: "void", resumes_at: null } }]) {
    const shown = sampleSubscription({ start: 100, end: 200, more });
    const read = (object: Json) => hashOf(stateOf(parse(object, Subscription)));
    const expanded = { ...shown, customer: { id: shown["customer"], object: "customer" } };
    assert.is(read(subscriptionBeforeBasil(shown)), read(shown));
    assert.is(read(expanded), read(shown));
  }
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
