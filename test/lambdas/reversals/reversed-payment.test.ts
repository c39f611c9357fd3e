import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Fact } from "../../../lambdas/reversals/facts.ts";
import { needsAnswer, reversedPayment } from "../../../lambdas/reversals/reversed-payment.ts";
import { charge, dispute, knowing, refund } from "./said.ts";

const test = suite("what of a payment has gone back");

const payment = { amount: 580, currency: "jpy", status: "succeeded" } as const;

const of = (...facts: Fact[]) => reversedPayment(payment, [knowing(...facts)]);
const sums = (...facts: Fact[]): unknown[] => {
  const { status, refunded_amount: refunded, net_amount: net } = of(...facts);
  return [status, refunded, net];
};

test("is nothing where nothing is known, and nothing of a failed one", () => {
  assert.equal(of(), { status: "succeeded", refunded_amount: 0, net_amount: 580, refunds: [], dispute: null });
  const failed = reversedPayment({ ...payment, status: "failed" }, [
    knowing(refund("re_1", 20), dispute("dp_1", 20, "lost")),
  ]);
  assert.equal(failed, { status: "failed", refunded_amount: 0, net_amount: 0, refunds: [], dispute: null });
});

test("is a part of the payment, however little went back", () => {
  assert.equal(sums(refund("re_1", 20, { amount: 1 })), ["partially_refunded", 1, 579]);
});

test("is all of its refunds and its dispute, with their fields", () => {
  const known = of(
    refund("re_1", 20, { reason: "requested_by_customer" }),
    refund("re_2", 21, { status: "failed", failure_reason: "declined", created: 11 }),
    dispute("dp_1", 22, "won"),
  );
  assert.equal(known, {
    status: "partially_refunded",
    refunded_amount: 100,
    net_amount: 480,
    refunds: [
      {
        refund_id: "re_1",
        status: "succeeded",
        amount: 100,
        currency: "jpy",
        reason: "requested_by_customer",
        failure_reason: null,
        created_at: 10,
        updated_at: 20,
      },
      {
        refund_id: "re_2",
        status: "failed",
        amount: 100,
        currency: "jpy",
        reason: null,
        failure_reason: "declined",
        created_at: 11,
        updated_at: 21,
      },
    ],
    dispute: {
      dispute_id: "dp_1",
      status: "won",
      amount: 580,
      currency: "jpy",
      reason: "fraudulent",
      due_by: 900,
      created_at: 10,
      updated_at: 22,
    },
  });
});

test("counts refunds that succeeded alone", () => {
  for (const status of ["pending", "requires_action", "failed", "canceled", "a_new_one"]) {
    assert.equal(sums(refund("re_1", 20, { status })), ["succeeded", 0, 580], status);
  }
  assert.equal(sums(refund("re_1", 20), refund("re_2", 20)), ["partially_refunded", 200, 380]);
  assert.equal(sums(refund("re_1", 20, { amount: 579 })), ["partially_refunded", 579, 1]);
  assert.equal(sums(refund("re_1", 20, { amount: 580 })), ["refunded", 580, 0]);
});

test("is more than was paid where Stripe says so", () => {
  assert.equal(sums(refund("re_1", 20, { amount: 580 }), refund("re_2", 21)), ["refunded", 680, -100]);
});

test("of nothing is nothing", () => {
  assert.is(reversedPayment({ ...payment, amount: 0 }, []).status, "succeeded");
  assert.is(reversedPayment({ ...payment, amount: 0 }, [knowing(refund("re_1", 20))]).status, "refunded");
  assert.is(
    reversedPayment({ ...payment, amount: 1 }, [knowing(refund("re_1", 20, { amount: 1 }))]).status,
    "refunded",
  );
});

