import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randomFrom, shuffled, withDuplicates } from "../../../samples/random.ts";
import {
  changesRecord,
  matchesGroundTruth,
  type SubscriptionHistory,
  makeSubscriptionHistory,
} from "../../../samples/subscription-history.ts";
import { sizeOfStored } from "../../../lambdas/subscriptions/core-table.ts";
import { handler } from "../../../lambdas/sync-subscription.ts";
import { type Json, sampleEvent, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { ofUser } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import { playLife, rowAfter } from "../../helpers/play-life.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";

const test = suite("the order of events");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const gaps = fc.constantFrom("apart", "half", "none");
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

const lifeOf = (seed: number, gap: "apart" | "half" | "none", late = 0): SubscriptionHistory =>
  makeSubscriptionHistory({ name: `${seed}`, random: randomFrom(seed), gaps: gap, late });

const permutationsOf = <T>(list: T[]): T[][] =>
  list.length <= 1
    ? [list]
    : list.flatMap((value, index) => permutationsOf(list.toSpliced(index, 1)).map((rest) => [value, ...rest]));

test("does not matter: every permutation of a short life ends in the same row, and the true one", () => {
  const property = fc.property(seeds, gaps, (seed, gap) => {
    const { events, end } = lifeOf(seed, gap);
    fc.pre(events.length <= 6);
    const [first, ...others] = permutationsOf(events).map((order) => JSON.stringify(playLife(order)));
    assert.ok(matchesGroundTruth(rowAfter(events), end));
    for (const other of others) assert.is(other, first);
  });
  fc.assert(property, { numRuns: 2 });
});

test("does not matter for longer lives either, with duplicates, and with all of them again after the end", () => {
  const property = fc.property(seeds, gaps, seeds, (seed, gap, order) => {
    const { events, end } = lifeOf(seed, gap);
    const random = randomFrom(order);
    const arrived = shuffled(withDuplicates(events, 0.3, random), random);
    const stored = playLife(arrived);
    assert.ok(matchesGroundTruth(rowAfter(arrived), end), JSON.stringify(arrived));
    assert.equal(stored, playLife(events));
    assert.equal(playLife(events, stored), stored);
  });
  fc.assert(property, { numRuns: 150 });
});

test("does not matter for what is late or lost: the row is the same in any order", () => {
  const property = fc.property(seeds, gaps, seeds, (seed, gap, order) => {
    const { events } = lifeOf(seed, gap, 0.3);
    const left = events.toSpliced(1 + (order % (events.length - 2)), 1);
    assert.equal(playLife(shuffled(left, randomFrom(order))), playLife(left));
  });
  fc.assert(property, { numRuns: 100 });
});

test("does not matter over years either, nor where most of many renewals come before what they follow on", () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const { events } = lifeOf(seed, seed % 2 === 0 ? "apart" : "half");
    const [first] = events.map((event) => Number(event["created"]));
    const later = (created: number) => (first ?? 0) + 1_000_000 * (created - (first ?? 0));
    const slow = events.map((event) => ({ ...event, created: later(Number(event["created"])) }));
    assert.equal(playLife(shuffled(slow, randomFrom(seed))), playLife(slow), `life ${seed}`);
  }
  const many = [sampleEvent("evt_first", "customer.subscription.created", 1, renewed(0)), ...renewals(79, 31 * day)];
  const stored = playLife(many);
  assert.is(rowAfter(many).order, "certain");
  for (const seed of [1, 2, 3]) assert.equal(playLife(shuffled(many, randomFrom(seed))), stored);
});

test("sees no gap in complete lives, and is sure of all whose events are a second apart", () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const gap = (["apart", "half", "none"] as const)[seed % 3] ?? "none";
    const { events, end } = lifeOf(seed, gap);
    const row = rowAfter(shuffled(events, randomFrom(seed)));
    assert.is(row.gap_since, null, `life ${seed}`);
    assert.ok(matchesGroundTruth(row, end), `life ${seed}`);
    if (gap === "apart") assert.is(row.order, "certain", `life ${seed}`);
  }
});

// Lives of which one event in the middle, that changed something we keep, has been lost.
const withOneLost = (gap: "apart" | "half" | "none", count: number) =>
  Array.from({ length: count }, (_, seed) => {
    const { events, end } = lifeOf(seed, gap);
    const middle = events.slice(1, -1).filter(changesRecord);
    const lost = middle[seed % Math.max(1, middle.length)];
    return { row: rowAfter(events.filter((event) => event !== lost)), end, lost };
  }).filter(({ lost }) => lost !== undefined);

test("notices at least nine in ten lives that lost an event, and is never sure of a wrong one", () => {
  for (const gap of ["apart", "half", "none"] as const) {
    const lives = withOneLost(gap, 300);
    const noticed = lives.filter(({ row }) => row.gap_since !== null).length;
    const right = lives.filter(({ row, end }) => matchesGroundTruth(row, end)).length;
    assert.ok(noticed >= 0.9 * lives.length, `${gap}: noticed ${noticed} of ${lives.length}`);
    assert.ok(right >= (gap === "none" ? 0.9 : 0.95) * lives.length, `${gap}: right ${right} of ${lives.length}`);
    for (const { row, end } of lives) if (row.order === "certain") assert.ok(matchesGroundTruth(row, end));
  }
});

