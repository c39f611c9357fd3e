import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dynamodb } from "../../../lambdas/dynamodb/dynamodb.ts";
import { type SubscriptionItem, subscriptionsTable } from "../../../lambdas/subscriptions/core-table.ts";
import { nextItem } from "../../../lambdas/subscriptions/next-item.ts";
import { overflowOf } from "../../../lambdas/subscriptions/overflow.ts";
import type { StoredSubscriptions } from "../../../lambdas/subscriptions/subscription-item.ts";
import { handler } from "../../../lambdas/sync-subscription.ts";
import { type Json, sampleEvent, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { ofUser } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import { playLife } from "../../helpers/play-life.ts";
import { markAll } from "../../helpers/mark-all.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";

const test = suite("a user with many subscriptions");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const period = { start: 100, end: 200 };
const sold = { monthly: [], yearly: [] };

const sub = (index: number, status: string, more: Json = {}): Json =>
  sampleSubscription({ id: `sub_${index}`, status, ...period, more: { created: 1000 + index, ...more } });

const begin = (index: number, status = "incomplete"): Json =>
  sampleEvent(`evt_begin_${index}`, "customer.subscription.created", 1000 + index, sub(index, status));

const expire = (index: number, at = 2000): Json =>
  sampleEvent(`evt_end_${index}`, "customer.subscription.updated", at + index, sub(index, "incomplete_expired"), {
    status: "incomplete",
  });

const sync = (userId: string, event: Json) => captured(() => handler(ofUser(userId, event)));

const itemOf = async (userId: string, SK = "SUBSCRIPTION") => {
  const { Item = {} } = await dynamodb.send(
    new GetCommand({ TableName: tables.core, Key: { PK: `USER#${userId}`, SK }, ConsistentRead: true }),
  );
  return Item;
};

const idsIn = (item: Json): string[] => Object.keys(Object(item["stripe_subscriptions"])).toSorted();

test("keeps the live ones and the last that ended in the item, each other in an item of its own", async () => {
  for (const index of [1, 2, 3]) {
    await sync("over_parts", begin(index));
    await sync("over_parts", expire(index));
  }
  await sync("over_parts", begin(4, "active"));
  const item = await itemOf("over_parts");
  assert.equal([idsIn(item), item["stripe_overflow"], item["order"]], [["sub_3", "sub_4"], 0, "certain"]);
  for (const index of [1, 2]) {
    const own = await itemOf("over_parts", `SUBSCRIPTION#sub_${index}`);
    assert.equal([own["status"], own["created"]], ["incomplete_expired", 1000 + index]);
  }
  assert.equal(await itemOf("over_parts", "SUBSCRIPTION#sub_3"), {});
});

test("knows one that left the item when a late event of it comes: it stays ended, and an event counts once", async () => {
  for (const index of [1, 2]) {
    await sync("over_late", begin(index));
    await sync("over_late", expire(index));
  }
  assert.equal(idsIn(await itemOf("over_late")), ["sub_2"]);
  assert.is((await sync("over_late", expire(1))).result.outcome, "duplicate");
  const late = sampleEvent("evt_late", "customer.subscription.updated", 1500, sub(1, "active"), {
    metadata: { a: null },
  });
  assert.is((await sync("over_late", late)).result.outcome, "stale");
  const item = await itemOf("over_late");
  assert.equal(
    [idsIn(item), item["subscription_id"], item["status"]],
    [["sub_1", "sub_2"], "sub_2", "incomplete_expired"],
  );
  assert.is((await sync("over_late", late)).result.outcome, "duplicate");
});

test("keeps an ended one of which an event is missing, as its gap is the row's", async () => {
  await sync("over_gap", begin(1));
  const end = sampleEvent("evt_end", "customer.subscription.updated", 2000, sub(1, "canceled"), { status: "unpaid" });
  await sync("over_gap", end);
  for (const index of [2, 3]) {
    await sync("over_gap", begin(index));
    await sync("over_gap", expire(index));
  }
  const item = await itemOf("over_gap");
  assert.equal([idsIn(item), item["gap_since"]], [["sub_1", "sub_3"], 2000]);
});

// The calls of an event, and the units that its write of the user's item takes.
const costOf = async (userId: string, event: Json): Promise<{ calls: number; units: number }> => {
  const callsSoFar = async () => Object.values(await tables.calls()).reduce((sum, times) => sum + times, 0);
  const before = await callsSoFar();
  await sync(userId, event);
  const calls = (await callsSoFar()) - before;
  return { calls, units: Math.ceil(JSON.stringify(await itemOf(userId)).length / 1024) };
};

test("costs a call and a write unit more at most with 1,000 that ended than with one", async () => {
  const endedAtOnce = (index: number) => begin(index, "incomplete_expired");
  await sync("over_one", endedAtOnce(1));
  for (let index = 0; index < 1000; index += 1) await markAll((await sync("over_thousand", endedAtOnce(index))).result);
  const next = [
    begin(2000),
    sampleEvent("evt_2000", "customer.subscription.updated", 3001, sub(2000, "active"), { status: "incomplete" }),
    expire(2000, 4000),
    endedAtOnce(2001),
    // The first of them left long ago.
    sampleEvent("evt_late", "customer.subscription.updated", 1500, sub(1, "incomplete_expired"), {
      metadata: { note: null },
    }),
  ];
  for (const event of next) {
    const [one, thousand] = [await costOf("over_one", event), await costOf("over_thousand", event)];
    const told = `${event["id"]}: ${JSON.stringify({ one, thousand })}`;
    assert.ok(one.calls >= 2, told);
    assert.ok(thousand.calls <= one.calls + 1 && thousand.units <= one.units + 1, told);
  }
  assert.is((await sync("over_thousand", endedAtOnce(500))).result.outcome, "duplicate");
});

test("loses nothing where events of several subscriptions are handled at once while one leaves", async () => {
  const all = [1, 2, 3];
  for (const index of all) await sync("over_rush", begin(index));
  const atOnce = () => Promise.all(all.map((index) => handler(ofUser("over_rush", expire(index)))));
  await captured(atOnce);
  const { result } = await captured(atOnce);
  assert.equal(
    result.map(({ outcome }) => outcome),
    all.map(() => "duplicate"),
  );
});

test("writes no older state over one that has left since: the writer has to read again", async () => {
  const table = subscriptionsTable(tables.core);
  const [older, newer] = [playLife([begin(1)]), playLife([begin(1), expire(1)])].map((life) => life["sub_1"]);
  assert.ok(older && newer);
  assert.is(await table.writeOverflow("over_race", "sub_1", newer, 7), true);
  assert.is(await table.writeOverflow("over_race", "sub_1", older, 6), false);
  const kept = await table.readOverflow("over_race", "sub_1");
  assert.is(kept?.resolved.state.status, "incomplete_expired");
  assert.is(await table.readOverflow("over_race", "sub_2"), undefined);
});

test("goes on where a Lambda ended between the item of one that leaves and the user's item", async () => {
  const table = subscriptionsTable(tables.core);
  await sync("over_crash", begin(1));
  await sync("over_crash", expire(1));
  await sync("over_crash", begin(2));
  const {
    item: { subscriptions, stripe_version: version },
  } = await table.read("over_crash");
  const leaving = subscriptions["sub_1"];
  assert.ok(leaving && version !== null);
  assert.is(await table.writeOverflow("over_crash", "sub_1", leaving, version + 1), true);
  assert.is((await sync("over_crash", expire(2))).result.outcome, "applied");
  assert.equal(idsIn(await itemOf("over_crash")), ["sub_2"]);
  assert.is((await sync("over_crash", expire(1))).result.outcome, "duplicate");
});

const empty: SubscriptionItem = {
  stripe_version: null,
  stripe_customers: [],
  stripe_overflow: null,
  customer_id: null,
  subscriptions: {},
};

test("shows that it assumes where live ones had to leave, those first that would show last", () => {
  const live = Array.from({ length: 300 }, (_, index) => begin(index, index === 5 ? "active" : "incomplete"));
  const subscriptions: StoredSubscriptions = playLife(live);
  const of = { returned: undefined, customerId: "cus_sample", sold };
  const next = nextItem(empty, { ...of, subscriptions, eventOf: "sub_0" });
  const kept = Object.keys(next.item.subscriptions);
  assert.ok(kept.includes("sub_5") && kept.includes("sub_299"));
  assert.not(kept.includes("sub_0"));
  assert.is(next.item.stripe_overflow, 300 - kept.length);
  assert.ok(kept.length > 50 && kept.length < 300, `${kept.length}`);
  const later = nextItem(next.item, { ...of, subscriptions: next.item.subscriptions, eventOf: "sub_5" });
  assert.is(later.item.stripe_overflow, 300 - kept.length);
});

test("keeps what it has room for", () => {
  const subscriptions = playLife([begin(1, "active"), begin(2), expire(2)]);
  const room = { eventOf: "sub_1", sold, sizeOf: () => 40_000 };
  assert.equal(overflowOf(subscriptions, room), []);
  assert.equal(overflowOf(subscriptions, { ...room, sizeOf: () => 40_001 }), ["sub_2"]);
});

test("writes `assumed` for the row of a crowded item", async () => {
  const table = subscriptionsTable(tables.core);
  const subscriptions = playLife([begin(1, "active")]);
  const item = { ...empty, stripe_version: 1, stripe_overflow: 1, subscriptions };
  assert.is(await table.write("over_crowded", empty, { after: item, sold, change: null }), true);
  assert.is((await itemOf("over_crowded"))["order"], "assumed");
});

// A subscription whose ledger is large: it was changed often within the second that it began in.
const beginBusy = (index: number): Json[] => {
  const changes = Array.from({ length: 30 }, (_, time) =>
    sampleEvent(
      `evt_busy_${index}_${time}`,
      "customer.subscription.updated",
      1000 + index,
      sub(index, "incomplete", { cancel_at: time + 1 }),
      { cancel_at: time === 0 ? null : time },
    ),
  );
  return [begin(index), ...changes];
};

test("is certain again when all that had to leave have ended", async () => {
  const table = subscriptionsTable(tables.core);
  const subscriptions = playLife(Array.from({ length: 12 }, (_, index) => index + 1).flatMap(beginBusy));
  await table.write("over_heals", empty, { after: { ...empty, stripe_version: 1, subscriptions }, sold, change: null });
  await sync("over_heals", begin(500, "active"));
  const crowded = await itemOf("over_heals");
  assert.ok(JSON.stringify(crowded).length < 100_000);
  const left = Number(crowded["stripe_overflow"]);
  assert.ok(left > 1, `${left}`);
  for (let index = 1; index <= left; index += 1) {
    assert.is((await itemOf("over_heals"))["order"], "assumed");
    await sync("over_heals", expire(index));
  }
  const healed = await itemOf("over_heals");
  assert.equal([healed["stripe_overflow"], healed["subscription_id"], healed["order"]], [0, "sub_500", "certain"]);
});

test("shrinks an item of before, however large, with its next event", async () => {
  const table = subscriptionsTable(tables.core);
  const events = Array.from({ length: 200 }, (_, index) => [begin(index), expire(index)]).flat();
  const subscriptions = playLife(events);
  await table.write("over_old", empty, { after: { ...empty, stripe_version: 1, subscriptions }, sold, change: null });
  await sync("over_old", begin(500, "active"));
  const item = await itemOf("over_old");
  assert.equal(idsIn(item), ["sub_199", "sub_500"]);
  assert.is((await sync("over_old", expire(7))).result.outcome, "duplicate");
});

test.run();
