import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ceilingsOf, renewal } from "../../../bench/capacity/ceilings.ts";
import { figures } from "../../../bench/capacity/figures.ts";
import { defaults } from "../../../bench/capacity/quotas.ts";
import { routesOf } from "../../../bench/capacity/routes.ts";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { envelope } from "../../../lambdas/stripe/stripe-event.ts";
import { toSubscriptionEvent } from "../../../lambdas/subscriptions/subscription-event.ts";
import {
  currentSubscriptionFields,
  type StoredSubscriptions,
  sync,
} from "../../../lambdas/subscriptions/subscription-item.ts";
import { writeLedger } from "../../../lambdas/ledger/ledger-format.ts";
import { Subscription } from "../../../lambdas/ledger/subscription-state.ts";
import { sampleEvent, sampleItem, samplePrices, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { onTheBus } from "../../events/envelope.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("capacity");

const prices = { monthly: [], yearly: [] };
const firstStart = 1_767_225_600;

test("computes with the size that a user's item has after two years of monthly renewals", () => {
  const month = 30 * 24 * 3600;
  let stored: StoredSubscriptions = {};
  for (let start = firstStart, count = 0; count < 24; start += month, count += 1) {
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
    stored = sync(stored, toSubscriptionEvent(detail), prices)?.subscriptions ?? stored;
  }
  const subscriptions = Object.entries(stored).map(([id, { created, ledger }]) => [
    id,
    { created, ledger: writeLedger(ledger) },
  ]);
  const fields = currentSubscriptionFields("user_12345678", stored, prices);
  const item = {
    ...fields,
    stripe_subscriptions: Object.fromEntries(subscriptions),
    stripe_customers: ["cus_1234567890abcd"],
  };
  const keys = { PK: "USER#user_12345678", SK: "SUBSCRIPTION" };
  const size = sizeOf({ ...item, ...keys, stripe_version: 24, stripe_published: 23 });
  // As the row is and what of it a renewal changes, until that is published.
  const changes = Object.fromEntries(
    ["period_start", "period_end"].map((name) => [name, { from: firstStart, to: firstStart }]),
  );
  const kept = JSON.stringify({ reason: "event", changes, state: { ...fields, customer_id: "cus_1234567890abcd" } });
  const [read, write] = figures.demands["sync-subscription"] ?? [];
  const [mark] = figures.marks["sync-subscription"] ?? [];
  const unitsWritten = Math.ceil((size + sizeOf({ stripe_unpublished: [kept] })) / 1024);
  assert.equal([write?.units, mark?.units], [unitsWritten, unitsWritten]);
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
    ceilingsOf(routesOf(await graphOf("prod")), renewal, defaults, figures).map(({ quota, eventsPerSecond }) => [
      quota,
      eventsPerSecond.toLocaleString("en"),
    ]),
  );
});

test.run();
