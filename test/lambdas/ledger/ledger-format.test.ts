import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readLedger, writeLedger } from "../../../lambdas/ledger/ledger-format.ts";
import { handler } from "../../../lambdas/sync-subscription.ts";
import {
  type Json,
  sampleEvent,
  sampleItem,
  samplePrices,
  sampleSubscription,
} from "../../../samples/stripe-objects.ts";
import { ofUser } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import { playLife } from "../../helpers/play-life.ts";
import { rejects } from "../../helpers/rejects.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";

const test = suite("the stored ledger");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const fixture = (version: number) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `ledgers/version-${version}.json`), "utf8"));

const version1: Record<string, Json> = fixture(1);

const version2: Record<string, string> = fixture(2);

const day = 24 * 3600;
const period = { start: 1_767_225_600, end: 1_769_904_000 };
const updated = "customer.subscription.updated";

const subscription = (status: string, more: Json = {}): Json => sampleSubscription({ status, ...period, more });

// The item of a user as a fixture has it.
const stored = async (userId: string, entry: Json | undefined): Promise<void> => {
  assert.ok(entry, `There is no fixture for ${userId}`);
  const item = { PK: `USER#${userId}`, SK: "SUBSCRIPTION", stripe_version: 7, customer_id: "cus_sample" };
  await tables.add(tables.core, { ...item, stripe_subscriptions: { sub_sample: entry } });
};

const sync = (userId: string, event: Json) => captured(() => handler(ofUser(userId, event)));

const rowOf = async (userId: string) => {
  const items = await tables.items(tables.core);
  return items.find(({ PK, SK }) => PK === `USER#${userId}` && SK === "SUBSCRIPTION") ?? {};
};

const itemOf = (price: Json): Json => ({ ...sampleItem(samplePrices.monthly, period.start, period.end), price });

const weekly = { id: "price_week", recurring: { interval: "week", interval_count: 1 } };
const addon = { id: "price_addon", recurring: { interval: "week", interval_count: 1 } };

// What each ledger of version 1 goes on with: events after the upgrade, and what the row then says.
const continued: Record<string, { events: Json[]; row: Json }> = {
  "open-gap": {
    events: [
      sampleEvent("evt_3", updated, period.start + day, subscription("past_due"), { status: "active" }),
      sampleEvent("evt_5", updated, period.start + 3 * day, subscription("active"), { status: "unpaid" }),
    ],
    row: { status: "active", order: "certain", gap_since: null },
  },
  "plan-trial": {
    events: [
      sampleEvent(
        "evt_2",
        updated,
        period.start + day,
        subscription("past_due", { items: { data: [itemOf(weekly)] } }),
        { status: "active" },
      ),
    ],
    row: { status: "past_due", plan: null, price_id: "price_week", order: "certain", gap_since: null },
  },
  paused: {
    events: [
      sampleEvent("evt_3", updated, period.start + 2 * day, subscription("active"), {
        pause_collection: { behavior: "void", resumes_at: null },
      }),
      sampleEvent("evt_4", updated, period.start + 3 * day, subscription("past_due"), { status: "active" }),
    ],
    row: { status: "past_due", pause_collection: null, order: "certain", gap_since: null },
  },
  "two-items": {
    events: [
      sampleEvent(
        "evt_2",
        updated,
        period.start + day,
        subscription("past_due", {
          items: { data: [itemOf(addon), sampleItem(samplePrices.monthly, period.start, period.end)] },
        }),
        { status: "active" },
      ),
    ],
    row: { status: "past_due", plan: "monthly", price_id: samplePrices.monthly, order: "certain", gap_since: null },
  },
  ended: {
    events: [sampleEvent("evt_3", updated, period.start + 1, subscription("active"), { metadata: { note: null } })],
    row: { status: "canceled", order: "certain", gap_since: null },
  },
  "same-second": {
    events: [
      sampleEvent("evt_3", updated, period.start, subscription("past_due"), { status: "active" }),
      sampleEvent("evt_4", updated, period.start + day, subscription("active"), { status: "past_due" }),
    ],
    row: { status: "active", order: "certain", gap_since: null },
  },
  renewed: {
    events: [
      sampleEvent(
        "evt_3",
        updated,
        period.end + day,
        sampleSubscription({ status: "past_due", start: period.end, end: 1_772_582_400 }),
        { status: "active" },
      ),
    ],
    row: { status: "past_due", current_period_start: period.end, order: "certain", gap_since: null },
  },
};

