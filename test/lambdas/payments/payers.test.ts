import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Payment } from "../../../lambdas/payments/payment.ts";
import { addPayer, settleIntent } from "../../../lambdas/payments/add-payer.ts";
import { type Payer, payerOf, payersOf } from "../../../lambdas/payments/payers.ts";
import { type Payments, paymentsTable } from "../../../lambdas/payments/payments-table.ts";
import { paymentToPublish } from "../../../lambdas/payments/published-payment.ts";
import { permutationsOf } from "../../../samples/random.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { withHook } from "../../helpers/hooked-dynamodb.ts";
import { rejects } from "../../helpers/rejects.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";
import { own, paid, record } from "./paid.ts";
import { withoutOutbox } from "../../helpers/without-outbox.ts";

const test = suite("what paid an invoice");

let tables: Tables;
let payments: Payments;
test.before(async () => {
  tables = await startTables();
  payments = paymentsTable(tables.payments);
});

const rowOf = async (id: string, SK = "SUCCEEDED"): Promise<Json> =>
  (await tables.items(tables.payments)).find((item) => item["PK"] === `INVOICE#${id}` && item["SK"] === SK) ?? {};

const placeOf = (id: string) => ({ TableName: tables.payments, Key: { PK: `INVOICE#${id}`, SK: "SUCCEEDED" } });

const payer = (id: string, more: { kind?: Payer["kind"]; expiresAt?: number } = {}): [Payer, number] => [
  { id, kind: more.kind ?? "default_intent" },
  more.expiresAt ?? 500,
];
const part = { kind: "intent" } as const;

test("keep an unrecorded invoice's row until the last of them may go, whatever their order", async () => {
  for (const [id, orders] of Object.entries({ in_up: [500, 600], in_down: [600, 500], in_same: [600, 600] })) {
    for (const [index, expiresAt] of orders.entries()) {
      await payments.link(id, ...payer(`pi_${index}`, { ...part, expiresAt }));
    }
    assert.is((await rowOf(id))["expires_at"], 600, id);
  }
});

// Runs something after each call of DynamoDB has been answered, before its caller goes on.
const afterEachCall = (hook: (input: Json) => Promise<unknown>, run: () => Promise<unknown>): Promise<unknown> =>
  withHook(async (call, input) => {
    const answer = await call();
    await hook(input);
    return answer;
  }, run);

test("change nothing of when a payment may go that is recorded between the two calls of one link", async () => {
  await payments.link("in_between", ...payer("pi_1", { ...part, expiresAt: 500 }));
  let calls = 0;
  const recordOnce = async () => {
    calls += 1;
    if (calls === 1) await record(payments, paid("in_between", { expires_at: 550 }));
  };
  await afterEachCall(recordOnce, () => payments.link("in_between", ...payer("pi_2", { ...part, expiresAt: 600 })));
  assert.ok(calls > 1);
  assert.is((await rowOf("in_between"))["expires_at"], 550);
});

test("are all written when the answer comes, and found as they are then", async () => {
  await payments.link("in_waits", ...payer("pi_2", { expiresAt: 500 }));
  let answered = 0;
  const slowly = async () => {
    await new Promise((done) => void setImmediate(done));
    answered += 1;
  };
  await afterEachCall(slowly, async () => {
    await payments.link("in_waits", ...payer("pi_1", { expiresAt: 600 }));
    assert.is(answered, 3);
    await record(payments, paid("in_waits", { payer: own("pi_0") }));
    assert.is(answered, 5);
  });
  const reads: unknown[] = [];
  const seen = async ({ ConsistentRead }: Json) => reads.push(ConsistentRead);
  await afterEachCall(seen, () => payments.isNewAttempt(failed("in_waits", 1_767_225_600)));
  assert.equal(reads, [true]);
});

test("change nothing of when a recorded payment may go, before or after it is recorded", async () => {
  await record(payments, paid("in_link_after"));
  await payments.link("in_link_after", ...payer("pi_1", { expiresAt: 9000 }));
  await payments.link("in_link_before", ...payer("pi_1", { expiresAt: 9000 }));
  await record(payments, paid("in_link_before"));
  for (const id of ["in_link_after", "in_link_before"]) assert.is((await rowOf(id))["expires_at"], 2000, id);
});

