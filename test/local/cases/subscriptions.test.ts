import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Json, sampleEvent, sampleItem, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { failed, line, on } from "./invoices.ts";
import { play, sold, userItem } from "./played.ts";

const test = suite("subscriptions that others got wrong");

const period = { start: on(5), end: on(6) };

const subscription = (id: string, price: string, more: Json = {}): Json =>
  sampleSubscription({ id, customer: "cus_1", price, ...period, more });

const created = (object: Json, at = on(5), id = `evt_created_${object["id"]}`): Json =>
  sampleEvent(id, "customer.subscription.created", at, object);

const updated = (object: Json, at: number, previous: Json, id = `evt_updated_${object["id"]}_${at}`): Json =>
  sampleEvent(id, "customer.subscription.updated", at, object, previous);

const certain = { order: "certain", gap_since: null };

const fieldsOf = (row: Json, fields: Json): Json =>
  Object.fromEntries(Object.keys(fields).map((field) => [field, row[field]]));

test("show the plan's before that of an add-on, whichever is newer or came first", async () => {
  const events = [
    created(subscription("sub_plan", sold.year, { created: on(4) })),
    created(subscription("sub_addon", "price_addon", { created: on(5) })),
  ];
  for (const order of [events, events.toReversed()]) {
    const { row } = await play(order);
    const expected = { subscription_id: "sub_plan", plan: "yearly", price_id: sold.year, ...certain };
    assert.equal(fieldsOf(row, expected), expected);
  }
  const { row } = await play([created(subscription("sub_addon", "price_addon"))]);
  assert.equal([row["plan"], row["price_id"]], [null, "price_addon"]);
});

test("show the plan's that has ended before an add-on's that lives: the add-on alone lets no one in", async () => {
  const { row } = await play([
    created(subscription("sub_plan", sold.month, { status: "canceled", ended_at: on(5) })),
    created(subscription("sub_addon", "price_addon", { created: on(5) })),
  ]);
  assert.equal([row["subscription_id"], row["status"]], ["sub_plan", "canceled"]);
});

test("show of two live ones the active or trialing one before the past due one, though that is newer", async () => {
  for (const status of ["active", "trialing"]) {
    const events = [
      created(subscription("sub_old", sold.month, { created: on(4), status })),
      created(subscription("sub_new", sold.month, { created: on(5), status: "past_due" })),
    ];
    for (const order of [events, events.toReversed()]) {
      assert.is((await play(order)).row["subscription_id"], "sub_old");
    }
  }
});

test("have no plan where a price of no configured stack pays for a quarter or a week, and a yearly one for 12 months", async () => {
  const cases = [
    ["month", 3, null],
    ["week", 1, null],
    ["month", 12, "yearly"],
    ["month", 1, "monthly"],
  ] as const;
  for (const [interval, count, plan] of cases) {
    const price = { id: "price_any", recurring: { interval, interval_count: count } };
    const item = { ...sampleItem("price_any", period.start, period.end), price };
    const object = subscription("sub_1", "price_any", { items: { data: [item] } });
    assert.is((await play([created(object)], { isConfigured: false })).row["plan"], plan, `${count} ${interval}`);
  }
});

test("say that collection is paused, how, until when, and that this changed", async () => {
  const pause = { behavior: "void", resumes_at: on(7) };
  const paused = updated(subscription("sub_1", sold.month, { pause_collection: pause }), on(5, 2), {
    pause_collection: null,
  });
  const resumed = updated(subscription("sub_1", sold.month), on(5, 3), { pause_collection: pause });
  const events = [created(subscription("sub_1", sold.month)), paused];
  const first = { status: "active", pause_collection: "void", pause_resumes_at: on(7), ...certain };
  assert.equal(fieldsOf((await play(events)).row, first), first);
  const last = { status: "active", pause_collection: null, pause_resumes_at: null, ...certain };
  assert.equal(fieldsOf((await play([...events, resumed])).row, last), last);
  assert.equal(fieldsOf((await play([resumed, paused, ...events])).row, last), last);
});

