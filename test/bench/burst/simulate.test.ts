import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ceilingsOf } from "../../../bench/burst/ceilings.ts";
import { figures } from "../../../bench/burst/figures.ts";
import { evenly, renewals, renewalTypes, steady } from "../../../bench/burst/load.ts";
import { defaults } from "../../../bench/burst/quotas.ts";
import { rowOf } from "../../../bench/burst/row.ts";
import { scenarios } from "../../../bench/burst/scenarios.ts";
import { simulate } from "../../../bench/burst/simulate.ts";
import { waysOf } from "../../../bench/burst/ways.ts";
import { parse } from "../../../lambdas/lib/parse.ts";
import { envelope } from "../../../lambdas/lib/stripe-event.ts";
import { Subscription } from "../../../lambdas/lib/subscription.ts";
import { shownFields, type StoredSubscriptions, sync } from "../../../lambdas/lib/subscription-item.ts";
import { toSubscriptionEvent } from "../../../lambdas/lib/subscription-event.ts";
import { sampleEvent, sampleItem, samplePrices, sampleSubscription } from "../../../local/sample-events.ts";
import { onTheBus } from "../../events/envelope.ts";
import { workflows } from "../../../infra/workflows.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the simulation of bursts");

const prod = async () => waysOf(await graphOf("prod"));
const simulated = async (changes: Partial<Parameters<typeof simulate>[0]>) =>
  simulate({ ways: await prod(), waves: steady(100, 2), quotas: defaults, figures, seed: 1, ...changes });

test("takes the ways, tries and waits from the graph and its definitions", async () => {
  const way = (await prod()).find(({ eventType }) => eventType === "invoice.paid");
  const seconds = [1, 2, 4];
  assert.equal(way, {
    eventType: "invoice.paid",
    rules: 2,
    retries: 3,
    ageSeconds: 3600,
    steps: [
      { lambda: "resolve-customer", seconds },
      { lambda: "write-payment", seconds },
    ],
  });
  const dev = waysOf(await graphOf("dev"));
  assert.is(dev.length, workflows.length);
  assert.ok(dev.every(({ rules }) => rules === 1));
});

test("takes an undisturbed event as long as its steps take", async () => {
  const { warmMilliseconds: warm, stepMilliseconds: step } = figures;
  const expected = 2 * step + (warm["resolve-customer"] ?? 0) + (warm["sync-subscription"] ?? 0);
  const waves = [{ from: 0, perSecond: [1, 0, 0, 0, 0, 1], types: () => ["customer.subscription.updated"] }];
  const counted = await simulated({ waves, quotas: { ...defaults, invocationsPerSecond: Infinity } });
  assert.equal([counted.events, counted.ended.done], [2, 2]);
  assert.is(counted.percentile(0.5), expected);
  // The first one finds no environment.
  assert.is(counted.percentile(1), expected + 2 * figures.coldMilliseconds);
});

test("loses no event: what came in is done, dead-lettered or still on its way, at any time", async () => {
  const quotas = { ...defaults, invocationsPerSecond: 100_000, startBucket: 200, startsPerSecond: 200 };
  const lambda = { ...quotas.lambda, concurrency: 15 };
  for (const until of [500, 3000, 8000, Infinity]) {
    const { events, ended, inFlight, throttled } = await simulated({
      waves: steady(1500, 4),
      quotas: { ...quotas, lambda, table: { partitions: 1, mostPartitions: 1 } },
      figures: { ...figures, demands: { "write-payment": [{ table: "payments", kind: "write", units: 200 }] } },
      until,
    });
    assert.is(ended.done + ended["not started"] + ended.failed + inFlight, events);
    if (until < Infinity) continue;
    assert.equal([events, inFlight], [6000, 0]);
    assert.ok(
      Object.values(throttled).every((times) => times > 100),
      JSON.stringify(throttled),
    );
    assert.ok(
      Object.values(ended).every((times) => times > 100),
      JSON.stringify(ended),
    );
  }
});

// Two rules an event through one gate: after T seconds at twice its rate, as long again.
test("drains a queue at EventBridge in the time that its length and its rate say", async () => {
  const { drainMilliseconds, ended, mostUnderWay } = await simulated({
    waves: steady(200, 20),
    quotas: { ...defaults, invocationsPerSecond: 200 },
  });
  assert.is(ended.done, 4000);
  assert.ok(Math.abs(drainMilliseconds / 1000 - 20) < 0.5, `${drainMilliseconds}`);
  assert.ok(mostUnderWay > 1900);
});

