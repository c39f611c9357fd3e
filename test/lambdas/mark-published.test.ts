import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { dynamodb } from "../../lambdas/dynamodb/dynamodb.ts";
import { handler, markPublished } from "../../lambdas/mark-published.ts";
import { mark } from "../../lambdas/publishing/mark.ts";
import { appending, isFull, outboxIn } from "../../lambdas/publishing/outbox.ts";
import { handle } from "../../lambdas/runtime/handle.ts";
import { taskInput } from "../events/envelope.ts";
import { captured } from "../helpers/captured.ts";
import { rejects } from "../helpers/rejects.ts";
import { startTables, type Tables } from "../helpers/tables.ts";

const test = suite("the marks of what is published");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const keyOf = (name: string) => ({ PK: `USER#mark_${name}`, SK: "SUBSCRIPTION" });

const append = async (name: string, ...changes: string[]) => {
  for (const change of changes) {
    const { set, condition, values } = appending(change);
    await dynamodb.send(
      new UpdateCommand({
        TableName: tables.core,
        Key: keyOf(name),
        UpdateExpression: `SET ${set}`,
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
      }),
    );
  }
};

const outboxOf = async (name: string) => {
  const item = (await tables.items(tables.core)).find(({ PK }) => PK === keyOf(name).PK) ?? {};
  const { published, changes } = outboxIn(item);
  return [published, ...changes];
};

const set = (name: string, from: number, through: number) => mark(tables.core, { ...keyOf(name), from, through });

test("take those out that are published, and count them", async () => {
  await append("some", "a", "b", "c");
  await set("some", 0, 2);
  assert.equal(await outboxOf("some"), [2, "c"]);
  await set("some", 2, 3);
  assert.equal(await outboxOf("some"), [3]);
  await append("some", "d");
  await set("some", 3, 4);
  assert.equal(await outboxOf("some"), [4]);
});

test("are none where the item was deleted since, or made anew without a change", async () => {
  await set("gone", 0, 1);
  await set("gone", 1, 2);
  assert.equal(
    (await tables.items(tables.core)).filter(({ PK }) => PK === keyOf("gone").PK),
    [],
  );
  await tables.add(tables.core, { ...keyOf("anew"), customer_id: "cus_anew" });
  await set("anew", 0, 1);
  assert.equal(await outboxOf("anew"), [0]);
});

test("leave what came after them", async () => {
  await append("more", "a", "b");
  await append("more", "c");
  await set("more", 0, 2);
  assert.equal(await outboxOf("more"), [2, "c"]);
});

test("take over where another mark ended, whichever of the two is larger", async () => {
  await append("small", "a", "b");
  await set("small", 0, 1);
  await set("small", 0, 1);
  assert.equal(await outboxOf("small"), [1, "b"]);
  await set("small", 0, 2);
  await set("small", 0, 1);
  assert.equal(await outboxOf("small"), [2]);
  await append("large", "a", "b", "c");
  await Promise.all([set("large", 0, 2), set("large", 0, 2)]);
  await set("large", 0, 1);
  assert.equal(await outboxOf("large"), [2, "c"]);
  await set("large", 1, 3);
  assert.equal(await outboxOf("large"), [3]);
});

test("are set by the Lambda in either table, and make room for more than wait at most", async () => {
  const all = Array.from({ length: 25 }, (_, index) => `${index}`);
  await append("full", ...all);
  assert.is((await rejects(append("full", "late"))).name, "ConditionalCheckFailedException");
  assert.equal(
    [isFull({ published: 0, changes: all }), isFull({ published: 5, changes: all.slice(1) })],
    [true, false],
  );
  const payment = { PK: "INVOICE#in_mark", SK: "SUCCEEDED" };
  await tables.add(tables.payments, { ...payment, stripe_unpublished: ["x"] });
  const marks = [
    { table: "core", ...keyOf("full"), from: 0, through: 24 },
    { table: "payments", ...payment, from: 0, through: 1 },
  ];
  const { logs } = await captured(() => handler(taskInput({ marks, more: 1 })));
  assert.equal([Object(logs.at(-1)).message, Object(logs.at(-1)).marks], ["Changes published", marks]);
  await append("full", "late");
  assert.equal(await outboxOf("full"), [24, "24", "late"]);
  const marked = (await tables.items(tables.payments)).find(({ PK }) => PK === payment.PK);
  assert.equal(outboxIn(marked ?? {}), { published: 1, changes: [] });
});

test("are logged with the type, subject and version of what was put on the bus, and no more of it", async () => {
  await append("logged", "a");
  const marks = [{ table: "core", ...keyOf("logged"), from: 0, through: 1 }];
  const Detail = { subject: "subscription/mark_logged", version: 1, state: { status: "active" } };
  const entries = [
    { Source: "homebiyori.billing", DetailType: "SubscriptionChanged", Detail, EventBusName: "billing" },
  ];
  const { logs } = await captured(() => handler(taskInput({ marks, entries })));
  const published = [{ type: "SubscriptionChanged", subject: "subscription/mark_logged", version: 1 }];
  assert.equal(Object(logs.at(-1)).published, published);
});

test("fail the Lambda where they are not set, so that it is called again", async () => {
  const input = { marks: [{ table: "core", ...keyOf("away"), from: 0, through: 1 }] };
  const failing = captured(() => handle(taskInput(input), markPublished({ core: "no-table", payments: "no-table" })));
  assert.is((await rejects(failing)).name, "ResourceNotFoundException");
});

test("are refused where they name no changes, or no table, and with what is no entry of the bus", async () => {
  const right = { table: "core", ...keyOf("wrong"), from: 0, through: 1 };
  for (const wrong of [{ table: "users" }, { from: -1 }, { from: 0.5 }, { through: 0 }, { PK: 1 }, { SK: null }]) {
    const promise = captured(() => handler(taskInput({ marks: [{ ...right, ...wrong }] })));
    assert.is((await rejects(promise)).name, "InvalidEvent", JSON.stringify(wrong));
  }
  assert.is((await rejects(captured(() => handler(taskInput({}))))).name, "InvalidEvent");
  const entry = { DetailType: "SubscriptionChanged", Detail: { subject: "subscription/mark_wrong", version: 1 } };
  const wrongEntries = {
    DetailType: { ...entry, DetailType: 1 },
    Detail: { ...entry, Detail: null },
    "Detail.subject": { ...entry, Detail: { ...entry.Detail, subject: null } },
    "Detail.version": { ...entry, Detail: { ...entry.Detail, version: "1" } },
  };
  for (const [field, wrong] of Object.entries(wrongEntries)) {
    const { name, message } = await rejects(captured(() => handler(taskInput({ marks: [], entries: [wrong] }))));
    assert.is(name, "InvalidEvent", field);
    assert.match(message, `entries.0.${field}: `);
  }
  const away = mark("no-table", { ...keyOf("wrong"), from: 0, through: 1 });
  assert.is((await rejects(away)).name, "ResourceNotFoundException");
});

test("are read as none where an item has no outbox", () => {
  assert.equal(outboxIn({}), { published: 0, changes: [] });
  assert.equal(outboxIn({ stripe_published: "3", stripe_unpublished: "a" }), { published: 0, changes: [] });
});

test.run();