test("make the smallest default one the payment's own, whether a link or the payment names it", async () => {
  for (const [id, names] of Object.entries({ in_small: ["pi_1", "pi_2"], in_large: ["pi_2", "pi_1"] })) {
    for (const name of names) assert.is((await payments.link(id, ...payer(name))).outcome, "applied");
    const row = await rowOf(id);
    assert.equal([row["payment_id"], row["stripe_payment_intent_id"]], ["pi_1", "pi_1"], id);
    for (const name of names) assert.is((await payments.link(id, ...payer(name))).outcome, "duplicate");
  }
  await payments.link("in_recorded", ...payer("pi_2"));
  const smaller = paid("in_recorded", { payer: own("pi_1") });
  assert.equal(await record(payments, smaller), { outcome: "applied", isFirst: true, payers: ["pi_2", "pi_1"] });
  assert.is((await rowOf("in_recorded"))["payment_id"], "pi_1");
  assert.equal(await record(payments, smaller), { outcome: "duplicate", isFirst: false, payers: ["pi_1", "pi_2"] });
});

test("are each on the row, and only a default one is its own", async () => {
  assert.is((await payments.link("in_part", ...payer("pi_2", part))).outcome, "applied");
  assert.is((await payments.link("in_part", ...payer("pi_2", part))).outcome, "duplicate");
  const row = await rowOf("in_part");
  assert.not("payment_id" in row);
  assert.not("stripe_payment_intent_id" in row);
  // It is known, but not yet as the default one.
  assert.is((await payments.link("in_part", ...payer("pi_2"))).outcome, "applied");
  assert.is((await rowOf("in_part"))["payment_id"], "pi_2");
  assert.is((await payments.link("in_part", ...payer("pi_3", part))).outcome, "applied");
  assert.equal((await rowOf("in_part"))["stripe_payment_intent_ids"], ["pi_2", "pi_3"]);
  await payments.link("in_part", ...payer("pi_1", part));
  assert.is((await payments.link("in_part", ...payer("pi_1"))).outcome, "applied");
  assert.is((await rowOf("in_part"))["payment_id"], "pi_1");
});

test("are new to a payment whose other fields are known already", async () => {
  await record(payments, paid("in_intent"));
  const named = paid("in_intent", { payer: own("pi_1") });
  assert.equal(await record(payments, named), { outcome: "applied", isFirst: false, payers: ["pi_1"] });
  assert.equal(await record(payments, named), { outcome: "duplicate", isFirst: false, payers: ["pi_1"] });
  assert.equal(await record(payments, paid("in_intent")), { outcome: "duplicate", isFirst: false, payers: ["pi_1"] });
});

test("say whether an event was the first to tell of its payment, for each that wins and each that loses", async () => {
  assert.equal(await record(payments, paid("in_first")), { outcome: "applied", isFirst: true, payers: [] });
  assert.equal(await record(payments, paid("in_first", { amount: 600 })), {
    outcome: "applied",
    isFirst: false,
    payers: [],
  });
  const losing = paid("in_first", { amount: 5 });
  assert.equal(await record(payments, losing), { outcome: "stale", isFirst: false, payers: [] });
  const naming = { ...losing, payer: own("pi_1") };
  assert.equal(await record(payments, naming), { outcome: "applied", isFirst: false, payers: ["pi_1"] });
  assert.equal(await record(payments, naming), { outcome: "stale", isFirst: false, payers: ["pi_1"] });
  await payments.link("in_linked", ...payer("pi_1"));
  assert.equal(await record(payments, paid("in_linked")), { outcome: "applied", isFirst: true, payers: ["pi_1"] });
});

test("are recorded with an attempt that is not published though others of its row wait", async () => {
  const { PK, SK, ...said } = paid("in_room", { SK: "FAILED#1000#1", status: "failed", attempt_count: 1 });
  const waiting = Array.from({ length: 25 }, () => paymentToPublish(said, "event"));
  await tables.add(tables.payments, { PK, SK, stripe_unpublished: waiting });
  const settings = { reason: "event", isPublished: false } as const;
  assert.is((await payments.record({ PK, SK, ...said, payer: own("pi_1") }, settings)).outcome, "applied");
  const { amount, payment_id: id } = await rowOf("in_room", SK);
  assert.equal([amount, id], [580, "pi_1"]);
});

