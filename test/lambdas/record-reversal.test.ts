import { suite } from "uvu";
import * as assert from "uvu/assert";
import { recordReversal } from "../../lambdas/record-reversal.ts";
import { paymentsTable } from "../../lambdas/payments/payments-table.ts";
import { reversalsTable } from "../../lambdas/reversals/reversals-table.ts";
import { handle } from "../../lambdas/runtime/handle.ts";
import type { Records } from "../../records/records.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import { onTheBus, taskInput } from "../events/envelope.ts";
import { captured } from "../helpers/captured.ts";
import { rejects } from "../helpers/rejects.ts";
import type { Tables } from "../helpers/tables.ts";
import {
  chargeOf,
  countedIn,
  disputeOf,
  eventOf,
  itemsOf,
  linkEvent,
  open,
  paidAt,
  paidEvent,
  play,
  refundOf,
} from "./reversals/play.ts";
import { withoutPublish } from "../helpers/without-publish.ts";

const test = suite("record-reversal");

let tables: Tables;
let records: Records;
test.before(async () => {
  ({ tables, records } = await open());
});

const sevenYears = (at: number): number =>
  Date.UTC(new Date(1000 * at).getUTCFullYear() + 7, 0, 1) / 1000 + (at - paidAt);

const reversalsOf = async (name: string): Promise<Json> => (await itemsOf(tables, name))["PAYMENT"] ?? {};
const paymentOf = async (name: string) => (await records.paymentsOf(`in_${name}`))[0];
const created = (name: string, more: Json = {}) => eventOf("refund.created", paidAt + 100, refundOf(name, more));
const disputed = (name: string, status: string, more: Json = {}) =>
  eventOf("charge.dispute.created", paidAt + 200, disputeOf(name, status, more));

test("keeps what Stripe says of a refund in an item of its payment, for seven years", async () => {
  const { result } = await play(created("kept"));
  assert.equal(withoutPublish(result), { outcome: "applied", written: ["payments PAYMENT#pi_kept REVERSALS"] });
  const { refund_re_kept: texts, ...item } = await reversalsOf("kept");
  assert.equal(item, { PK: "PAYMENT#pi_kept", SK: "REVERSALS", expires_at: sevenYears(paidAt + 100) });
  assert.equal(
    (texts as string[]).map((text) => JSON.parse(text)),
    [
      {
        at: paidAt + 100,
        status: "succeeded",
        amount: 100,
        currency: "jpy",
        reason: "requested_by_customer",
        failure_reason: null,
        created: paidAt + 100,
      },
    ],
  );
});

test("says whether an event is new, known, or older than what is known", async () => {
  const outcomeOf = async (event: Json) => withoutPublish((await play(event)).result);
  const later = eventOf("refund.failed", paidAt + 300, refundOf("old", { status: "failed" }));
  assert.is((await outcomeOf(later)).outcome, "applied");
  assert.equal(await outcomeOf(later), { outcome: "duplicate", written: [] });
  assert.is((await outcomeOf(created("old"))).outcome, "stale");
  assert.is((await outcomeOf(created("old"))).outcome, "duplicate");
});

test("reads each of its types, of which a charge tells before 2022-11-15 by the list of its refunds", async () => {
  const list = { object: "list", data: [refundOf("types", { charge: "ch_types" })], has_more: false };
  const objects: Record<string, Json> = {
    "refund.created": refundOf("types"),
    "refund.updated": refundOf("types"),
    "refund.failed": refundOf("types", { status: "failed" }),
    "charge.refunded": chargeOf("types", 100, { refunds: list, invoice: "in_types" }),
    "charge.refund.updated": refundOf("types"),
    "charge.dispute.created": disputeOf("types", "needs_response"),
    "charge.dispute.updated": disputeOf("types", "under_review"),
    "charge.dispute.closed": disputeOf("types", "lost"),
    "charge.dispute.funds_withdrawn": disputeOf("types", "needs_response"),
    "charge.dispute.funds_reinstated": disputeOf("types", "won"),
  };
  for (const [index, [type, object]] of Object.entries(objects).entries()) {
    assert.is((await play(eventOf(type, paidAt + 100 + index, object))).result.outcome, "applied", type);
  }
  await play(paidEvent("types"));
  const payment = await paymentOf("types");
  assert.equal(
    [payment?.status, payment?.refunded_amount, payment?.dispute?.status, payment?.refunds.length],
    ["partially_refunded", 100, "won", 1],
  );
  for (const type of ["payout.created", "charge.updated", "charge.refunded.x", "a.refund.created"]) {
    const { name, message } = await rejects(play(eventOf(type, paidAt, refundOf("types"))));
    assert.is(name, "InvalidEvent", type);
    assert.is(message, `detail.type: expected one about a refund, a dispute or a refunded charge, got ${type}`);
  }
});