test("of version 1 goes on without a gap, in any order of what comes after", async () => {
  assert.equal(Object.keys(continued).toSorted(), Object.keys(version1).toSorted());
  for (const [name, { events, row }] of Object.entries(continued)) {
    for (const [index, order] of [events, events.toReversed()].entries()) {
      const userId = `ledger_${name}_${index}`;
      await stored(userId, version1[name]);
      for (const event of order) await sync(userId, event);
      const item = await rowOf(userId);
      const said = Object.fromEntries(Object.keys(row).map((field) => [field, item[field]]));
      assert.equal(said, row, userId);
      assert.is(item["stripe_version"], 7 + order.length);
    }
  }
});

test("of version 1 knows its events: one that comes again changes nothing", async () => {
  await stored("ledger_again", version1["open-gap"]);
  const again = sampleEvent("evt_2", updated, period.start + 10, subscription("active"), { status: "incomplete" });
  assert.is((await sync("ledger_again", again)).result.outcome, "duplicate");
});

test("of version 1 ties the customers that it names to the user, with its next event", async () => {
  await stored("ledger_customers", { ...version1["renewed"] });
  const other = sampleSubscription({ id: "sub_other", customer: "cus_other", ...period });
  const event = sampleEvent("evt_other", "customer.subscription.created", period.start, other);
  const input = Object(ofUser("ledger_customers", event));
  input.event.customer.customerId = "cus_other";
  await captured(() => handler(input));
  const links = (await tables.items(tables.core)).filter(({ PK }) => PK === "USER#ledger_customers");
  assert.equal(
    links.map(({ SK, user_id: userId }) => [SK, userId]),
    [
      // `resolve-customer` has written that of the event's customer before.
      ["CUSTOMER#cus_sample", "ledger_customers"],
      ["SUBSCRIPTION", "ledger_customers"],
    ],
  );
  assert.equal((await rowOf("ledger_customers"))["stripe_customers"], ["cus_other", "cus_sample"]);
});

test("of version 2 is read as it was written, and read again as it was", () => {
  for (const [name, text] of Object.entries(version2)) assert.is(writeLedger(readLedger(text)), text, name);
});

test("is written in version 2, by the same names as ever", () => {
  const first = sampleEvent("evt_1", "customer.subscription.created", period.start, subscription("incomplete"));
  const second = sampleEvent("evt_2", updated, period.start, subscription("active"), { status: "incomplete" });
  const [written] = Object.values(playLife([second, first])).map(({ ledger }) => writeLedger(ledger));
  assert.is(written, version2["same second"]);
});

test("that cannot be read is left alone, and the item is named", async () => {
  const broken = {
    json: { created: 1, ledger: "{" },
    shape: { created: 1, ledger: '{"version":2}' },
    version: { created: 1, ledger: '{"version":3}' },
    none: { created: 1 },
  };
  for (const [name, entry] of Object.entries(broken)) {
    await stored(`ledger_${name}`, entry);
    const before = await rowOf(`ledger_${name}`);
    const event = sampleEvent("evt_1", "customer.subscription.created", period.start, subscription("active"));
    const { message } = await rejects(sync(`ledger_${name}`, event));
    assert.match(
      message,
      `The item USER#ledger_${name} SUBSCRIPTION of the core table does not hold what this program`,
    );
    assert.equal(await rowOf(`ledger_${name}`), before);
  }
});

test.run();