test("of one that loses to a row that names none is put on it, as its own", async () => {
  await record(payments, paid("in_named"));
  await record(payments, paid("in_named", { amount: 5, payer: own("pi_1") }));
  const row = await rowOf("in_named");
  assert.equal([row["payment_id"], row["amount"], row["expires_at"]], ["pi_1", 580, 2000]);
});

test("are those of its row: the own one, the others, and charges without an intent, each once", () => {
  assert.equal(payersOf({ stripe_payment_intent_id: "pi_1" }), ["pi_1"]);
  const row = { stripe_payment_intent_id: "pi_1", stripe_payment_intent_ids: new Set(["pi_2", "pi_1"]) };
  assert.equal(payersOf({ ...row, stripe_charge_ids: new Set(["ch_1"]) }), ["pi_1", "pi_2", "ch_1"]);
  assert.equal(payersOf({ payment_id: "in_1", stripe_payment_intent_ids: null }), []);
});

test("are the payment intent, or the charge where there is none", () => {
  assert.equal(payerOf({ payment_intent: "pi_1", charge: "ch_1" }, true), { id: "pi_1", kind: "default_intent" });
  assert.equal(payerOf({ payment_intent: "pi_1" }, false), { id: "pi_1", kind: "intent" });
  for (const isDefault of [true, false]) {
    assert.equal(payerOf({ payment_intent: null, charge: "ch_1" }, isDefault), { id: "ch_1", kind: "charge" });
  }
  assert.is(payerOf({ payment_intent: null, charge: null }, true), null);
});

test("are kept apart by what they are: a charge names no payment", async () => {
  assert.is((await payments.link("in_by_charge", { id: "ch_1", kind: "charge" }, 500)).outcome, "applied");
  assert.is((await payments.link("in_by_charge", { id: "ch_1", kind: "charge" }, 500)).outcome, "duplicate");
  assert.equal(await rowOf("in_by_charge"), {
    PK: "INVOICE#in_by_charge",
    SK: "SUCCEEDED",
    stripe_charge_ids: ["ch_1"],
    expires_at: 500,
  });
  const charged = paid("in_by_charge", { payer: { id: "ch_2", kind: "charge" } });
  assert.equal(await record(payments, charged), { outcome: "applied", isFirst: true, payers: ["ch_1", "ch_2"] });
  assert.equal(await record(payments, charged), { outcome: "duplicate", isFirst: false, payers: ["ch_1", "ch_2"] });
  const { payment_id: id, stripe_charge_ids: charges } = await rowOf("in_by_charge");
  assert.equal([id, charges], ["in_by_charge", ["ch_1", "ch_2"]]);
});

test("say whose payment it is once that is on record", async () => {
  assert.is((await payments.link("in_whose", ...payer("pi_1"))).payment, null);
  await record(payments, paid("in_whose"));
  const { payment } = await payments.link("in_whose", ...payer("pi_2", part));
  const expected = { userId: "user_1", invoiceId: "in_whose", expiresAt: 90 + 2557 * 24 * 3600 };
  assert.equal(payment, expected);
  const event = { reason: "event", isPublished: true } as const;
  assert.equal((await payments.record(paid("in_whose"), event)).payment, expected);
  const others = paid("in_whose", { user_id: "user_2", amount: 5, payer: own("pi_3") });
  assert.equal((await payments.record(others, event)).payment, expected);
});

