import { literal, type Struct, type } from "superstruct";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { Invoice } from "../../../lambdas/stripe/invoice.ts";
import { Owned } from "../../../lambdas/stripe/owner.ts";
import {
  AmountMinor,
  Count,
  Expandable,
  Id,
  maybe,
  Metadata,
  Reference,
  UnixSeconds,
  Word,
} from "../../../lambdas/stripe/shapes.ts";
import { envelope } from "../../../lambdas/stripe/stripe-event.ts";
import { Subscription } from "../../../lambdas/ledger/subscription-state.ts";
import { type Json, sampleEvent, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("the shapes of Stripe's objects");

const period = { start: 100, end: 200 };
const invoice = sampleInvoice({ id: "in_shape", amount: 580, created: 100, ...period });
const subscription = sampleSubscription(period);

const takenBy =
  <T, S>(struct: Struct<T, S>) =>
  (value: unknown): boolean => {
    try {
      parse({ value }, type({ value: struct }));
      return true;
    } catch {
      return false;
    }
  };

test("take what is within the bounds, and refuse what is next to them", () => {
  const cases: [string, (value: unknown) => boolean, unknown[], unknown[]][] = [
    ["Id", takenBy(Id), ["a", "a".repeat(255)], ["", "a".repeat(256), 1, null]],
    ["Word", takenBy(Word), ["", "a".repeat(255)], ["a".repeat(256), 1, null]],
    ["UnixSeconds", takenBy(UnixSeconds), [0, 32_503_679_999], [-1, 32_503_680_000, 1.5, "1"]],
    ["AmountMinor", takenBy(AmountMinor), [0, Number.MAX_SAFE_INTEGER], [-1, Number.MAX_SAFE_INTEGER + 1, 0.5]],
    ["Count", takenBy(Count), [0, Number.MAX_SAFE_INTEGER], [-1, 1e21, 0.5]],
    [
      "a user's id",
      (id) => takenBy(Metadata)({ user_id: id }),
      [undefined, "a", "a".repeat(500)],
      ["", "a".repeat(501), null],
    ],
    ["maybe", takenBy(maybe(Count)), [undefined, null, 1], ["1"]],
  ];
  for (const [name, isTaken, taken, refused] of cases) {
    for (const value of taken) assert.ok(isTaken(value), `${name} takes ${value}`);
    for (const value of refused) assert.not(isTaken(value), `${name} refuses ${value}`);
  }
});

test("take an expanded object for its id, and an id for an object of which nothing else is known", () => {
  assert.is(parse({ id: "cus_1", name: "A B" }, Reference), "cus_1");
  assert.is(parse("cus_1", Reference), "cus_1");
  const Price = Expandable(type({ id: Id }));
  assert.equal(parse("price_1", Price), { id: "price_1" });
  assert.equal(parse({ id: "price_1", nickname: "n" }, Price), { id: "price_1", nickname: "n" });
});

// An object with another value at a path.
const having = (object: unknown, [key = "", ...path]: string[], value: unknown): unknown => {
  const next = path.length > 0 ? having(Object(object)[key] ?? {}, path, value) : value;
  return Array.isArray(object) ? object.with(Number(key), next) : { ...Object(object), [key]: next };
};

const refusedAt = <T, S>(object: Json, struct: Struct<T, S>, paths: Record<string, unknown>): void => {
  parse(object, struct);
  for (const [path, value] of Object.entries(paths)) {
    const { name, message } = thrown(() => parse(having(object, path.split("."), value), struct));
    assert.is(name, "InvalidEvent", path);
    assert.ok(message.startsWith(`${path}: expected`), `${path}: ${message}`);
  }
};

test("refuse an invoice by any field that is read of it, wherever it lies", () => {
  const line = { ...Object(invoice["lines"]).data[0], pricing: { price_details: {} } };
  const object = { ...invoice, lines: { data: [line] }, payments: { data: [{}] }, payment_intent: { id: "pi_1" } };
  refusedAt(object, Invoice, {
    object: "charge",
    id: "",
    customer: 1,
    currency: "JPY",
    created: "now",
    period_end: "now",
    amount_paid: null,
    amount_due: null,
    amount_remaining: -1,
    attempt_count: 1e21,
    next_payment_attempt: "soon",
    billing_reason: 1,
    "status_transitions.paid_at": "now",
    payment_intent: 1,
    "payment_intent.id": "",
    "payment_intent.last_payment_error.decline_code": 1,
    "payment_intent.last_payment_error.code": 1,
    "payments.data": null,
    "payments.data.0.is_default": 1,
    "payments.data.0.status": 1,
    "payments.data.0.payment.payment_intent": 1,
    subscription: 1,
    "subscription_details.metadata.user_id": "",
    "parent.subscription_details.subscription": 1,
    "parent.subscription_details.metadata.user_id": "",
    "lines.has_more": 1,
    "lines.data": {},
    "lines.data.0.amount": "1",
    "lines.data.0.period": 1,
    "lines.data.0.period.start": "1",
    "lines.data.0.period.end": 1e21,
    "lines.data.0.subscription": 1,
    "lines.data.0.proration": 1,
    "lines.data.0.price": 1,
    "lines.data.0.price.id": "",
    "lines.data.0.plan": 1,
    "lines.data.0.pricing.price_details.price": 1,
    "lines.data.0.parent.subscription_item_details.subscription": 1,
    "lines.data.0.parent.subscription_item_details.proration": 1,
    "lines.data.0.parent.invoice_item_details.subscription": 1,
    "lines.data.0.parent.invoice_item_details.proration": 1,
  });
});

test("refuse a subscription by any field that is read of it, wherever it lies", () => {
  const items = { data: [{ price: { id: "price_1" }, plan: { id: "plan_1" } }] };
  const object = { ...subscription, items, plan: { id: "plan_1" }, pause_collection: { behavior: "void" } };
  refusedAt(object, Subscription, {
    object: "invoice",
    id: "",
    customer: 1,
    status: null,
    created: null,
    current_period_start: -1,
    current_period_end: -1,
    cancel_at_period_end: 1,
    cancel_at: -1,
    canceled_at: -1,
    ended_at: -1,
    trial_start: -1,
    trial_end: -1,
    "pause_collection.behavior": null,
    "pause_collection.resumes_at": -1,
    plan: 1,
    "plan.interval": 1,
    "plan.interval_count": "1",
    "plan.usage_type": 1,
    "items.data": null,
    "items.has_more": 1,
    "items.data.0.price": 1,
    "items.data.0.price.id": "",
    "items.data.0.price.recurring.interval": 1,
    "items.data.0.price.recurring.interval_count": 1e21,
    "items.data.0.price.recurring.usage_type": 1,
    "items.data.0.plan.id": "",
    "items.data.0.current_period_start": -1,
    "items.data.0.current_period_end": -1,
  });
});

test("refuse a word that is longer than any of Stripe's, wherever one is kept", () => {
  const tooLong = "x".repeat(256);
  refusedAt({ ...invoice, payment_intent: { id: "pi_1" } }, Invoice, {
    "payment_intent.last_payment_error.decline_code": tooLong,
    "payment_intent.last_payment_error.code": tooLong,
  });
  refusedAt({ ...subscription, pause_collection: { behavior: "void" } }, Subscription, {
    status: tooLong,
    "pause_collection.behavior": tooLong,
  });
});

test("refuse an object whose owner is asked for by any field that tells the owner", () => {
  refusedAt({ ...invoice, items: { data: [{}] } }, Owned, {
    object: "charge",
    id: null,
    customer: 1,
    "metadata.user_id": "",
    "parent.subscription_details.subscription": 1,
    "items.data.0.price": 1,
  });
});

test("refuse an event by any field that is read of it", () => {
  const event = { detail: sampleEvent("evt_shape", "x", 1, { object: "a" }, { b: 1 }) };
  refusedAt(event, envelope(type({ object: literal("a") })), {
    "detail.id": "",
    "detail.object": "v2.core.event",
    "detail.type": null,
    "detail.created": -1,
    "detail.livemode": "true",
    "detail.account": "",
    "detail.data.object": null,
    "detail.data.object.object": "b",
    "detail.data.previous_attributes": 1,
  });
});

test.run();
