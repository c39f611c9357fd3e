import { suite } from "uvu";
import * as assert from "uvu/assert";
import { paymentToPublish, unpublishedPayment } from "../../../lambdas/payments/published-payment.ts";
import type { Unpublished } from "../../../lambdas/publishing/to-publish.ts";
import { reversalsToPublish, unpublishedReversals } from "../../../lambdas/reversals/published-reversals.ts";
import { attributeOf } from "../../../lambdas/reversals/reversals.ts";
import { unpublishedSubscription } from "../../../lambdas/subscriptions/published-subscription.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { paid } from "../payments/paid.ts";
import { refund } from "../reversals/said.ts";

const test = suite("a change that waits to be published");

const reread = (text: string): Json => JSON.parse(text);
const outboxWith = (kept: Json) => ({ published: 0, changes: [JSON.stringify(kept)] });
const { PK, SK, ...said } = paid("in_kept");
const { name, text } = attributeOf(refund("re_kept", 20));

// Each kind as it is kept, how it is read, and what may not be in its fields.
const kinds: { kept: Json; read: (kept: Json) => Unpublished; wrong: [path: string, value: unknown][] }[] = [
  {
    kept: reread(paymentToPublish(said, "event")),
    read: (kept) => unpublishedPayment({ PK, SK }, outboxWith(kept), null),
    wrong: [
      ["state", null],
      ["state.user_id", null],
      ["state.customer_id", 1],
      ["state.subscription_id", 1],
      ["state.stripe_invoice_id", null],
      ["state.status", "open"],
    ],
  },
  {
    kept: {
      reason: "event",
      changes: { status: { from: null, to: "active" } },
      state: { user_id: "user_kept", customer_id: null, subscription_id: "sub_kept" },
    },
    read: (kept) => unpublishedSubscription("user_kept", outboxWith(kept)),
    wrong: [
      ["changes", ["status"]],
      ["changes.status", "active"],
      ["state", null],
      ["state.user_id", null],
      ["state.customer_id", 1],
      ["state.subscription_id", null],
    ],
  },
  {
    kept: reread(reversalsToPublish({ reason: "event", texts: { [name]: [text] }, owner: {} })),
    read: (kept) =>
      unpublishedReversals("pi_kept", { [name]: new Set([text]), stripe_unpublished: [JSON.stringify(kept)] }),
    wrong: [
      ["texts", null],
      [`texts.${name}`, text],
      ["owner", null],
      ["owner.user_id", 1],
      ["ownerBefore", null],
      ["ownerBefore.user_id", 1],
    ],
  },
];

const withValue = (object: Json, [first = "", ...rest]: string[], value: unknown): Json => ({
  ...object,
  [first]: rest.length === 0 ? value : withValue(Object(object[first]), rest, value),
});

const refusal = (read: () => unknown): unknown => {
  try {
    read();
    return null;
  } catch (error) {
    return error;
  }
};

test("is published as it was kept, and not at all where a field of it is not what this program keeps", () => {
  for (const { kept, read, wrong } of kinds) {
    assert.is(read(kept).changes[0]?.[0]?.detail["reason"], "event");
    for (const [path, value] of [["reason", "whim"] as const, ...wrong]) {
      const error = refusal(() => read(withValue(kept, path.split("."), value)));
      assert.is(Object(error).name, "StructError", path);
      assert.is(Object(error).path.join("."), path);
    }
  }
});

test.run();