test("are settled by the row as it is then, and not by what was read of it", async () => {
  await payments.link("in_settled", ...payer("pi_1"));
  await settleIntent(placeOf("in_settled"), own("pi_2"), { stripe_payment_intent_id: "pi_3" });
  assert.is((await rowOf("in_settled"))["payment_id"], "pi_1");
  await settleIntent(placeOf("in_settled"), own("pi_0"), {});
  await settleIntent(placeOf("in_settled"), own("pi_0"), { stripe_payment_intent_id: "pi_0" });
  await settleIntent(placeOf("in_settled"), { id: "pi_0", kind: "intent" }, { stripe_payment_intent_id: "pi_1" });
  assert.is((await rowOf("in_settled"))["payment_id"], "pi_1");
  await settleIntent(placeOf("in_settled"), own("pi_0"), { stripe_payment_intent_id: "pi_1" });
  assert.is((await rowOf("in_settled"))["payment_id"], "pi_0");
});

test("throw what DynamoDB says of anything but a condition", async () => {
  const nowhere = { ...placeOf("in_x"), TableName: "no-table" };
  assert.is((await rejects(addPayer(nowhere, ...payer("pi_1")))).name, "ResourceNotFoundException");
  assert.is(
    (await rejects(settleIntent(nowhere, own("pi_1"), { stripe_payment_intent_id: "pi_2" }))).name,
    "ResourceNotFoundException",
  );
  const others = paymentsTable("no-table");
  assert.is((await rejects(record(others, paid("in_x")))).name, "ResourceNotFoundException");
  assert.is((await rejects(others.link("in_x", ...payer("pi_1")))).name, "ResourceNotFoundException");
});

const failed = (id: string, at: number, more: Partial<Payment> = {}): Payment => ({
  ...paid(id),
  SK: `FAILED#${at}#1`,
  status: "failed",
  created_at: at,
  failure_reason: "payment_failed",
  attempt_count: 1,
  ...more,
});

const second = 1_767_225_600;

test("are of an attempt more where no other row of the invoice is it, less than five seconds before or after", async () => {
  const recordAt = (at: number, more: Partial<Payment> = {}) => record(payments, failed("in_twin", second + at, more));
  const isNew = (at: number, more: Partial<Payment> = {}) =>
    payments.isNewAttempt(failed("in_twin", second + at, more));
  assert.is(await isNew(0), true);
  await recordAt(0);
  assert.is(await isNew(0), true);
  for (const at of [-4, -1, 1, 4]) assert.is(await isNew(at), false, `${at}`);
  for (const at of [-5, 5]) assert.is(await isNew(at), true, `${at}`);
  assert.is(await isNew(1, { amount: 5 }), true);
  await record(payments, paid("in_twin", { created_at: second + 10 }));
  assert.is(await isNew(10), true);
  assert.is(await payments.isNewAttempt(failed("in_other", second + 1)), true);
  // On record since before changes were published.
  await payments.record(failed("in_untold", second), { reason: "event", isPublished: false });
  assert.is(await payments.isNewAttempt(failed("in_untold", second)), true);
});

test("are counted as often as the rows show attempts in the end, in every order", async () => {
  const times = [0, 4, 8, 9];
  const orders = permutationsOf(times);
  assert.is(orders.length, 24);
  for (const [index, order] of orders.entries()) {
    let counted = 0;
    for (const at of order) {
      const row = failed(`in_chain_${index}`, second + at);
      if (await payments.isNewAttempt(row)) counted += 1;
      await record(payments, row);
    }
    assert.is(counted, 2, `${order}`);
  }
});

test("let the event win that says more, and of those that say as much the same one in any order", async () => {
  const reason = { failure_reason: "card_declined" };
  const cases: [string, Partial<Payment>, Partial<Payment>][] = [
    ["in_reason", {}, reason],
    ["in_two", { ...reason, customer_id: null }, { billing_period_start: 1 }],
    ["in_by_text", { user_id: "user_1" }, { user_id: "user_2" }],
  ];
  for (const [id, one, other] of cases) {
    const rows: string[] = [];
    for (const order of [
      [one, other],
      [other, one],
    ]) {
      const name = `${id}_${rows.length}`;
      for (const more of order) await record(payments, failed(name, 1000, more));
      rows.push(JSON.stringify(withoutOutbox(await rowOf(name, "FAILED#1000#1"))).replaceAll(name, id));
    }
    assert.is(rows[0], rows[1], id);
  }
  assert.is((await rowOf("in_reason_0", "FAILED#1000#1"))["failure_reason"], "card_declined");
});

test.run();