test("cannot be told as an amount where it is in another currency", () => {
  const usd = { currency: "usd", amount: 5 };
  assert.equal(sums(refund("re_1", 20, usd), refund("re_2", 20)), ["partially_refunded", 100, null]);
  assert.equal(sums(dispute("dp_1", 20, "lost", usd)), ["lost", 0, null]);
  for (const amount of [5, 1]) assert.equal(sums(charge(20, amount, usd)), ["partially_refunded", 0, null]);
  // Nothing has gone back of these.
  assert.equal(sums(refund("re_1", 20, { ...usd, status: "failed" })), ["succeeded", 0, 580]);
  assert.equal(sums(dispute("dp_1", 20, "under_review", usd)), ["disputed", 0, 580]);
  assert.equal(sums(charge(20, 0, usd)), ["succeeded", 0, 580]);
});

test("goes by the first that fits of lost, disputed, refunded, partially_refunded and succeeded", () => {
  const whole = refund("re_1", 20, { amount: 580 });
  assert.equal(sums(whole, dispute("dp_1", 20, "lost")), ["lost", 580, -580]);
  assert.equal(sums(whole, dispute("dp_1", 20, "needs_response")), ["disputed", 580, 0]);
  assert.equal(sums(whole, dispute("dp_1", 20, "won")), ["refunded", 580, 0]);
  assert.equal(sums(dispute("dp_1", 20, "won")), ["succeeded", 0, 580]);
  assert.equal(sums(dispute("dp_1", 20, "lost", { amount: 200 })), ["lost", 0, 380]);
});

test("is in dispute until Stripe says how that ended, an inquiry and a new status too", () => {
  const open = ["needs_response", "under_review", "appeal_needs_response", "appeal_under_review", "a_new_one"];
  for (const status of [...open, "warning_needs_response", "warning_under_review"]) {
    assert.equal(sums(dispute("dp_1", 20, status)), ["disputed", 0, 580], status);
  }
  for (const status of ["won", "warning_closed", "prevented"]) {
    assert.equal(sums(dispute("dp_1", 20, status)), ["succeeded", 0, 580], status);
  }
});

test("shows of several disputes the one that is lost, then one that needs an answer, then one that is open, then the newest", () => {
  const shown = (...statuses: [status: string, created: number][]) =>
    of(...statuses.map(([status, created], index) => dispute(`dp_${index}`, 50, status, { created }))).dispute
      ?.created_at;
  assert.is(shown(["won", 13], ["needs_response", 12], ["lost", 11]), 11);
  assert.is(shown(["won", 13], ["needs_response", 12], ["prevented", 11]), 12);
  assert.is(shown(["under_review", 13], ["warning_needs_response", 12], ["won", 14]), 12);
  assert.is(shown(["won", 14], ["under_review", 13]), 13);
  assert.is(shown(["won", 12], ["won", 13], ["won", 11]), 13);
  assert.equal(sums(dispute("dp_1", 20, "lost", { amount: 100 }), dispute("dp_2", 20, "lost", { amount: 200 })), [
    "lost",
    0,
    280,
  ]);
});

test("is at least what Stripe says of a charge, of which it may list no refund", () => {
  assert.equal(sums(charge(20, 300)), ["partially_refunded", 300, 280]);
  assert.equal(sums(charge(20, 580)), ["refunded", 580, 0]);
  // A refund that it counts already, and one that came after it.
  assert.is(of(charge(20, 300), refund("re_1", 20)).refunded_amount, 300);
  assert.is(of(charge(20, 300), refund("re_1", 25)).refunded_amount, 300);
  assert.is(of(charge(20, 300), refund("re_1", 25, { created: 24 })).refunded_amount, 400);
  assert.is(of(charge(20, 100), refund("re_1", 20), refund("re_2", 20)).refunded_amount, 200);
  // One that fails is none, and adds nothing.
  assert.is(of(charge(20, 300), refund("re_1", 25, { created: 24, status: "failed" })).refunded_amount, 300);
});

