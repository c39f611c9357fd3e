import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outboxIn } from "../../../lambdas/publishing/outbox.ts";
import { source } from "../../../lambdas/publishing/to-publish.ts";
import { handler as syncSubscription } from "../../../lambdas/sync-subscription.ts";
import { handler as writePayment } from "../../../lambdas/write-payment.ts";
import { type Json, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { ofUser } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import { markAll } from "../../helpers/mark-all.ts";
import { rejects } from "../../helpers/rejects.ts";
import { type Tables } from "../../helpers/tables.ts";
import { chargeOf, disputeOf, eventOf, linkEvent, open, paidAt, paidEvent, play, refundOf } from "../reversals/play.ts";

const test = suite("what is published of a subscription, a payment, its refunds and disputes");

let tables: Tables;
test.before(async () => {
  ({ tables } = await open());
});

const handle = async (user: string, event: Json) => {
  const run = `${event["type"]}`.startsWith("customer.") ? syncSubscription : writePayment;
  return (await captured(() => run(ofUser(user, event)))).result;
};

type Result = { publish: Awaited<ReturnType<typeof handle>>["publish"] };
const told = ({ publish }: Result) =>
  publish.entries.map(({ DetailType, Detail: { version, reason, user_id: user, changes } }) => ({
    type: DetailType,
    version,
    reason,
    user,
    changed: changes && Object.keys(changes),
  }));

const at = (time: number, status: string, more: Json = {}) => {
  const object = sampleSubscription({ status, start: 1, end: 2, ...more });
  return eventOf(
    time === 0 ? "customer.subscription.created" : "customer.subscription.updated",
    paidAt + time,
    object,
    {
      data: { object, ...(time > 0 && { previous_attributes: more["previous"] ?? { status: "x" } }) },
    },
  );
};
const toPastDue = () => at(1, "past_due", { previous: { status: "active" } });

test("is the whole state and what changed, once; a duplicate publishes the same until it is marked, and then nothing", async () => {
  const begin = at(0, "active");
  const first = await handle("subject_once", begin);
  const again = await handle("subject_once", begin);
  assert.equal([again.outcome, again.publish.entries], ["duplicate", first.publish.entries]);
  assert.equal(again.publish.marks, first.publish.marks);
  const [entry] = first.publish.entries;
  assert.equal(
    [entry?.Source, entry?.EventBusName, entry?.Detail.subject],
    [source, "billing", "subscription/subject_once"],
  );
  const ids = ["user_id", "customer_id", "subscription_id"].map((name) => entry?.Detail[name]);
  assert.equal(ids, ["subject_once", "cus_sample", "sub_sample"]);
  await markAll(first);
  assert.is((await handle("subject_once", begin)).publish.next, "nothing");
  const next = await handle("subject_once", toPastDue());
  const [{ Detail: { changes, version } } = { Detail: { changes: null, version: 0 } }] = next.publish.entries;
  assert.equal([version, changes?.["status"]], [2, { from: "active", to: "past_due" }]);
  assert.equal(Object.keys(changes ?? {}).toSorted(), ["status", "updated_at"]);
  await markAll(next);
  const noted = at(3, "past_due", { previous: { metadata: { note: "a" } } });
  const quiet = await handle("subject_once", noted);
  assert.equal([quiet.outcome, quiet.publish.next], ["applied", "nothing"]);
});

test("is all that waits, in its order, each with a state and a version of its own", async () => {
  await handle("subject_waits", at(0, "active"));
  const both = await handle("subject_waits", toPastDue());
  assert.equal(
    both.publish.entries.map(({ Detail }) => [Detail.version, Object(Detail.state).status]),
    [
      [1, "active"],
      [2, "past_due"],
    ],
  );
  assert.equal(both.publish.marks, [
    { table: "core", PK: "USER#subject_waits", SK: "SUBSCRIPTION", from: 0, through: 2 },
  ]);
});

test("is a change too that another price configuration makes of the row", async () => {
  await markAll(await handle("subject_price", at(0, "active")));
  const usual = process.env["MONTHLY_PRICES"];
  process.env["MONTHLY_PRICES"] = '["price_other"]';
  try {
    const noted = at(3, "active", { previous: { metadata: { note: "a" } } });
    const { publish } = await handle("subject_price", noted);
    const plan = { from: "monthly", to: null };
    assert.equal(publish.entries[0]?.Detail.changes?.["plan"], plan);
  } finally {
    process.env["MONTHLY_PRICES"] = usual;
  }
});

const invoice = (id: string, paid: boolean) =>
  sampleInvoice({ id, amount: 580, created: paidAt, ...(paid && { paidAt }), start: 1, end: 2 });
const failure = (id: string, time: number, more: Json = {}) =>
  eventOf("invoice.payment_failed", paidAt + time, { ...invoice(id, false), ...more });

test("is all of a row that the product has made to say who a customer is", async () => {
  await tables.add(tables.core, { PK: "USER#subject_product", SK: "SUBSCRIPTION", customer_id: "cus_sample" });
  const { publish } = await handle("subject_product", at(0, "active"));
  assert.equal(publish.entries[0]?.Detail.changes?.["customer_id"], { from: null, to: "cus_sample" });
});

test("is of each refund that waits what it added, and of one that is linked not its user again", async () => {
  await markAll((await play(linkEvent("subject_two"), "subject_user")).result);
  await markAll((await play(paidEvent("subject_two"), "subject_user")).result);
  await play(eventOf("refund.created", paidAt + 100, refundOf("subject_two")));
  const other = refundOf("subject_two", { id: "re_subject_other" });
  const { publish } = (await play(eventOf("refund.created", paidAt + 101, other))).result;
  const changes = publish.entries.map(({ Detail }) => ({ ...Detail.changes }));
  assert.equal(
    changes.map(({ refunds }) => [refunds?.from, refunds?.to].map((list) => Object(list).length)),
    [
      [0, 1],
      [1, 2],
    ],
  );
  for (const one of changes) assert.equal(Object.keys(one), ["refunds", "refunded_amounts"]);
});

test("is a payment and each failed attempt, but not the twin of one, nor what loses", async () => {
  const paid = eventOf("invoice.paid", paidAt, invoice("in_subject", true));
  const first = await handle("u", paid);
  assert.equal(
    told(first).map(({ type, version }) => [type, version]),
    [["PaymentRecorded", 1]],
  );
  const { user_id, customer_id, subscription_id, invoice_id } = { ...first.publish.entries[0]?.Detail };
  const ids = ["u", "cus_sample", "sub_sample", "in_subject"];
  assert.equal([user_id, customer_id, subscription_id, invoice_id], ids);
  assert.equal((await handle("u", paid)).publish, first.publish);
  await markAll(first);
  const smaller = eventOf("invoice.paid", paidAt, { ...invoice("in_subject", true), amount_paid: 100 });
  const stale = await handle("u", smaller);
  assert.equal([stale.outcome, stale.publish.next], ["stale", "nothing"]);
  const larger = await handle(
    "u",
    eventOf("invoice.paid", paidAt, { ...invoice("in_subject", true), amount_paid: 600 }),
  );
  const [entry] = larger.publish.entries;
  assert.equal([entry?.Detail.version, entry?.Detail.changes?.["amount"]], [2, { from: 580, to: 600 }]);
  assert.equal(entry?.Detail.subject, "payment/in_subject/SUCCEEDED");
  const failed = await handle("u", failure("in_subject", 10));
  assert.equal(
    told(failed).map(({ type, version }) => [type, version]),
    [["PaymentFailed", 1]],
  );
  assert.is(failed.publish.entries[0]?.Detail.subject, `payment/in_subject/FAILED#${paidAt + 10}#1`);
  const twin = await handle("u", failure("in_subject", 12));
  assert.equal([twin.outcome, twin.publish.next], ["applied", "nothing"]);
});

test("is again a failed attempt that says more, and never its twin", async () => {
  await markAll(await handle("u", failure("in_subject_told", 10)));
  assert.is((await handle("u", failure("in_subject_told", 12))).publish.next, "nothing");
  const more = { payment_intent: { id: "pi_1", last_payment_error: { code: "expired_card" } } };
  const twin = await handle("u", failure("in_subject_told", 12, more));
  assert.equal([twin.outcome, twin.publish.next], ["applied", "nothing"]);
  const again = await handle("u", failure("in_subject_told", 10, more));
  assert.equal(
    told(again).map(({ type, version }) => [type, version]),
    [["PaymentFailed", 2]],
  );
});

test("tells not what changed of a payment where the Lambda ended after its write, but the state, in the same version", async () => {
  const more = (amount: number) =>
    eventOf("invoice.paid", paidAt, { ...invoice("in_crash", true), amount_paid: amount });
  await markAll(await handle("u", more(100)));
  const lost = await handle("u", more(200));
  const again = await handle("u", more(200));
  const [before, after] = [lost, again].map(({ publish }) => publish.entries[0]?.Detail);
  assert.equal(after, { ...before, changes: null });
  assert.equal([after?.version, Object(after?.state).amount], [2, 200]);
  const next = await handle("u", more(300));
  assert.equal(
    next.publish.entries.map(({ Detail: { version, changes } }) => [version, changes && changes["amount"]]),
    [
      [2, null],
      [3, { from: 200, to: 300 }],
    ],
  );
});

test("has no user where a refund is not linked, and is published again, whole, once it is", async () => {
  const refund = (await play(eventOf("refund.created", paidAt + 100, refundOf("subject_r")))).result;
  assert.equal(told(refund), [
    { type: "RefundRecorded", version: 1, reason: "event", user: null, changed: ["refunds", "refunded_amounts"] },
  ]);
  await markAll(refund);
  const stale = (await play(eventOf("refund.created", paidAt + 90, refundOf("subject_r", { status: "pending" }))))
    .result;
  assert.equal([stale.outcome, stale.publish.next, stale.publish.marks.length], ["stale", "marks", 1]);
  await markAll(stale);
  const dispute = (await play(eventOf("charge.dispute.created", paidAt + 200, disputeOf("subject_r", "lost")))).result;
  assert.equal(
    told(dispute).map(({ type, version }) => [type, version]),
    [["DisputeChanged", 3]],
  );
  await markAll(dispute);
  await markAll((await play(linkEvent("subject_r"), "subject_user")).result);
  const { result } = await play(paidEvent("subject_r"), "subject_user");
  assert.equal(
    told(result).map(({ type, version, user, changed }) => [type, version, user, changed?.includes("user_id") ?? null]),
    [
      ["PaymentRecorded", 1, "subject_user", true],
      ["RefundRecorded", 4, "subject_user", true],
      ["DisputeChanged", 4, "subject_user", true],
    ],
  );
  const [payment, { Detail } = {}] = result.publish.entries;
  // A row that names what paid it alone is none yet.
  assert.is(payment?.Detail.changes?.["expires_at"]?.from, null);
  assert.equal([Detail?.subject, Detail?.["invoice_id"]], ["reversals/pi_subject_r", "in_subject_r"]);
  assert.equal(Object(Detail?.state).refunded_amounts, { jpy: 100 });
  assert.equal(Object(Detail?.state).refunds.length, 1);
});

test("has its user at once where its charge names an invoice that is on record, and none where it names none", async () => {
  await markAll((await play(paidEvent("subject_charge"), "subject_user")).result);
  const refunded = (invoiceId: string | null) =>
    play(eventOf("charge.refunded", paidAt + 100, chargeOf("subject_charge", 100, { invoice: invoiceId })));
  const none = (await refunded(null)).result;
  assert.equal(
    told(none).map(({ type, user }) => [type, user]),
    [["RefundRecorded", null]],
  );
  assert.not((await tables.items(tables.payments)).some(({ PK }) => /^INVOICE#(null|undefined|)$/.test(`${PK}`)));
  const { result } = await refunded("in_subject_charge");
  assert.equal(
    told(result).map(({ type, version, user }) => [type, version, user]),
    [
      ["RefundRecorded", 1, null],
      ["RefundRecorded", 2, "subject_user"],
    ],
  );
});

const full = Array.from({ length: 25 }, (_, index) =>
  JSON.stringify({ reason: "event", texts: {}, owner: {}, ownerBefore: {}, n: index }),
);

test("waits for twenty-five changes at most: the next is refused, with nothing written, until some are marked", async () => {
  const item = { PK: "PAYMENT#pi_subject_full", SK: "REVERSALS", expires_at: 1, stripe_unpublished: full };
  await tables.add(tables.payments, item);
  const rowOf = async () => (await tables.items(tables.payments)).find(({ PK }) => PK === item.PK);
  const event = eventOf("refund.created", paidAt + 100, refundOf("subject_full"));
  const before = await rowOf();
  assert.is((await rejects(play(event))).name, "NotPublished");
  assert.equal(await rowOf(), before);
  const marks = [{ table: "payments" as const, PK: item.PK, SK: item.SK, from: 0, through: 20 }];
  await markAll({ publish: { next: "marks", entries: [], marks, detail: null } });
  const { result } = await play(event);
  assert.equal(
    told(result).map(({ type, version }) => [type, version]),
    [["RefundRecorded", 26]],
  );
  await markAll(result);
  assert.equal(outboxIn((await rowOf()) ?? {}), { published: 26, changes: [] });
});

test("of a payment and of a subscription waits no longer either", async () => {
  const amounts = Array.from({ length: 25 }, (_, index) => index + 1);
  const more = (amount: number) =>
    eventOf("invoice.paid", paidAt, { ...invoice("in_full", true), amount_paid: amount });
  const results = [];
  for (const amount of amounts) results.push(await handle("u", more(amount)));
  assert.is((await rejects(handle("u", more(26)))).name, "NotPublished");
  // What says less is no change.
  const known = await handle("u", more(3));
  assert.equal([known.outcome, known.publish.entries.length], ["stale", 10]);
  await markAll(known);
  const applied = await handle("u", more(26));
  assert.equal(
    applied.publish.entries.map(({ Detail }) => Detail.version),
    amounts.slice(10, 20),
  );
  const begun = await handle("subject_full", at(0, "active"));
  assert.is(begun.publish.entries.length, 1);
  const flip = (time: number) =>
    at(time, time % 2 === 1 ? "past_due" : "active", { previous: { status: time % 2 === 1 ? "active" : "past_due" } });
  const last = flip(24);
  for (let time = 1; time < 24; time += 1) await handle("subject_full", flip(time));
  await handle("subject_full", last);
  assert.is((await rejects(handle("subject_full", flip(25)))).name, "NotPublished");
  // Nothing of it is to be published.
  const noted = at(24, "active", { previous: { metadata: { note: "a" } } });
  assert.is((await handle("subject_full", noted)).outcome, "applied");
  const again = await handle("subject_full", last);
  assert.equal([again.outcome, again.publish.entries.length], ["duplicate", 10]);
  await markAll(again);
  assert.is((await handle("subject_full", flip(25))).outcome, "applied");
});

test.run();
