import { suite } from "uvu";
import * as assert from "uvu/assert";
import { factsOf } from "../../../lambdas/reversals/facts-of.ts";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { Reversal } from "../../../lambdas/stripe/reversal.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { chargeOf, disputeOf, refundOf } from "./play.ts";

const test = suite("what an object says of refunds and disputes");

const read = (object: Json) => factsOf(parse(object, Reversal), 7);

const times = { created: 5 };

test("is of a refund all that is known of it, and null what is not", () => {
  const said = { at: 7, status: "succeeded", amount: 100, currency: "jpy", created: 5 };
  assert.equal(read(refundOf("said", times)), [
    { kind: "refund", id: "re_said", said: { ...said, reason: "requested_by_customer", failure_reason: null } },
  ]);
  const bare = { ...times, status: null, reason: null, failure_reason: "declined" };
  assert.equal(read(refundOf("said", bare))[0]?.said, {
    ...said,
    status: "unknown",
    reason: null,
    failure_reason: "declined",
  });
});

test("is of a dispute all that is known of it, and until when it can be answered", () => {
  const said = { at: 7, status: "lost", amount: 580, currency: "jpy", reason: "fraudulent", created: 5 };
  const dispute = { kind: "dispute", id: "dp_said" };
  const due = { ...times, evidence_details: { due_by: 9 } };
  assert.equal(read(disputeOf("said", "lost", due)), [{ ...dispute, said: { ...said, due_by: 9 } }]);
  const none = { ...times, evidence_details: null };
  assert.equal(read(disputeOf("said", "lost", none)), [{ ...dispute, said: { ...said, due_by: null } }]);
});

// What a charge says of itself, where it lists refunds of such amounts and statuses.
const ofCharge = (refunded: number, refunds: [id: string, amount: number, status: string | null][] | null) => {
  const data = refunds?.map(([id, amount, status]) => refundOf("said", { ...times, id, amount, status }));
  const [charge, ...listed] = read(chargeOf("said", refunded, data ? { refunds: { data } } : {}));
  assert.equal(
    listed.map(({ kind, id }) => [kind, id]),
    (refunds ?? []).map(([id]) => ["refund", id]),
  );
  return charge;
};

test("is of a charge how much is refunded, and whether it lists all of that, or less", () => {
  const expected = (refunded: number, isListed: boolean, failed: string[] = []) => ({
    kind: "charge",
    id: "ch_said",
    said: { at: 7, amount_refunded: refunded, is_listed: isListed, failed, currency: "jpy" },
  });
  assert.equal(ofCharge(100, null), expected(100, false));
  assert.equal(ofCharge(0, []), expected(0, false));
  assert.equal(ofCharge(100, [["re_a", 100, "succeeded"]]), expected(100, true));
  assert.equal(ofCharge(100, [["re_a", 120, null]]), expected(100, true));
  assert.equal(ofCharge(100, [["re_a", 40, "succeeded"]]), expected(100, false));
  const both: [string, number, string][] = [
    ["re_b", 60, "succeeded"],
    ["re_a", 40, "pending"],
  ];
  assert.equal(ofCharge(100, both), expected(100, true));
  const failed: [string, number, string][] = [
    ["re_d", 60, "failed"],
    ["re_c", 50, "canceled"],
    ["re_b", 60, "succeeded"],
  ];
  assert.equal(ofCharge(100, failed), expected(100, false, ["re_c", "re_d"]));
});

test.run();
