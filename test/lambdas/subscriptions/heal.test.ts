import { suite } from "uvu";
import * as assert from "uvu/assert";
import { heal } from "../../../lambdas/subscriptions/heal.ts";
import { sampleEvent, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { playLife } from "../../helpers/play-life.ts";

const test = suite("a snapshot put to a user's subscriptions");

const sold = { monthly: [], yearly: [] };
const active = sampleSubscription({ start: 1, end: 2 });
const stored = playLife([sampleEvent("evt_1", "customer.subscription.created", 100, active)]);
const [known] = Object.values(stored);
if (!known) throw new Error("There is no subscription");
const { state } = known.resolved;
const snapshot = { subscriptionId: "sub_sample", subscriptionCreated: 50, state, from: 200, to: 204 };

test("changes nothing where the same is certain, or an event may be later", () => {
  const nothing = { changes: [], before: known.resolved, after: undefined };
  assert.equal(heal(stored, snapshot, sold), { ...nothing, outcome: "equal" });
  const pastDue = { ...snapshot, state: { ...state, status: "past_due" } };
  assert.equal(heal(stored, { ...pastDue, from: 100 }, sold), { ...nothing, outcome: "newer" });
});

test("takes the place of what was known of its subscription, and leaves the others alone", () => {
  const pastDue = { ...snapshot, state: { ...state, status: "past_due" } };
  const { outcome, changes, before, after, subscriptions } = heal({ ...stored, sub_other: known }, pastDue, sold);
  assert.equal([outcome, changes], ["healed", [{ change: "status_changed", from: "active", to: "past_due" }]]);
  assert.equal([before, after?.state.status, after?.order], [known.resolved, "past_due", "certain"]);
  assert.is(subscriptions?.["sub_other"], known);
  assert.equal([subscriptions?.["sub_sample"]?.created, subscriptions?.["sub_sample"]?.resolved], [50, after]);
  assert.equal(heal({}, snapshot, sold).before, undefined);
});

test.run();