test("ties a payment that an older charge names, whichever comes first", async () => {
  const named = (name: string) =>
    eventOf("charge.refunded", paidAt + 100, chargeOf(name, 580, { invoice: `in_${name}` }));
  await play(paidEvent("tie_after"));
  await play(named("tie_after"));
  await play(named("tie_before"));
  await play(paidEvent("tie_before"));
  for (const name of ["tie_after", "tie_before"]) {
    const payment = await paymentOf(name);
    assert.equal([payment?.status, payment?.payment_id], ["refunded", `pi_${name}`], name);
    assert.is((await reversalsOf(name))["user_id"], "user_reversed");
  }
});

test("goes by the charge where there is no payment intent, and joins it with its payment", async () => {
  const none = { payment_intent: null };
  for (const name of ["charge_a", "charge_b", "charge_c"]) {
    await play(eventOf("refund.created", paidAt + 100, refundOf(name, none)));
    await play(disputed(name, "under_review", none));
    assert.is((await reversalsOf(name))["PK"], `PAYMENT#ch_${name}`);
  }
  await play(linkEvent("charge_a", { type: "charge", charge: "ch_charge_a" }));
  await play(paidEvent("charge_a"));
  await play(paidEvent("charge_b", { charge: "ch_charge_b", payment_intent: null }));
  await play(paidEvent("charge_c"));
  await play(eventOf("charge.refunded", paidAt + 100, chargeOf("charge_c", 100, { ...none, invoice: "in_charge_c" })));
  for (const name of ["charge_a", "charge_b", "charge_c"]) {
    const payment = await paymentOf(name);
    assert.equal([payment?.status, payment?.refunded_amount], ["disputed", 100], name);
    assert.equal([payment?.stripe_charge_ids, payment?.payment_id], [[`ch_${name}`], `in_${name}`], name);
    assert.is((await reversalsOf(name))["user_id"], "user_reversed");
  }
});

test("skips what names no payment, and what is of a connected account", async () => {
  const skipped = { outcome: "skipped", written: [] };
  const { result, logs } = await play(created("nothing", { payment_intent: null, charge: null }));
  assert.equal([withoutPublish(result), result.publish.next], [skipped, "nothing"]);
  const { eventId: _, execution: __, ...line } = Object(logs.at(-1));
  const ids = { paymentId: null, reversalId: "re_nothing" };
  assert.equal(line, { message: "Nothing is written", outcome: "skipped", reason: "It names no payment", ...ids });
  const connected = await play({ ...created("connected"), account: "acct_1", livemode: false });
  assert.equal([withoutPublish(connected.result), countedIn(connected.stdout)], [skipped, [{ NoneOfOurs: 1 }]]);
  assert.equal(await reversalsOf("connected"), {});
});

test("refuses the test mode where live events only are taken", async () => {
  const run = (livemode: boolean) => {
    const event = taskInput(onTheBus({ ...created("mode"), livemode }));
    return captured(() =>
      handle(
        event,
        recordReversal(paymentsTable(tables.payments), reversalsTable(tables.payments), {
          liveOnly: true,
          bus: "billing",
        }),
      ),
    );
  };
  assert.is((await rejects(run(false))).name, "Refused");
  assert.equal(await reversalsOf("mode"), {});
  assert.is((await run(true)).result.outcome, "applied");
});

test("says which field of an event is wrong", async () => {
  const wrong: Json = {
    id: "",
    amount: -1,
    currency: "JPY",
    status: 1,
    created: "today",
    charge: 1,
    payment_intent: 1,
  };
  for (const [field, value] of Object.entries(wrong)) {
    const { name, message } = await rejects(play(created("wrong", { [field]: value })));
    assert.is(name, "InvalidEvent", field);
    assert.match(message, `detail.data.object.${field}: `);
  }
  assert.match((await rejects(play(created("wrong", { object: "payout" })))).message, "detail.data.object.object: ");
  const objects = { refund: refundOf("wrong"), dispute: disputeOf("wrong", "won"), charge: chargeOf("wrong", 1) };
  const types = { refund: "refund.updated", dispute: "charge.dispute.closed", charge: "charge.refunded" };
  for (const [kind, type] of Object.entries(types)) {
    for (const [other, object] of Object.entries(objects)) {
      if (other === kind) continue;
      const { message } = await rejects(play(eventOf(type, paidAt, object)));
      assert.is(message, `detail.data.object.object: expected ${kind}, got ${other}`);
    }
  }
  for (const [field, value] of Object.entries({ amount: 1.5, evidence_details: { due_by: -1 } })) {
    assert.match(
      (await rejects(play(disputed("wrong", "won", { [field]: value })))).message,
      `detail.data.object.${field}`,
    );
  }
  const list = { data: [refundOf("wrong", { amount: null })] };
  for (const [field, more] of Object.entries({
    amount_refunded: { amount_refunded: null },
    refunds: { refunds: list },
  })) {
    const event = eventOf("charge.refunded", paidAt, chargeOf("wrong", 1, more));
    assert.match((await rejects(play(event))).message, `detail.data.object.${field}`);
  }
  assert.equal(await reversalsOf("wrong"), {});
});

