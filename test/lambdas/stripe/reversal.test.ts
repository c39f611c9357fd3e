import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { paymentOf, Reversal } from "../../../lambdas/stripe/reversal.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { rejects } from "../../helpers/rejects.ts";
import { chargeOf, disputeOf, refundOf } from "../reversals/play.ts";

const test = suite("a refund, a dispute or a refunded charge of Stripe's");

const read = async (object: Json) => parse(object, Reversal);

// Of both Stripe has the same, but for what says why.
const common = { id: 5, payment_intent: 5, charge: 5, amount: "1", currency: "YEN", status: 5, reason: 5, created: "" };

const kinds: [object: Json, wrong: Json][] = [
  [refundOf("read"), { ...common, failure_reason: 5 }],
  [disputeOf("read", "lost"), { ...common, evidence_details: { due_by: "soon" } }],
  [
    chargeOf("read", 1, { invoice: "in_read", refunds: { data: [refundOf("read")] } }),
    {
      id: 5,
      payment_intent: 5,
      invoice: 5,
      amount_refunded: "1",
      currency: "YEN",
      refunds: { data: [{ id: "re_1" }] },
    },
  ],
];

test("is refused where a field of it is none that Stripe says, by the field's name", async () => {
  for (const [object, wrong] of kinds) {
    await read(object);
    for (const [name, value] of Object.entries(wrong)) {
      const { name: error, message } = await rejects(read({ ...object, [name]: value }));
      assert.equal([error, message.split(/[.:]/)[0]], ["InvalidEvent", name], `${object["object"]} ${name}`);
    }
  }
  assert.is((await rejects(read({ ...refundOf("read"), object: "payout" }))).name, "InvalidEvent");
});

test("is refused where a word of it is longer than any of Stripe's", async () => {
  for (const [object, wrong] of kinds) {
    for (const name of ["status", "reason", "failure_reason"].filter((word) => word in wrong)) {
      const { message } = await rejects(read({ ...object, [name]: "x".repeat(256) }));
      assert.match(message, `${name}: expected a string with a length between`);
    }
  }
});

test("is about its payment intent, or else its charge, or else of nothing", async () => {
  const none = { payment_intent: null };
  const cases: [Json, string | null][] = [
    ...kinds.map(([object]): [Json, string] => [object, "pi_read"]),
    ...kinds.map(([object]): [Json, string] => [{ ...object, ...none }, "ch_read"]),
    [refundOf("read", { ...none, charge: { id: "ch_object", object: "charge" } }), "ch_object"],
    [refundOf("read", { ...none, charge: null }), null],
  ];
  for (const [object, id] of cases) assert.is(paymentOf(await read(object)), id);
});

test.run();