test("is right with late snapshots: always a second apart, and 98 times in 100 with half of them in one second", () => {
  for (const [gap, share] of [
    ["apart", 1],
    ["half", 0.98],
  ] as const) {
    const lives = Array.from({ length: 300 }, (_, seed) => lifeOf(seed, gap, 0.1));
    const rows = lives.map(({ events, end }) => ({ row: rowAfter(events), end }));
    const right = rows.filter(({ row, end }) => matchesGroundTruth(row, end)).length;
    assert.ok(right >= share * lives.length, `${gap}: ${right} of ${lives.length}`);
    for (const { row, end } of rows) if (row.order === "certain") assert.ok(matchesGroundTruth(row, end));
  }
});

test("is right when two events are handled at the same time", async () => {
  for (const seed of [1, 2, 3, 4]) {
    const { events, end } = lifeOf(seed, "none");
    const userId = `order_rush_${seed}`;
    await captured(() => Promise.all(events.map((event) => handler(ofUser(userId, event)))));
    const item =
      (await tables.items(tables.core)).find(({ PK, SK }) => PK === `USER#${userId}` && SK === "SUBSCRIPTION") ?? {};
    assert.ok(matchesGroundTruth(item, end), JSON.stringify(item));
    assert.is(item["stripe_version"], events.length);
  }
});

const period = { start: 100, end: 200 };
const day = 24 * 3600;

const renewed = (index: number): Json => sampleSubscription({ start: index, end: index + 1 });

// Each leads to a state of its own.
const renewals = (count: number, seconds: number): Json[] =>
  Array.from({ length: count }, (_, index) => {
    const [object, { items }] = [renewed(index + 1), renewed(index)];
    const created = 1_767_225_600 + seconds * index;
    return sampleEvent(`evt_${index}`, "customer.subscription.updated", created, object, { items });
  });

const toggle = (index: number, created: number): Json => {
  const [status, before] = index % 2 === 0 ? ["active", "past_due"] : ["past_due", "active"];
  const object = sampleSubscription({ status, ...period });
  return sampleEvent(`evt_${index}`, "customer.subscription.updated", created, object, { status: before });
};

test("keeps under 20 KB after more events than it remembers, and under that in one second", () => {
  const many = renewals(2500, 60);
  const atOnce = many
    .slice(0, 100)
    .map((event, index) => ({ ...event, id: `evt_once_${index}`, created: 1_767_225_600 + 60 * 2500 }));
  for (const events of [atOnce, [...many, ...atOnce]]) {
    const stored = playLife(events);
    const [subscription] = Object.values(stored);
    assert.ok(subscription && sizeOfStored(subscription) < 40_000);
  }
});

test("forgets all but the newest 200 events after 35 days, and then goes by their time alone", () => {
  const old = toggle(0, 1_767_225_600);
  const later = Array.from({ length: 201 }, (_, index) => toggle(index + 1, 1_767_225_600 + 36 * day + index));
  const stored = playLife([old, ...later]);
  assert.is(stored["sub_sample"]?.ledger.prunedUpTo, old["created"]);
  assert.equal(playLife([old], stored), stored);
  assert.is(stored["sub_sample"]?.resolved.state.status, "past_due");
  assert.is(playLife([old, ...later.slice(0, 199)])["sub_sample"]?.ledger.prunedUpTo, -1);
});

test("follows a renewal that names the old period at the top alone, though the items have their own too", () => {
  const at = (start: number, end: number): Json => ({
    ...sampleSubscription({ start, end }),
    current_period_start: start,
    current_period_end: end,
  });
  const row = rowAfter([
    sampleEvent("evt_start", "customer.subscription.created", 100, at(100, 200)),
    sampleEvent("evt_renewal", "customer.subscription.updated", 200, at(200, 300), {
      current_period_start: 100,
      current_period_end: 200,
    }),
  ]);
  assert.equal([row.current_period_end, row.order, row.gap_since], [300, "certain", null]);
});

test("knows no start where the first event is not there, and says that it assumes", () => {
  const row = rowAfter([toggle(0, 100), toggle(1, 200)]);
  assert.equal([row.status, row.order, row.gap_since], ["past_due", "assumed", null]);
});

test("never brings back what has ended, whatever comes after", () => {
  const ended = sampleSubscription({ status: "canceled", ...period, more: { ended_at: 150 } });
  const expired = sampleSubscription({ status: "incomplete_expired", ...period });
  const ends = [
    sampleEvent("evt_end", "customer.subscription.deleted", 150, ended),
    sampleEvent("evt_end", "customer.subscription.updated", 150, expired, { status: "incomplete" }),
  ];
  for (const end of ends) {
    for (const events of permutationsOf([toggle(0, 100), end, toggle(1, 150), toggle(2, 200)])) {
      assert.is(rowAfter(events).status, Object(end["data"]).object.status);
    }
  }
});

test.run();