test("keeps a refund that is none of ours until it expires, without a user, a metric or an alarm", async () => {
  const refund = await play(created("theirs"));
  const dispute = await play(disputed("theirs", "needs_response"));
  assert.equal([refund.stdout, dispute.stdout], [[], []]);
  const { user_id: user, stripe_invoice_id: invoice, expires_at: until } = await reversalsOf("theirs");
  assert.equal([user, invoice, until], [undefined, undefined, sevenYears(paidAt + 200)]);
  assert.is(
    (await records.payments("user_reversed", { limit: 1000 })).payments.some(
      ({ payment_id: id }) => id === "pi_theirs",
    ),
    false,
  );
});

test("is of the user of the payment that is on record, whichever event comes last", async () => {
  for (const order of [
    ["user_a", "user_b"],
    ["user_b", "user_a"],
  ]) {
    const name = `users_${order[0]}`;
    for (const user of order) {
      const amount = user === "user_a" ? 480 : 580;
      await play(paidEvent(name, { amount_paid: amount, payment_intent: `pi_${name}` }), user);
    }
    assert.is((await reversalsOf(name))["user_id"], "user_b", name);
  }
});

test("is kept until the last may go of what it says, whatever the order", async () => {
  const early = created("until", { created: paidAt + 10 });
  const late = disputed("until", "won", { created: paidAt + 500 });
  for (const event of [late, early, linkEvent("until"), paidEvent("until")]) await play(event);
  assert.is((await reversalsOf("until"))["expires_at"], sevenYears(paidAt + 500));
});

const metrics = async (event: Json): Promise<Json[]> => countedIn((await play(event)).stdout);

test("counts what goes back of our payments, once, and by its currency", async () => {
  await play(paidEvent("counted"));
  await play(linkEvent("counted"));
  const once = [{ Refunded: 1 }, { RefundedAmount: 100, Currency: "jpy" }];
  assert.equal(await metrics(created("counted")), once);
  assert.equal(await metrics(created("counted")), []);
  assert.equal(await metrics(eventOf("charge.refunded", paidAt + 100, chargeOf("counted", 100))), []);
  assert.equal(await metrics(eventOf("refund.updated", paidAt + 101, refundOf("counted"))), []);
  const more = await metrics(eventOf("charge.refunded", paidAt + 120, chargeOf("counted", 150)));
  assert.equal(more, [{ Refunded: 1 }, { RefundedAmount: 50, Currency: "jpy" }]);
  assert.equal(await metrics(eventOf("refund.failed", paidAt + 130, refundOf("counted", { status: "failed" }))), []);
  const other = await metrics(created("counted", { id: "re_usd", currency: "usd", created: paidAt + 140 }));
  assert.equal(other, [{ Refunded: 1 }, { RefundedAmount: 100, Currency: "usd" }]);
});

test("counts each refund and each dispute, also those that are told of at once, or need no answer", async () => {
  await play(paidEvent("several"));
  await play(linkEvent("several"));
  const failed = refundOf("several", { id: "re_s1", status: "failed" });
  await play(eventOf("refund.created", paidAt + 90, { ...failed, status: "succeeded" }));
  const data = [failed, refundOf("several", { id: "re_s2" }), refundOf("several", { id: "re_s3", amount: 50 })];
  const list = eventOf("charge.refunded", paidAt + 100, chargeOf("several", 150, { refunds: { data } }));
  assert.equal(await metrics(list), [{ Refunded: 2 }, { RefundedAmount: 150, Currency: "jpy" }]);
  const { logs, stdout } = await play(disputed("several", "lost", { amount: 80 }));
  assert.equal(countedIn(stdout), [{ Disputed: 1 }, { DisputedAmount: 80, Currency: "jpy" }]);
  const { status, disputeId } = logs.map(Object).find(({ message }) => message === "Disputed") ?? {};
  assert.equal([status, disputeId], ["lost", "dp_several"]);
});

