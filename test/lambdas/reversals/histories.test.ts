import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Records } from "../../../records/records.ts";
import { randomFrom, shuffled, withDuplicates } from "../../../samples/random.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import type { Tables } from "../../helpers/tables.ts";
import { chargeOf, disputeOf, eventOf, itemsOf, linkEvent, open, paidAt, paidEvent, play, refundOf } from "./play.ts";

const test = suite("histories of payments, refunds and disputes");

let tables: Tables;
let records: Records;
test.before(async () => {
  ({ tables, records } = await open());
});

// How an account tells of refunds: by their own events, by a charge that lists them, or by a charge's sum and what changes later.
const shapes = ["refunds", "list", "sum", "both"] as const;

const refund = fc.record({
  amount: fc.integer({ min: 1, max: 300 }),
  end: fc.constantFrom("succeeded", "pending", "failed", "canceled"),
  isAtOnce: fc.boolean(),
});

const disputeEnds = [
  ["needs_response"],
  ["needs_response", "under_review", "won"],
  ["needs_response", "lost"],
  ["needs_response", "under_review", "lost", "appeal_under_review", "won"],
  ["warning_needs_response", "warning_closed"],
];

const history = fc.record({
  shape: fc.constantFrom(...shapes),
  isBasil: fc.boolean(),
  refunds: fc.array(refund, { maxLength: 3 }),
  dispute: fc.option(fc.constantFrom(...disputeEnds)),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});

type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

const hasFailed = (end: string): boolean => end === "failed" || end === "canceled";

// All events of a history, in the order in which Stripe makes them.
const eventsOf = (name: string, { shape, isBasil, refunds, dispute }: History): Json[] => {
  const events = isBasil ? [paidEvent(name), linkEvent(name)] : [paidEvent(name, { payment_intent: `pi_${name}` })];
  const made: Json[] = [];
  let refunded = 0;
  const tellCharge = (at: number) => {
    const listed = shape === "list" ? { refunds: { object: "list", data: made.map((one) => ({ ...one })) } } : {};
    events.push(eventOf("charge.refunded", at, chargeOf(name, refunded, listed)));
  };
  for (const [index, { amount, end, isAtOnce }] of refunds.entries()) {
    const at = paidAt + 100 + 10 * index;
    const later = isAtOnce ? at : at + 5;
    const object = (status: string) => refundOf(name, { id: `re_${name}_${index}`, amount, status, created: at });
    const [first, second] =
      end === "pending" ? [object(end), null] : [object(hasFailed(end) ? "succeeded" : "pending"), object(end)];
    made.push(first);
    refunded += amount;
    if (shape === "refunds" || shape === "both") events.push(eventOf("refund.created", at, first));
    if (shape !== "refunds") tellCharge(at);
    if (!second) continue;
    made[index] = second;
    if (hasFailed(end)) refunded -= amount;
    const type = end === "failed" ? "refund.failed" : "refund.updated";
    events.push(eventOf(shape === "refunds" || shape === "both" ? type : "charge.refund.updated", later, second));
  }
  const statuses = dispute ?? [];
  for (const [index, status] of statuses.entries()) {
    const kind = index === 0 ? "created" : index === statuses.length - 1 ? "closed" : "updated";
    // The first two within one second.
    const at = paidAt + 200 + Math.max(0, index - 1);
    events.push(eventOf(`charge.dispute.${kind}`, at, disputeOf(name, status)));
  }
  return events;
};

// What Stripe would show in the end: a sum without a list counts what is on its way, too.
const truthOf = ({ shape, refunds, dispute }: History) => {
  const gone = refunds.filter(
    ({ end }) => end === "succeeded" || (end === "pending" && (shape === "sum" || shape === "both")),
  );
  const refunded = gone.reduce((sum, { amount }) => sum + amount, 0);
  const last = dispute?.at(-1);
  const isLost = last === "lost";
  const isOpen = last === "needs_response";
  const part = refunded >= 580 ? "refunded" : refunded > 0 ? "partially_refunded" : "succeeded";
  return {
    status: isLost ? "lost" : isOpen ? "disputed" : part,
    refunded,
    net: 580 - refunded - (isLost ? 580 : 0),
    dispute: last,
  };
};

let lives = 0;

test("end in the same rows and the right sums, in any order and doubled", async () => {
  const property = fc.asyncProperty(history, async (one) => {
    const random = randomFrom(one.seed);
    const rows: string[] = [];
    for (let run = 0; run < 2; run += 1) {
      lives += 1;
      const [name, user] = [`life${lives}x`, `user_life${lives}x`];
      for (const event of shuffled(withDuplicates(eventsOf(name, one), 0.4, random), random)) await play(event, user);
      const { payments } = await records.payments(user, { limit: 10 });
      const [payment] = payments;
      const { status, refunded, net, dispute } = truthOf(one);
      assert.is(payments.length, 1);
      assert.equal([payment?.status, payment?.refunded_amount, payment?.net_amount], [status, refunded, net]);
      assert.is(payment?.dispute?.status, dispute);
      rows.push(JSON.stringify(await itemsOf(tables, name)).replaceAll(name, "life"));
    }
    assert.is(rows[0], rows[1]);
  });
  await fc.assert(property, { numRuns: 60 });
});

test("cost one call of DynamoDB a refund or a dispute that comes in its order, and two one that does not", async () => {
  const spent = async (event: Json): Promise<number> => {
    const sum = async () => Object.values(await tables.calls()).reduce((all, count) => all + count, 0);
    const before = await sum();
    await play(event);
    return (await sum()) - before;
  };
  const name = "cost";
  assert.is(await spent(paidEvent(name)), 1);
  assert.is(await spent(linkEvent(name)), 2);
  assert.is(await spent(eventOf("refund.created", paidAt + 100, refundOf(name))), 1);
  assert.is(await spent(eventOf("refund.failed", paidAt + 100, refundOf(name, { status: "failed" }))), 1);
  assert.is(await spent(eventOf("charge.dispute.created", paidAt + 200, disputeOf(name, "needs_response"))), 1);
  // One about what is older: it leaves until when the item is kept.
  assert.is(await spent(eventOf("refund.updated", paidAt + 101, refundOf(name, { id: "re_cost_2" }))), 2);
  assert.is(await spent(eventOf("charge.refunded", paidAt + 300, chargeOf(name, 100, { invoice: "in_cost" }))), 1);
});

test.run();
