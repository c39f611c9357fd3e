import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  sizeOfStored,
  type SubscriptionItem,
  type Subscriptions,
  subscriptionsTable,
} from "../../../lambdas/subscriptions/core-table.ts";
import { changeSubscription, readSubscription } from "../../../lambdas/subscriptions/change-subscription.ts";
import { type Customers, customersTable } from "../../../lambdas/subscriptions/customers-table.ts";
import { usersOfCustomer } from "../../../lambdas/subscriptions/users-of-customer.ts";
import { writeLedger } from "../../../lambdas/ledger/ledger-format.ts";
import type { StoredSubscription } from "../../../lambdas/subscriptions/subscription-item.ts";
import { type Json, sampleEvent, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { withHook } from "../../helpers/hooked-dynamodb.ts";
import { playLife } from "../../helpers/play-life.ts";
import { rejects } from "../../helpers/rejects.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";

const test = suite("the items of a user");

let tables: Tables;
let subscriptions: Subscriptions;
let customers: Customers;
test.before(async () => {
  tables = await startTables();
  subscriptions = subscriptionsTable(tables.core);
  customers = customersTable(tables.core);
});

const sold = { monthly: [], yearly: [] };

const writing = (after: SubscriptionItem, change: string | null = null) => ({ after, sold, change });

const itemOf = async (userId: string, SK = "SUBSCRIPTION"): Promise<Json | undefined> =>
  (await tables.items(tables.core)).find((item) => item["PK"] === `USER#${userId}` && item["SK"] === SK);

const life = (customer: string | null = "cus_items") => {
  const object = { ...sampleSubscription({ start: 1, end: 2 }), customer };
  return playLife([sampleEvent("evt_1", "customer.subscription.created", 100, object)]);
};

const stored = (): StoredSubscription => {
  const [one] = Object.values(life());
  assert.ok(one);
  return one;
};

test("are read whole by their user, and are empty for a user that has none", async () => {
  const { item: before } = await subscriptions.read("items_none");
  const nothing = { stripe_version: null, stripe_customers: [], stripe_overflow: null, customer_id: null };
  assert.equal(before, { ...nothing, subscriptions: {} });
  const item = {
    stripe_version: 1,
    stripe_customers: ["cus_items"],
    stripe_overflow: 0,
    customer_id: "cus_items",
    subscriptions: life(),
  };
  assert.is(await subscriptions.write("items_none", before, writing(item)), true);
  const read = await subscriptions.read("items_none");
  assert.equal([read.item, read.outbox], [item, { published: 0, changes: [] }]);
  assert.equal([read.row["SK"], read.row["order"], read.row["status"]], ["SUBSCRIPTION", "certain", "active"]);
  assert.is((await itemOf("items_none"))?.["order"], "certain");
});

test("are written only if no other write came since, the product's customer too", async () => {
  const { item: before } = await subscriptions.read("items_race");
  const next = { ...before, stripe_version: 1, customer_id: "cus_items", subscriptions: life() };
  assert.is(await subscriptions.write("items_race", before, writing(next)), true);
  assert.is(await subscriptions.write("items_race", before, writing(next)), false);
  const { item: second } = await subscriptions.read("items_race");
  const third = { ...second, stripe_version: 2 };
  assert.is(await subscriptions.write("items_race", { ...second, customer_id: "cus_other" }, writing(third)), false);
  assert.is(await subscriptions.write("items_race", { ...second, stripe_version: 7 }, writing(third)), false);
  assert.is((await itemOf("items_race"))?.["stripe_version"], 1);
  await tables.add(tables.core, { PK: "USER#items_product", SK: "SUBSCRIPTION", customer_id: "cus_product" });
  assert.is(await subscriptions.write("items_product", before, writing(next)), false);
  assert.is((await itemOf("items_product"))?.["customer_id"], "cus_product");
});

test("leave the index where they name no customer, and assume where others left them", async () => {
  const { item: before } = await subscriptions.read("items_index");
  const named = { ...before, stripe_version: 1, customer_id: "cus_items", subscriptions: life() };
  await subscriptions.write("items_index", before, writing(named));
  const unnamed = { ...named, stripe_version: 2, customer_id: null, stripe_overflow: 1 };
  assert.is(await subscriptions.write("items_index", named, writing({ ...unnamed, subscriptions: life(null) })), true);
  const item = await itemOf("items_index");
  assert.not("customer_id" in Object(item));
  assert.equal([item?.["order"], item?.["stripe_overflow"]], ["assumed", 1]);
});

test("say which one does not hold what this program writes, and why", async () => {
  const ledger = writeLedger(stored().ledger);
  const wrong: [Json, string][] = [
    [{ stripe_version: "1" }, "stripe_version"],
    [{ stripe_customers: "cus_1" }, "stripe_customers"],
    [{ stripe_overflow: "full" }, "stripe_overflow"],
    [{ stripe_overflow: -1 }, "stripe_overflow"],
    [{ stripe_published: -1 }, "stripe_published"],
    [{ stripe_subscriptions: { sub_1: { ledger } } }, "sub_1"],
    [{ stripe_subscriptions: { sub_1: { book: ledger } } }, "sub_1"],
    [{ stripe_subscriptions: { sub_1: { created: 1 } } }, "sub_1"],
    [{ stripe_subscriptions: { sub_1: { created: 1, ledger: 1 } } }, "sub_1"],
    [{ stripe_subscriptions: { sub_1: { created: 1, ledger: "{" } } }, "JSON"],
  ];
  for (const [index, [attributes, why]] of wrong.entries()) {
    const userId = `items_wrong_${index}`;
    await tables.add(tables.core, { PK: `USER#${userId}`, SK: "SUBSCRIPTION", ...attributes });
    const error = await rejects(subscriptions.read(userId));
    assert.match(error.message, `The item USER#${userId} SUBSCRIPTION of the core table`);
    assert.match(error.message, why);
    assert.instance(error.cause, Error);
    assert.ok(error.message.endsWith(`: ${Object(error.cause).message}`), error.message);
    assert.not.match(error.message, "StructError");
  }
});

test("go to one of their own and are read from there, with whose they are", async () => {
  assert.is(await subscriptions.readOverflow("items_over", "sub_1"), undefined);
  assert.is(await subscriptions.writeOverflow("items_over", "sub_1", stored(), 3), true);
  assert.equal(await subscriptions.readOverflow("items_over", "sub_1"), stored());
  const item = await itemOf("items_over", "SUBSCRIPTION#sub_1");
  assert.equal(Object.keys(Object(item)).toSorted(), [
    "PK",
    "SK",
    "created",
    "ledger",
    "status",
    "stripe_version",
    "user_id",
  ]);
  assert.equal([item?.["user_id"], item?.["status"], item?.["stripe_version"]], ["items_over", "active", 3]);
  for (const [version, is] of [
    [2, false],
    [3, true],
    [4, true],
  ] as const) {
    assert.is(await subscriptions.writeOverflow("items_over", "sub_1", stored(), version), is);
  }
  await tables.add(tables.core, { PK: "USER#items_over", SK: "SUBSCRIPTION#sub_2", created: 1 });
  assert.match((await rejects(subscriptions.readOverflow("items_over", "sub_2"))).message, "SUBSCRIPTION#sub_2");
});

test("are found wherever they are kept, and show all fields though others have left", async () => {
  const { item: before } = await subscriptions.read("items_left");
  const item = { ...before, stripe_version: 1, stripe_overflow: 1, customer_id: "cus_items", subscriptions: life() };
  await subscriptions.writeOverflow("items_left", "sub_away", stored(), 1);
  assert.is(await subscriptions.write("items_left", before, writing(item)), true);
  const { status, order, subscription_id: shown } = (await itemOf("items_left")) ?? {};
  assert.equal([status, order, shown], ["active", "assumed", "sub_sample"]);
  const of = (subscriptionId: string) =>
    readSubscription(subscriptions, { userId: "items_left", subscriptionId }).then(({ known }) => known);
  assert.equal([await of("sub_sample"), await of("sub_away")], [stored(), stored()]);
  assert.is(await of("sub_none"), undefined);
});

test("are not written where a customer of theirs cannot be tied to the user first", async () => {
  const table = { ...subscriptions, link: () => Promise.reject(new Error("DynamoDB is away")) };
  const target = { userId: "items_untied", customerId: null, subscriptionId: "sub_sample" };
  const change = () => ({ subscriptions: life() });
  const { message } = await rejects(changeSubscription(table, target, { sold, reason: "event" }, change));
  assert.is(message, "DynamoDB is away");
  assert.is(await itemOf("items_untied"), undefined);
});

test("are not written where others write them each time, ten times in a row", async () => {
  let reads = 0;
  const read: typeof subscriptions.read = (userId) => {
    reads += 1;
    return reads > 10 ? Promise.reject(new Error("It tries for ever")) : subscriptions.read(userId);
  };
  const table = { ...subscriptions, ...customers, read, write: async () => false };
  const target = { userId: "items_busy", customerId: null, subscriptionId: "sub_sample" };
  const change = () => ({ subscriptions: life() });
  const { name } = await rejects(changeSubscription(table, target, { sold, reason: "event" }, change));
  assert.equal([name, reads], ["VersionConflict", 10]);
});

test("are read as they are now, and not as they were a moment ago", async () => {
  const inputs: Json[] = [];
  const seen = (call: () => Promise<object>, input: Json) => {
    inputs.push(input);
    return call();
  };
  await withHook(seen, async () => {
    const { item: before } = await subscriptions.read("items_now");
    await subscriptions.readOverflow("items_now", "sub_1");
    await subscriptions.write("items_now", before, writing({ ...before, stripe_version: 1, subscriptions: life() }));
  });
  const [read, overflow, write] = inputs;
  assert.equal([read?.["ConsistentRead"], overflow?.["ConsistentRead"]], [true, true]);
  // An item may be large, and a write asks for nothing of it.
  assert.equal([write?.["ReturnValues"], write?.["ReturnValuesOnConditionCheckFailure"]], ["NONE", "NONE"]);
});

test("throw what DynamoDB says of anything but a condition", async () => {
  const nowhere = subscriptionsTable("no-table");
  const { item: before } = await subscriptions.read("items_nowhere");
  const after = { ...before, stripe_version: 1, subscriptions: life() };
  const calls = [
    nowhere.read("u"),
    nowhere.readOverflow("u", "sub_1"),
    nowhere.writeOverflow("u", "sub_1", stored(), 1),
    nowhere.write("u", before, writing(after)),
    customersTable("no-table").link("u", "cus_1"),
    customersTable("no-table").usersOf("cus_1"),
  ];
  // All are awaited at once, as one that rejects before would end the process.
  for (const { name } of await Promise.all(calls.map(rejects))) assert.is(name, "ResourceNotFoundException");
});

test("tell of a customer's users each once, and whether one of their own says so", async () => {
  assert.equal(await customers.usersOf("cus_index"), []);
  await tables.add(tables.core, { PK: "USER#index_1", SK: "SUBSCRIPTION", customer_id: "cus_index" });
  assert.equal(await customers.usersOf("cus_index"), [{ userId: "index_1", isLinked: false }]);
  await customers.link("index_1", "cus_index");
  await customers.link("index_1", "cus_index");
  assert.equal(await itemOf("index_1", "CUSTOMER#cus_index"), {
    PK: "USER#index_1",
    SK: "CUSTOMER#cus_index",
    customer_id: "cus_index",
    user_id: "index_1",
  });
  assert.equal(await customers.usersOf("cus_index"), [{ userId: "index_1", isLinked: true }]);
  await customers.link("index_2", "cus_index");
  for (const [PK, SK] of [
    ["TEAM#1", "SUBSCRIPTION"],
    ["USER#index_3", "PROFILE"],
    ["USER#index_4", "CUSTOMER#cus_x"],
  ]) {
    await tables.add(tables.core, { PK, SK, customer_id: "cus_index" });
  }
  const users = await customers.usersOf("cus_index");
  assert.equal(
    users.toSorted((a, b) => (a.userId < b.userId ? -1 : 1)),
    [
      { userId: "index_1", isLinked: true },
      { userId: "index_2", isLinked: true },
    ],
  );
});

test("are all found, however many pages of the index they are on", async () => {
  const pages = [
    { Items: [{ PK: "USER#a", SK: "CUSTOMER#cus_1" }], LastEvaluatedKey: { PK: "USER#a" } },
    { LastEvaluatedKey: { PK: "USER#b" } },
    {
      Items: [
        { PK: "USER#a", SK: "SUBSCRIPTION" },
        { PK: "USER#c", SK: "SUBSCRIPTION" },
      ],
    },
  ];
  const starts: unknown[] = [];
  const client = {
    send: async ({ input }: { input: { ExclusiveStartKey?: unknown } }) => {
      starts.push(input.ExclusiveStartKey);
      return pages[starts.length - 1];
    },
  };
  // It answers what the one call that is made of it may answer.
  const users = await usersOfCustomer(client, "core", "cus_1");
  assert.equal(users, [
    { userId: "a", isLinked: true },
    { userId: "c", isLinked: false },
  ]);
  assert.equal(starts, [undefined, { PK: "USER#a" }, { PK: "USER#b" }]);
});

test("are measured by their ledgers, and something for what is around those", () => {
  assert.is(sizeOfStored(stored()), writeLedger(stored().ledger).length + 60);
});

test.run();
