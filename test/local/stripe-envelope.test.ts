import { suite } from "uvu";
import * as assert from "uvu/assert";
import { NotAnEvent, ownerOfEvent, toEnvelope } from "../../local/stripe-envelope.ts";
import {
  type Json,
  sampleEvent,
  sampleInvoice,
  samplePrices,
  sampleSubscription,
} from "../../samples/stripe-objects.ts";
import { invoiceBeforeBasil } from "../../samples/before-basil.ts";
import { onTheBus } from "../events/envelope.ts";
import { thrown } from "../helpers/rejects.ts";

const test = suite("event");

const arrival = {
  eventSource: "homebiyori.stripe.test",
  keepSource: false,
  account: "123456789012",
  region: "ap-northeast-1",
};
const asItIs = { ...arrival, keepSource: true };

const event = sampleEvent("evt_1", "invoice.payment_succeeded", 1_767_225_600, { id: "in_1", object: "invoice" });

const thin = {
  id: "evt_thin",
  object: "v2.core.event",
  type: "v1.billing.meter.no_meter_found",
  created: "2026-01-02T03:04:05.678Z",
};

test("puts a bare event into an envelope, as Stripe's partner source would", () => {
  const { id, ...envelope } = Object(toEnvelope(event, arrival));
  assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/);
  assert.equal(envelope, {
    version: "0",
    "detail-type": "invoice.payment_succeeded",
    source: "homebiyori.stripe.test",
    account: "123456789012",
    time: "2026-01-01T00:00:00Z",
    region: "ap-northeast-1",
    resources: [],
    detail: event,
  });
});

test("gives each envelope an id of its own", () => {
  assert.is.not(Object(toEnvelope(event, arrival)).id, Object(toEnvelope(event, arrival)).id);
});

test("keeps an envelope, but for its source", () => {
  const envelope = { ...onTheBus(event), source: "aws.partner/stripe.com/ed_1", "detail-type": "anything", more: 1 };
  assert.equal(toEnvelope(envelope, arrival), { ...envelope, source: "homebiyori.stripe.test" });
});

test("keeps an envelope's source too, where that is asked for", () => {
  const envelope = { ...onTheBus(event), source: "aws.partner/stripe.com/ed_1" };
  assert.equal(toEnvelope(envelope, asItIs), envelope);
  const { source: _, ...without } = envelope;
  assert.is(toEnvelope(without, asItIs).source, "homebiyori.stripe.test");
  assert.is(toEnvelope(event, asItIs).source, "homebiyori.stripe.test");
});

test("fills in what an envelope lacks", () => {
  const envelope = toEnvelope({ "detail-type": "anything", detail: event }, arrival);
  const { account, version, time, "detail-type": detailType } = Object(envelope);
  assert.equal(
    { account, version, time, detailType },
    {
      account: "123456789012",
      version: "0",
      time: "2026-01-01T00:00:00Z",
      detailType: "anything",
    },
  );
});

test("takes the time from when the event was created", () => {
  const times: [unknown, string][] = [
    [0, "1970-01-01T00:00:00Z"],
    [1_798_761_599, "2026-12-31T23:59:59Z"],
    [thin.created, "2026-01-02T03:04:05Z"],
    [undefined, "1970-01-01T00:00:00Z"],
    [null, "1970-01-01T00:00:00Z"],
    ["yesterday", "1970-01-01T00:00:00Z"],
    [1e300, "1970-01-01T00:00:00Z"],
  ];
  for (const [created, time] of times) {
    assert.is(Object(toEnvelope({ ...event, created }, arrival)).time, time, String(created));
  }
});

test("takes a thin event, which has no data", () => {
  const { detail, "detail-type": detailType } = toEnvelope(thin, arrival);
  assert.equal(detail, thin);
  assert.is(detailType, thin.type);
});

