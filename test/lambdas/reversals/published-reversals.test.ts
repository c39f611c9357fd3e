import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Fact } from "../../../lambdas/reversals/facts.ts";
import { reversalsToPublish, unpublishedReversals } from "../../../lambdas/reversals/published-reversals.ts";
import { attributeOf } from "../../../lambdas/reversals/reversals.ts";
import { charge, dispute, refund } from "./said.ts";

const test = suite("what is published of refunds and disputes");

interface Known {
  /** What the item had before the change. */
  before?: Fact[];
  added?: Fact[];
  owner?: string;
  ownerBefore?: string;
}

// The events of one change that waits, and the event that they carry.
const published = ({ before = [], added = [], owner, ownerBefore }: Known) => {
  const names = (user: string | undefined) => (user ? { user_id: user, stripe_invoice_id: `in_${user}` } : {});
  const texts = Object.fromEntries(added.map(attributeOf).map(({ name, text }) => [name, [text]]));
  const kept = { reason: "event", texts, owner: names(owner), ownerBefore: names(ownerBefore) } as const;
  const sets = Map.groupBy([...before, ...added].map(attributeOf), ({ name }) => name);
  const attributes = {
    ...Object.fromEntries(Array.from(sets, ([name, all]) => [name, new Set(all.map(({ text }) => text))])),
    ...names(owner),
    stripe_unpublished: [reversalsToPublish(kept)],
  };
  const [events = []] = unpublishedReversals("pi_1", attributes).changes;
  return { types: events.map(({ type }) => type), detail: { ...events[0]?.detail } };
};

test("is a refund with whose it is, what changed and the whole state", () => {
  const { types, detail } = published({ added: [refund("re_1", 20, { amount: 1 })] });
  const { changes, state, ...ids } = detail;
  assert.equal(types, ["RefundRecorded"]);
  const of = { subject: "reversals/pi_1", version: 1, reason: "event" };
  assert.equal(ids, { ...of, user_id: null, invoice_id: null, payment_id: "pi_1" });
  assert.equal(Object.keys({ ...changes }), ["refunds", "refunded_amounts"]);
  assert.equal([Object(state).refunds.length, Object(state).refunded_amounts], [1, { jpy: 1 }]);
});

test("says of no currency that nothing is refunded in it", () => {
  const { detail } = published({ added: [refund("re_1", 20, { status: "pending" })] });
  assert.equal(Object(detail["state"]).refunded_amounts, {});
});

test("is nothing where Stripe only says the same again, later", () => {
  const again = { before: [refund("re_1", 20), dispute("dp_1", 20, "lost")] };
  assert.equal(published({ ...again, added: [refund("re_1", 30)] }).types, []);
  assert.equal(published({ ...again, added: [dispute("dp_1", 30, "lost")] }).types, []);
});

test("is what alone has changed of a refund, of how much is refunded, or of a dispute", () => {
  const pending = refund("re_1", 20, { status: "pending" });
  const canceled = refund("re_1", 30, { status: "canceled" });
  assert.equal(published({ before: [pending], added: [canceled] }).types, ["RefundRecorded"]);
  assert.equal(published({ added: [charge(20, 50)] }).types, ["RefundRecorded"]);
  const known = { before: [pending, dispute("dp_1", 20, "needs_response")] };
  assert.equal(published({ ...known, added: [dispute("dp_1", 30, "lost")] }).types, ["DisputeChanged"]);
});

test("is all that is known once it is whose it is, and of nothing nothing", () => {
  assert.equal(published({ owner: "u" }).types, []);
  assert.equal(published({ before: [refund("re_1", 20)], owner: "u" }).types, ["RefundRecorded"]);
  assert.equal(published({ before: [dispute("dp_1", 20, "lost")], owner: "u" }).types, ["DisputeChanged"]);
});

test("tells whose it was before, where it is another's", () => {
  const { detail } = published({ before: [refund("re_1", 20)], owner: "new", ownerBefore: "old" });
  assert.equal([detail["user_id"], detail["invoice_id"]], ["new", "in_new"]);
  assert.equal({ ...detail["changes"] }, { user_id: { from: "old", to: "new" } });
});

test.run();