test("are right where Stripe makes two Event objects of one change", async () => {
  const first = created(subscription("sub_1", sold.month));
  const change = subscription("sub_1", sold.month, { status: "past_due" });
  const doubled = [
    updated(change, on(5, 2), { status: "active" }, "evt_one"),
    updated(change, on(5, 2), { status: "active" }, "evt_other"),
  ];
  const later = updated(subscription("sub_1", sold.month), on(5, 3), { status: "past_due" });
  const pastDue = { status: "past_due", ...certain };
  assert.equal(fieldsOf((await play([first, ...doubled])).row, pastDue), pastDue);
  const active = { status: "active", ...certain };
  for (const order of [
    [first, ...doubled, later],
    [later, ...doubled, first],
    [first, later, ...doubled],
  ]) {
    assert.equal(fieldsOf((await play(order)).row, active), active);
  }
});

test("keep every customer that a user ever had, in any order, and what fails late is on record", async () => {
  const of = (id: string, customer: string, status: string, more: Json = {}): Json =>
    sampleSubscription({ id, customer, status, price: sold.month, ...period, more });
  const named = { metadata: { user_id: "user_1" } };
  const begins = [
    created(of("sub_a", "cus_1", "active", { created: on(4) }), on(4)),
    created(of("sub_b", "cus_2", "active", { created: on(5), ...named }), on(5)),
  ];
  const ends = [
    sampleEvent("evt_end_a", "customer.subscription.deleted", on(5, 2), of("sub_a", "cus_1", "canceled")),
    sampleEvent("evt_end_b", "customer.subscription.deleted", on(5, 3), of("sub_b", "cus_2", "canceled", named)),
  ];
  const failure = failed(on(5, 2), {
    lines: { data: [line({ amount: 580, from: on(5), to: on(6), subscription: "sub_a" })] },
    parent: null,
  });
  for (const order of [
    [...begins, ...ends, failure],
    [...begins, failure, ...ends.toReversed()],
    [...begins.toReversed(), ...ends, failure],
  ]) {
    const { row, deadLetters, core, payments } = await play(order);
    assert.equal(
      payments.map((payment) => [payment["customer_id"], payment["status"], payment["user_id"]]),
      [["cus_1", "failed", "user_1"]],
    );
    const expected = { subscription_id: "sub_b", status: "canceled", customer_id: "cus_2", ...certain };
    assert.equal(fieldsOf(row, expected), expected);
    assert.is(deadLetters, 0);
    const links = core.filter(({ SK }) => `${SK}`.startsWith("CUSTOMER#"));
    assert.equal(
      links.map(({ PK: _, ...link }) => link),
      ["cus_1", "cus_2"].map((customer) => ({ SK: `CUSTOMER#${customer}`, customer_id: customer, user_id: "user_1" })),
    );
  }
});

test("leave a customer alone that the product has put there, until a subscription of theirs has come", async () => {
  const theirs = { ...userItem("user_1", "cus_product"), nickname: "first" };
  const link = { PK: "USER#user_1", SK: "CUSTOMER#cus_1", customer_id: "cus_1", user_id: "user_1" };
  const old = created(sampleSubscription({ id: "sub_old", customer: "cus_1", ...period, more: { created: on(4) } }));
  const kept = await play([old], { items: [theirs, link] });
  assert.equal([kept.row["customer_id"], kept.row["subscription_id"]], ["cus_product", "sub_old"]);
  const own = created(
    sampleSubscription({ id: "sub_own", customer: "cus_product", ...period, more: { created: on(5) } }),
  );
  const come = await play([old, own], { items: [theirs, link] });
  assert.equal([come.row["customer_id"], come.row["subscription_id"]], ["cus_product", "sub_own"]);
  const older = created(
    sampleSubscription({ id: "sub_own", customer: "cus_product", ...period, more: { created: on(3) } }),
  );
  const followed = await play([old, older], { items: [theirs, link] });
  assert.equal([followed.row["customer_id"], followed.row["subscription_id"]], ["cus_1", "sub_old"]);
  assert.is(followed.row["nickname"], "first");
});

test("of a customer that two users claim are refused, however the claims are written", async () => {
  const items = [
    userItem("user_1", "cus_1"),
    { PK: "USER#user_2", SK: "CUSTOMER#cus_1", customer_id: "cus_1", user_id: "user_2" },
  ];
  const { outcomes } = await play([created(subscription("sub_1", sold.month))], { items });
  assert.is(outcomes[0]?.outcome, "refused");
});

test.run();
