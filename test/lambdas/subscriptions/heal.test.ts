import { suite } from "uvu";
import * as assert from "uvu/assert";
import { heal } from "../../../lambdas/subscriptions/heal.ts";
import { healingOf } from "../../../lambdas/subscriptions/healing.ts";
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

test("confirms the same where that was assumed, or an event before an end is missing", () => {
  const update = (status: string, previous: string, created: number) =>
    sampleEvent(
      `evt_${status}`,
      "customer.subscription.updated",
      created,
      sampleSubscription({ start: 1, end: 2, status }),
      { status: previous },
    );
  const assumed = playLife([update("active", "past_due", 100)]);
  const begun = sampleEvent("evt_1", "customer.subscription.created", 100, active);
  const ended = playLife([begun, update("canceled", "unpaid", 120)]);
  for (const [life, order, gap] of [
    [assumed, "assumed", null],
    [ended, "certain", 120],
  ] as const) {
    const [before] = Object.values(life).map(({ resolved }) => resolved);
    assert.ok(before);
    assert.equal([before.order, before.gapSince], [order, gap]);
    const { outcome, changes, after } = heal(life, { ...snapshot, state: before.state }, sold);
    assert.equal([outcome, changes, after?.order, after?.gapSince], ["confirmed", [], "certain", null]);
  }
});

test("has an execution for each gap, whose name Step Functions takes", () => {
  const nameOf = (subscriptionId: string) =>
    healingOf({ gapSince: 5 }, { userId: "u", subscriptionId }, 60).heal?.name ?? "";
  const longest = `sub_${"x".repeat(60)}`;
  assert.equal([nameOf("sub_1"), nameOf(longest)], ["sub_1-5", `${longest}-5`]);
  for (const id of [`${longest}x`, "sub:1", ""]) assert.match(nameOf(id), /^[0-9a-f]{64}-5$/);
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