test("takes a refund without a status for none that has succeeded", async () => {
  await play(paidEvent("unstated"));
  await play(linkEvent("unstated"));
  assert.is((await play(created("unstated", { status: null }))).result.outcome, "applied");
  const payment = await paymentOf("unstated");
  assert.equal([payment?.status, payment?.refunds[0]?.status], ["succeeded", "unknown"]);
});

test("adds up what went back of all intents that paid an invoice", async () => {
  await play(paidEvent("parts"));
  for (const [part, amount] of Object.entries({ a: 300, b: 280 })) {
    const id = `parts_${part}`;
    const of = { payment_intent: `pi_${id}` };
    await play(linkEvent("parts", of, { id: `inpay_${id}`, is_default: part === "a" }));
    await play(eventOf("refund.created", paidAt + amount, refundOf(id, { ...of, amount, created: paidAt + amount })));
    await play(eventOf("charge.refunded", paidAt + amount, chargeOf(id, amount, of)));
  }
  const payment = await paymentOf("parts");
  assert.equal([payment?.status, payment?.refunded_amount, payment?.net_amount], ["refunded", 580, 0]);
});

test("tells at once of a dispute that needs an answer, until when, and again after an appeal", async () => {
  await play(paidEvent("answer"));
  await play(linkEvent("answer"));
  const event = disputed("answer", "needs_response");
  const { logs, stdout } = await play(event);
  assert.equal(countedIn(stdout), [{ Disputed: 1 }, { DisputedAmount: 580, Currency: "jpy" }, { DisputeOpened: 1 }]);
  const line = logs.map(Object).find(({ message }) => message === "Dispute needs an answer");
  assert.equal(
    { ...line, eventId: null, execution: null },
    {
      message: "Dispute needs an answer",
      eventId: null,
      execution: null,
      userId: "user_reversed",
      invoiceId: "in_answer",
      disputeId: "dp_answer",
      status: "needs_response",
      reason: "fraudulent",
      amount: 580,
      currency: "jpy",
      dueBy: "2026-01-11T10:00:00.000Z",
    },
  );
  // The try before may have ended before it told of it; its amount is counted once.
  assert.equal(await metrics(event), [{ DisputeOpened: 1 }]);
  const moved = eventOf("charge.dispute.funds_withdrawn", paidAt + 200, disputeOf("answer", "needs_response"));
  assert.equal(await metrics(moved), []);
  const next = (status: string, at: number) =>
    metrics(eventOf("charge.dispute.updated", paidAt + at, disputeOf("answer", status)));
  assert.equal(await next("needs_response", 210), []);
  assert.equal(await next("under_review", 220), []);
  assert.equal(await next("lost", 230), []);
  assert.equal(await next("appeal_needs_response", 240), [{ DisputeOpened: 1 }]);
});

test("tells of what came before its payment was known for ours once it is, by whichever event says it", async () => {
  const undated = { evidence_details: null };
  for (const name of ["told_a", "told_b"]) {
    await play(created(name));
    await play(disputed(name, "needs_response", undated));
  }
  const all = [
    { Refunded: 1 },
    { RefundedAmount: 100, Currency: "jpy" },
    { Disputed: 1 },
    { DisputedAmount: 580, Currency: "jpy" },
    { DisputeOpened: 1 },
  ];
  const paid = { PaymentFailed: 0, PaymentSucceeded: 1 };
  assert.equal(await metrics(linkEvent("told_a")), []);
  const { logs, stdout } = await play(paidEvent("told_a"));
  assert.equal(countedIn(stdout), [paid, ...all]);
  assert.is(Object(logs.at(-1)).dueBy, null);
  assert.equal(await metrics(paidEvent("told_b")), [paid]);
  assert.equal(await metrics(linkEvent("told_b")), all);
  // Its try before may have ended before it told of it.
  assert.equal(await metrics(linkEvent("told_b")), [{ DisputeOpened: 1 }]);
});

test("logs what it has written, whose payment it is, and its ids", async () => {
  await play(created("logged"));
  await play(linkEvent("logged"));
  await play(paidEvent("logged"));
  const { logs } = await play(eventOf("refund.failed", paidAt + 130, refundOf("logged", { status: "failed" })));
  const { eventId: _, execution: __, ...line } = Object(logs.at(-1));
  assert.equal(line, {
    message: "Reversal recorded",
    outcome: "applied",
    written: ["payments PAYMENT#pi_logged REVERSALS"],
    userId: "user_reversed",
    invoiceId: "in_logged",
    paymentId: "pi_logged",
    reversalId: "re_logged",
  });
});

test.run();