test("dead-letters what has waited longer than a target may take", async () => {
  const ways = (await prod()).map((way) => ({ ...way, ageSeconds: 10 }));
  const quotas = { ...defaults, invocationsPerSecond: 200 };
  const { ended } = await simulated({ ways, waves: steady(200, 20), quotas });
  // What enters the gate at second t passes at g·t, where g = 1 + 1/g, as what has passed once enters again: the golden ratio.
  // An event passes twice, so it has waited for (g² - 1)·t.
  const golden = (1 + Math.sqrt(5)) / 2;
  const expected = 200 * (20 - 10 / (golden ** 2 - 1));
  assert.ok(Math.abs(ended["not started"] - expected) < 20, `${ended["not started"]} of ${expected}`);
});

test("dead-letters what finds no Lambda after as many tries as are configured", async () => {
  const lambda = { ...defaults.lambda, concurrency: 0 };
  const { events, ended, throttled } = await simulated({ quotas: { ...defaults, lambda } });
  assert.is(ended.failed, events);
  assert.is(throttled["calls of Lambdas"], 4 * events);
});

test("prints the rows of docs/scale.md", async () => {
  const page = readFileSync("docs/scale.md", "utf8").replaceAll(/ +/g, " ");
  const small = scenarios(await prod()).filter(({ waves }) => (waves[0]?.perSecond[0] ?? 0) <= 100);
  assert.is(small.length, 3);
  for (const scenario of small) {
    const row = rowOf(scenario, simulate({ ...scenario, figures, seed: 1 }));
    assert.ok(page.includes(`| ${row.join(" | ")} |`.replaceAll(/ +/g, " ")), `npm run bench:burst: ${row}`);
  }
});

test("comes to the same of the same seed, and not of another", async () => {
  const quotas = { ...defaults, lambda: { ...defaults.lambda, concurrency: 10 } };
  const [one, same, other] = [1, 1, 2].map((seed) => simulated({ quotas, seed }));
  const { throttled, ended } = (await one) ?? {};
  assert.equal(throttled, (await same)?.throttled);
  assert.equal(ended, (await same)?.ended);
  assert.not.equal(throttled, (await other)?.throttled);
});

test("makes the events of renewals, of payments that fail, and of those that succeed after all", async () => {
  assert.equal(evenly(10, 4), [3, 2, 3, 2]);
  const waves = renewals({ count: 1000, seconds: 10, draftSeconds: 5, failing: 0.08, retrySeconds: 20 });
  const { events, ended } = await simulated({ waves });
  // 1,000 times 4, and of some 80 that fail, 3 + 1 in the place of 3, and 2 before that.
  assert.ok(events > 4150 && events < 4330, `${events}`);
  assert.is(ended.done, events);
});

test("reckons with the size that a user's item has after two years of monthly renewals", () => {
  const month = 30 * 24 * 3600;
  let stored: StoredSubscriptions = {};
  for (let start = 1_767_225_600, count = 0; count < 24; start += month, count += 1) {
    const object = sampleSubscription({ start, end: start + month });
    const previous = {
      items: { data: [sampleItem(samplePrices.monthly, start - month, start)] },
      latest_invoice: "in_1",
    };
    const event = sampleEvent(
      `evt_1QwertyuiopasdfghjKlz${count}`,
      "customer.subscription.updated",
      start,
      object,
      previous,
    );
    const { detail } = parse(onTheBus(event), envelope(Subscription));
    stored = sync(stored, toSubscriptionEvent(detail, { monthly: [], yearly: [] }))?.subscriptions ?? stored;
  }
  const subscriptions = Object.entries(stored).map(([id, { book, ...entry }]) => [
    id,
    { ...entry, book: JSON.stringify(book) },
  ]);
  const item = { ...shownFields("user_12345678", stored), stripe_subscriptions: Object.fromEntries(subscriptions) };
  const size = sizeOf({ ...item, PK: "USER#user_12345678", SK: "SUBSCRIPTION", stripe_version: 24 });
  const [read, write] = figures.demands["sync-subscription"] ?? [];
  assert.is(write?.units, Math.ceil(size / 1024));
  assert.is(read?.units, Math.ceil(size / 4096));
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
const sizeOf = (value: unknown): number => {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value === "number") return Math.ceil(String(value).length / 2) + 1;
  if (typeof value !== "object" || value === null) return 1;
  const entries = Object.entries(value).map(([key, inner]) => 1 + Buffer.byteLength(key) + sizeOf(inner));
  return entries.reduce((sum, bytes) => sum + bytes, 3);
};

test("reaches the quotas at the rates that docs/scale.md says, in its order", async () => {
  const page = readFileSync("docs/scale.md", "utf8");
  const rows = [
    ...page.matchAll(/^\| ((?:EventBridge|DynamoDB|Lambda|Step Functions): [^|]*?) *\|.*\| *([\d,]+)\/s *\|$/gm),
  ];
  assert.equal(
    rows.map(([, quota, rate]) => [quota, rate]),
    ceilingsOf(await prod(), renewalTypes, defaults, figures).map(({ quota, eventsPerSecond }) => [
      quota,
      eventsPerSecond.toLocaleString("en"),
    ]),
  );
});

test.run();
