import { suite } from "uvu";
import * as assert from "uvu/assert";
import { attributeOf, reversalsIn } from "../../../lambdas/reversals/reversals.ts";
import { permutationsOf } from "../../../samples/random.ts";
import { charge, dispute, knowing, refund } from "./said.ts";

const test = suite("the refunds and disputes of a payment");

const statusIn = (status: string, other: string, kind: "refund" | "dispute"): unknown => {
  const of = (one: string) => (kind === "refund" ? refund("re_1", 20, { status: one }) : dispute("dp_1", 20, one));
  const [found, again] = [knowing(of(status), of(other)), knowing(of(other), of(status))];
  assert.equal(found, again);
  return [...found.refunds, ...found.disputes][0]?.status;
};

test("are what Stripe said last of each, whatever came first", () => {
  const facts = [
    refund("re_1", 20, { status: "pending" }),
    refund("re_1", 22, { status: "failed", failure_reason: "expired_or_canceled_card" }),
    refund("re_1", 21),
    refund("re_2", 19, { amount: 30 }),
  ];
  for (const order of permutationsOf(facts)) {
    const { refunds } = knowing(...order);
    assert.equal(
      refunds.map(({ id, at, status, amount }) => [id, at, status, amount]),
      [
        ["re_1", 22, "failed", 100],
        ["re_2", 19, "succeeded", 30],
      ],
    );
  }
});

test("are in the order in which they were made, and by their ids of one second", () => {
  const facts = [
    ...[12, 11, 10].flatMap((created) => [
      refund(`re_${created}`, 20, { created }),
      dispute(`dp_${created}`, 20, "lost", { created }),
    ]),
    ...["b", "a"].flatMap((id) => [refund(`re_${id}`, 20), dispute(`dp_${id}`, 20, "lost")]),
  ];
  const { refunds, disputes } = knowing(...facts);
  const order = ["10", "a", "b", "11", "12"];
  assert.equal(
    [refunds, disputes].map((list) => list.map(({ id }) => id)),
    ["re", "dp"].map((kind) => order.map((one) => `${kind}_${one}`)),
  );
});

test("are none of an empty set, which DynamoDB never has", () => {
  assert.throws(() => reversalsIn({ refund_re_1: new Set() }), "A set of facts is empty");
});

test("may come back: a dispute that is lost, appealed and won is won", () => {
  const statuses = ["needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review", "won"];
  const facts = statuses.map((status, index) => dispute("dp_1", 20 + index, status));
  for (const [index, status] of statuses.entries()) {
    assert.is(knowing(...facts.slice(0, index + 1).toReversed()).disputes[0]?.status, status);
  }
});

test("follow Stripe's order of statuses within one second", () => {
  const orders = {
    refund: ["requires_action", "pending", "succeeded", "canceled", "failed"],
    dispute: [
      "warning_needs_response",
      "warning_under_review",
      "warning_closed",
      "needs_response",
      "under_review",
      "prevented",
      "lost",
      "appeal_needs_response",
      "appeal_under_review",
      "won",
    ],
  } as const;
  for (const kind of ["refund", "dispute"] as const) {
    for (const [index, later] of orders[kind].entries()) {
      assert.is(statusIn(later, "a_new_one", kind), later);
      for (const earlier of orders[kind].slice(0, index)) assert.is(statusIn(earlier, later, kind), later);
    }
  }
});

test("do not depend on the order of two that say other things at the same time, with the same status", () => {
  const two = [refund("re_1", 20, { amount: 100 }), refund("re_1", 20, { amount: 200 })];
  assert.equal(knowing(...two), knowing(...two.toReversed()));
  assert.is(knowing(...two).refunds.length, 1);
});

test("are listed as they were made", () => {
  const made = [
    refund("re_b", 30, { created: 5 }),
    refund("re_c", 20, { created: 6 }),
    refund("re_a", 20, { created: 5 }),
  ];
  assert.equal(
    knowing(...made).refunds.map(({ id }) => id),
    ["re_a", "re_b", "re_c"],
  );
  const disputes = [dispute("dp_2", 20, "won", { created: 8 }), dispute("dp_1", 20, "won", { created: 9 })];
  assert.equal(
    knowing(...disputes).disputes.map(({ id }) => id),
    ["dp_2", "dp_1"],
  );
});

test("take the latest amount that is refunded of a charge, and of one second the larger", () => {
  const amountOf = (...facts: ReturnType<typeof charge>[]) => knowing(...facts).charge?.amount_refunded;
  assert.is(amountOf(charge(20, 300), charge(21, 100)), 100);
  assert.is(amountOf(charge(21, 100), charge(20, 300)), 100);
  assert.is(amountOf(charge(20, 100), charge(20, 300)), 300);
  assert.is(amountOf(charge(20, 1000), charge(20, 300)), 1000);
  assert.is(knowing(refund("re_1", 20)).charge, null);
  // Where it lists them, they say it themselves.
  assert.is(amountOf(charge(20, 100), charge(21, 300, { is_listed: true })), undefined);
  assert.is(amountOf(charge(22, 100), charge(21, 300, { is_listed: true })), 100);
});

test("tell since when a refund is one that has failed", () => {
  const at = (second: number, status: string) => refund("re_1", second, { status });
  const failedAt = (...facts: ReturnType<typeof at>[]) => knowing(...facts).refunds[0]?.failed_at;
  assert.is(failedAt(at(20, "succeeded"), at(23, "failed"), at(22, "failed")), 22);
  assert.is(failedAt(at(20, "canceled")), 20);
  assert.is(failedAt(at(20, "failed"), at(21, "succeeded"), at(22, "failed")), 22);
  assert.is(failedAt(at(20, "failed"), at(21, "succeeded")), null);
});

test("are read of nothing else in an item", () => {
  const { name, text } = attributeOf(refund("re_1", 20));
  const item = { PK: "PAYMENT#pi_1", user_id: "user_1", refund_count: 3, [name]: new Set([text]) };
  const { refunds, disputes } = reversalsIn(item);
  assert.equal([refunds.length, refunds[0]?.status, disputes], [1, "succeeded", []]);
});

test.run();
