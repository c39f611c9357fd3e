import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { BillingEvent } from "../../records/events.ts";
import { life, lostEventId } from "../../samples/one-life.ts";
import { sampleInvoicePayment, sampleRefund } from "../../samples/reversal-objects.ts";
import { type Json, sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { eventSchema } from "../../tools/event-schema.ts";
import { startRunning } from "../helpers/running.ts";

const test = suite("the JSON Schema of the events for other services");

const root = join(import.meta.dirname, "../..");

interface Schema {
  properties?: Record<string, Schema>;
  required?: string[];
  definitions?: Record<string, Schema>;
  anyOf?: Schema[];
  items?: Schema;
  $ref?: string;
}

const schema: Schema = JSON.parse(readFileSync(join(root, "records/events.schema.json"), "utf8"));

// The same without room for what it does not name, which a later version may add.
const strict: object = JSON.parse(JSON.stringify(schema), (_, value) =>
  value?.properties && value.type === "object" ? { ...value, additionalProperties: false } : value,
);

const events: BillingEvent[] = [];
test.before(async () => {
  const running = await startRunning({
    // Held to the schema below.
    onPublished: (event) => void events.push(event as BillingEvent),
  });
  const stages = life().map((stage) => stage.events.filter(({ id }) => id !== lostEventId));
  await running.addPlaceholderUsers(stages.flat().map((event) => running.envelope(event)));
  for (const stage of stages) {
    for (const event of stage) await running.handle(event);
    await running.executions.idle();
  }
  // A refund that is told of before its payment is, and is linked then.
  const at = { created: 1, paidAt: 1, start: 1, end: 2 };
  const late: Json[] = [
    sampleEvent(
      "evt_re",
      "refund.created",
      2,
      sampleRefund({ id: "re_9", paymentIntent: "pi_9", amount: 5, created: 2 }),
    ),
    sampleEvent("evt_in", "invoice.paid", 1, sampleInvoice({ id: "in_9", customer: "cus_sample", amount: 9, ...at })),
    sampleEvent("evt_inpay", "invoice_payment.paid", 1, sampleInvoicePayment("in_9", "pi_9", 9, 1)),
  ];
  for (const event of late) await running.handle(event);
  await running.stop();
});

test("is what the types say", () => {
  const { path, text } = eventSchema(root);
  assert.fixture(readFileSync(join(root, path), "utf8"), text);
});

test("describes each event of a played life, and nothing of them is left out", () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(strict);
  for (const event of events) assert.ok(validate(event), JSON.stringify([validate.errors, event], null, 2));
  assert.is(new Set(events.map((event) => event["detail-type"])).size, 6);
  assert.ok(events.some(({ detail }) => detail.user_id === null));
});

// Each path of an object in the schema under which an event has something, by the names of the properties.
const seenIn = (value: unknown, part: Schema, path: string): string[] => {
  const { $ref, anyOf = [], items, properties = {} } = part;
  const named =
    $ref === undefined ? [] : [schema.definitions?.[decodeURIComponent($ref.replace("#/definitions/", ""))] ?? {}];
  const parts = [...named, ...anyOf].flatMap((one) => seenIn(value, one, path));
  const listed = items && Array.isArray(value) ? value.flatMap((one) => seenIn(one, items, path)) : [];
  const own = Object.entries(properties).flatMap(([name, inner]) => {
    const field = Object(value)[name];
    return field === undefined ? [] : [`${path}.${name}`, ...seenIn(field, inner, `${path}.${name}`)];
  });
  return [...parts, ...listed, ...own];
};

const pathsIn = (part: Schema, path: string): string[] => {
  const { $ref, anyOf = [], items, properties = {} } = part;
  const named =
    $ref === undefined ? [] : [schema.definitions?.[decodeURIComponent($ref.replace("#/definitions/", ""))] ?? {}];
  const parts = [...named, ...anyOf, ...(items ? [items] : [])].flatMap((one) => pathsIn(one, path));
  const own = Object.entries(properties).flatMap(([name, inner]) => [
    `${path}.${name}`,
    ...pathsIn(inner, `${path}.${name}`),
  ]);
  return [...parts, ...own];
};

test("names nothing that no event has", () => {
  for (const name of ["SubscriptionChanged", "SubscriptionHealed", "PaymentRecorded", "PaymentFailed"]) {
    const own = events.filter((event) => event["detail-type"] === name);
    const part = schema.definitions?.[name] ?? {};
    const seen = new Set(own.flatMap(({ detail }) => seenIn(detail, part, name)));
    assert.equal(
      pathsIn(part, name).filter((path) => !seen.has(path)),
      [],
    );
  }
  const reversals = events.filter(({ detail }) => "payment_id" in detail);
  const part = schema.definitions?.["RefundRecorded"] ?? {};
  const seen = new Set(reversals.flatMap(({ detail }) => seenIn(detail, part, "")));
  assert.equal(
    pathsIn(part, "").filter((path) => !seen.has(path)),
    [],
  );
});

test("has on the page of the events each type, and each field that all have", () => {
  const [, page = ""] =
    readFileSync(join(root, "docs/events.md"), "utf8").split("is in the types that")[0]?.split("# Events") ?? [];
  const inRows = [...page.matchAll(/^\| `?(\w+)`? +\|/gm)].map(([, name = ""]) => name);
  const details = Object.entries(schema.definitions ?? {}).filter(([, part]) => part.properties?.["subject"]);
  const common = Object.keys(details[0]?.[1].properties ?? {}).filter((field) => !field.endsWith("_id"));
  const named = [...details.map(([name]) => name), ...common, "ids", "field"];
  assert.equal(inRows.toSorted(), named.toSorted());
});

test("refuses an event that lacks something, or has it in another shape", () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
  const [event] = events;
  const { detail } = event ?? {};
  assert.ok(detail && validate(event));
  for (const name of Object.keys(detail)) {
    const less = Object.fromEntries(Object.entries(detail).filter(([key]) => key !== name));
    assert.not(validate({ ...event, detail: less }), `without ${name}`);
    assert.not(validate({ ...event, detail: { ...detail, [name]: [1] } }), `with a list for ${name}`);
  }
  assert.not(validate({ ...event, "detail-type": "PaymentRecorded" }));
  assert.ok(validate({ ...event, detail: { ...detail, added_later: 1 } }));
});

test.run();