test("refuses what is no event, and says what it got", () => {
  const { id: _, ...withoutId } = event;
  const { type: __, ...withoutType } = event;
  const wanted = "expected a Stripe event with an id and a type, got";
  const cases: [unknown, string | RegExp][] = [
    [null, "expected a Stripe event, got null"],
    [undefined, "expected a Stripe event, got a undefined"],
    ["evt_1", "expected a Stripe event, got a string"],
    [1, "expected a Stripe event, got a number"],
    [[event], "expected a Stripe event, got a list"],
    [{}, `${wanted} an object with nothing in it`],
    [withoutId, /got an object with object, api_version, created, data, livemode$/],
    [withoutType, `${wanted} an object with id, object, api_version, created, data`],
    [{ ...event, id: "" }, wanted],
    [{ ...event, id: 1 }, wanted],
    [{ ...event, type: null }, wanted],
    [{ ...onTheBus(event), detail: withoutId }, `${wanted} an object with object,`],
    [{ ...onTheBus(event), detail: null }, wanted],
    [{ "detail-type": "x", detail: "x" }, `${wanted} an object with detail-type, detail`],
  ];
  for (const [value, message] of cases) {
    const error = thrown(() => toEnvelope(value, arrival));
    assert.instance(error, NotAnEvent);
    assert.match(error.message, message);
  }
});

test("takes an event of EventBridge's greatest size, and refuses one a byte larger, by its id", () => {
  const sized = (bytes: number): Json => {
    const empty = Buffer.byteLength(JSON.stringify({ ...event, pad: "" }));
    return { ...event, pad: "x".repeat(bytes - empty) };
  };
  const largest = 1024 * 1024;
  assert.is(toEnvelope(sized(largest), arrival).detail.id, "evt_1");
  const error = thrown(() => toEnvelope(sized(largest + 1), arrival));
  assert.instance(error, NotAnEvent);
  assert.is(error.message, "evt_1 has 1048577 bytes, and EventBridge takes at most 1048576");
});

test("takes an event of a thousand levels, and refuses a deeper one, by its id", () => {
  const nested = (levels: number): Json => ({ ...event, pad: JSON.parse("[".repeat(levels) + "]".repeat(levels)) });
  assert.is(toEnvelope(nested(999), arrival).detail.id, "evt_1");
  for (const levels of [1000, 100_000]) {
    const error = thrown(() => toEnvelope(nested(levels), arrival));
    assert.instance(error, NotAnEvent);
    assert.is(error.message, "evt_1 is nested more than 1000 levels deep");
  }
});

test("measures an event in bytes, not in characters", () => {
  const error = thrown(() => toEnvelope({ ...event, pad: "あ".repeat(400_000) }, arrival));
  assert.match(error.message, /evt_1 has 12\d{5} bytes/);
});

const period = { start: 1_767_225_600, end: 1_769_904_000 };
const invoice = sampleInvoice({ id: "in_1", customer: "cus_1", amount: 580, created: period.start, ...period });
const subscription = sampleSubscription({ id: "sub_1", customer: "cus_1", ...period });

const ownerOf = (object: Json) => ownerOfEvent(toEnvelope(sampleEvent("evt_1", "some.type", 1, object), arrival));

test("says whose an invoice or a subscription is, in any shape", () => {
  const naming = { metadata: { user_id: "user_1" } };
  assert.equal(ownerOf({ ...subscription, ...naming }), {
    subscriptionId: "sub_1",
    customerId: "cus_1",
    metadataUserId: "user_1",
    priceIds: [samplePrices.monthly],
  });
  const ofInvoice = { subscriptionId: "sub_sample", customerId: "cus_1", metadataUserId: null, priceIds: [] };
  assert.equal(ownerOf(invoice), ofInvoice);
  assert.equal(ownerOf(invoiceBeforeBasil(invoice)), ofInvoice);
  assert.equal(ownerOf({ ...invoice, customer: { id: "cus_1", object: "customer" } }), ofInvoice);
  assert.is(ownerOf({ ...invoice, customer: null })?.customerId, null);
});

test("says nothing of what is no invoice and no subscription", () => {
  assert.is(ownerOf({ id: "ch_1", object: "charge", customer: "cus_1" }), null);
  assert.is(ownerOf({ ...invoice, customer: 5 }), null);
  assert.is(ownerOfEvent(toEnvelope(thin, arrival)), null);
  assert.is(ownerOfEvent(toEnvelope({ ...event, data: "none" }, arrival)), null);
});

test.run();