test("is lowered by a refund that fails after what Stripe said of the charge, and by what Stripe says later", () => {
  for (const status of ["failed", "canceled"]) {
    assert.is(of(charge(20, 300), refund("re_1", 21, { status })).refunded_amount, 200, status);
    // Within one second a charge is refunded first.
    assert.is(of(charge(20, 300), refund("re_1", 20, { status })).refunded_amount, 200, status);
    // That is in Stripe's sum already.
    assert.is(of(charge(20, 300), refund("re_1", 19, { status })).refunded_amount, 300, status);
  }
  assert.equal(sums(charge(20, 100), charge(21, 0), refund("re_1", 20)), ["succeeded", 0, 580]);
  assert.equal(sums(charge(20, 50), refund("re_1", 21, { status: "failed" })), ["succeeded", 0, 580]);
  assert.equal(sums(charge(20, 300), charge(21, 100), refund("re_1", 15), refund("re_2", 15)), [
    "partially_refunded",
    100,
    480,
  ]);
});

test("is not lowered twice by a refund whose failure a night's comparison tells of later than it was", () => {
  const failed = refund("re_1", 90, { status: "failed", created: 10 });
  // It had failed before Stripe summed up, and all else of that sum is known.
  assert.is(of(charge(20, 200), failed, refund("re_2", 19, { amount: 200 })).refunded_amount, 200);
  assert.is(of(charge(20, 100), failed, refund("re_2", 19)).refunded_amount, 100);
  const later = refund("re_3", 25, { created: 24 });
  assert.is(of(charge(20, 100), failed, refund("re_2", 19), later).refunded_amount, 200);
  // One that was made since is none of that sum, and one of its very second is.
  const others = [refund("re_2", 30, { status: "failed" }), refund("re_3", 25, { created: 24 })];
  assert.is(of(charge(20, 200), refund("re_1", 30, { status: "failed" }), ...others).refunded_amount, 100);
  const all = [refund("re_2", 20, { created: 20 }), refund("re_3", 6)];
  assert.is(of(charge(20, 200), failed, ...all).refunded_amount, 200);
  // It was in that sum.
  assert.is(of(charge(20, 200), failed, refund("re_2", 19)).refunded_amount, 100);
});

test("is lowered by each failure once, by when Stripe first told of it, and not by one that its sum leaves out", () => {
  const failed = (at: number) => refund("re_1", at, { status: "failed" });
  // It had failed before the second sum, and Stripe tells of it again after that.
  assert.is(of(charge(20, 300), refund("re_1", 20), failed(21), charge(30, 200), failed(31)).refunded_amount, 200);
  assert.is(of(charge(20, 300), failed(19), refund("re_1", 21), failed(22)).refunded_amount, 200);
  // The list that came with the sum has it as failed.
  assert.is(of(charge(20, 100, { failed: ["re_1"] }), failed(20)).refunded_amount, 100);
});

test("is the sum of what went back of all that paid it, each by its own", () => {
  const two = [
    knowing(charge(20, 300), refund("re_1", 20, { amount: 300 })),
    knowing(charge(30, 280), refund("re_2", 30, { amount: 280, created: 5 })),
  ];
  const { status, refunded_amount: refunded, net_amount: net, refunds } = reversedPayment(payment, two);
  assert.equal([status, refunded, net], ["refunded", 580, 0]);
  assert.equal(
    refunds.map(({ refund_id: id }) => id),
    ["re_2", "re_1"],
  );
  const disputed = [knowing(dispute("dp_1", 20, "won")), knowing(dispute("dp_2", 20, "lost", { amount: 80 }))];
  assert.equal(reversedPayment(payment, disputed).net_amount, 500);
});

test("counts what Stripe says of a charge in another currency for nothing of this one's", () => {
  assert.is(of(charge(20, 300, { currency: "usd" }), refund("re_1", 19)).refunded_amount, 100);
  assert.is(of(charge(20, 300), refund("re_1", 21, { currency: "usd", status: "failed" })).refunded_amount, 300);
});

test("tells which disputes wait for an answer", () => {
  const waiting = ["needs_response", "warning_needs_response", "appeal_needs_response"];
  const others = ["under_review", "won", "lost", "warning_closed", "prevented"];
  const [first] = knowing(dispute("dp_1", 20, "won")).disputes;
  for (const status of [...waiting, ...others]) {
    assert.is(first && needsAnswer({ ...first, status }), waiting.includes(status), status);
  }
});

test.run();
