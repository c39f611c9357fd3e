import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Json, sampleEvent, sampleInvoice, sampleSubscription } from "../../samples/stripe-objects.ts";
import { invoiceBeforeBasil } from "../../samples/before-basil.ts";
import { thrown } from "../helpers/rejects.ts";
import { type Running, startRunning } from "../helpers/running.ts";

const test = suite("bad input");

let running: Running;
test.before(async () => {
  running = await startRunning({ items: [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_sample" }] });
});
test.after(() => running.stop());

const period = { start: 1_767_225_600, end: 1_769_904_000 };
const succeeded = "invoice.payment_succeeded";

const invoice = (id: string, more: Json = {}): Json => ({
  ...sampleInvoice({ id, amount: 580, created: period.start, paidAt: period.start, ...period }),
  ...more,
});

const handle = (id: string, object: Json, type = succeeded) =>
  running.handle(sampleEvent(id, type, period.start, object));

const lettersOf = async (eventId: string) =>
  (await running.dump()).deadLetters.filter(({ body }) => JSON.stringify(body).includes(`"${eventId}"`));

test("an event without an id is no event", () => {
  const { id: _, ...event } = sampleEvent("evt_none", succeeded, 1, invoice("in_none"));
  assert.match(thrown(() => running.envelope(event)).message, "expected a Stripe event with an id and a type");
});

test("a thin event is matched by no rule", async () => {
  const thin = {
    id: "evt_thin",
    object: "v2.core.event",
    type: "v1.customer.subscription.updated",
    created: "2026-01-01T00:00:00.000Z",
    related_object: { id: "sub_1", type: "subscription", url: "/v1/subscriptions/sub_1" },
  };
  assert.is((await running.handle(thin)).outcome, "unmatched");
  const disguised = await running.handle({ ...thin, id: "evt_disguised", type: "customer.subscription.updated" });
  assert.equal([disguised.outcome, disguised.error?.name], ["dead-letter", "InvalidEvent"]);
  assert.match(`${disguised.error?.message}`, "detail.object: expected the literal");
});

test("an unknown currency is recorded as it is; a value that is not a currency is dead-lettered", async () => {
  assert.is((await handle("evt_xyz", invoice("in_xyz", { currency: "xyz" }))).outcome, "applied");
  const { outcome, error } = await handle("evt_yen", invoice("in_yen", { currency: "yen please" }));
  assert.is(outcome, "dead-letter");
  assert.match(`${error?.message}`, "detail.data.object.currency");
});

test("a negative amount is dead-lettered with its path, once, and nothing is written", async () => {
  const { outcome, error, states, written } = await handle(
    "evt_negative",
    invoice("in_negative", { amount_paid: -580 }),
  );
  assert.is(outcome, "dead-letter");
  assert.equal(error, {
    name: "InvalidEvent",
    message: "detail.data.object.amount_paid: expected a integer greater than or equal to 0, got -580",
  });
  assert.equal(states, ["ResolveCustomer", "IsItForUs", "WritePayment", "SendToDeadLetterQueue", "DeadLettered"]);
  assert.equal(written, []);
  const [letter, ...others] = await lettersOf("evt_negative");
  assert.equal(others, []);
  assert.is(Object(letter?.body).event.detail.id, "evt_negative");
  assert.is(Object(letter?.body).failure.Error, "InvalidEvent");
});

test("a number that no such thing has is dead-lettered with its path, at once", async () => {
  const cases: [Json, string][] = [
    [{ amount_paid: 2 ** 53 }, "amount_paid: expected a integer less than or equal to 9007199254740991"],
    [
      { status_transitions: { paid_at: period.start * 1000 } },
      "status_transitions.paid_at: expected a integer less than",
    ],
    [{ id: `in_${"x".repeat(300)}` }, "id: expected a string with a length between `1` and `255`, got a string"],
    [{ customer: `cus_${"x".repeat(3000)}` }, "customer: expected a string with a length"],
  ];
  for (const [index, [more, message]] of cases.entries()) {
    const { outcome, error, states } = await handle(`evt_beyond_${index}`, invoice(`in_beyond_${index}`, more));
    assert.equal([outcome, error?.name], ["dead-letter", "InvalidEvent"]);
    assert.match(`${error?.message}`, `detail.data.object.${message}`);
    assert.ok(states.includes("SendToDeadLetterQueue"));
  }
});

test("an object of another kind than the event's type says is dead-lettered", async () => {
  const { outcome, error } = await handle("evt_kind", invoice("in_kind"), "customer.subscription.updated");
  assert.equal([outcome, error?.name], ["dead-letter", "InvalidEvent"]);
  const subscription = sampleSubscription({ id: "sub_kind", status: "active", ...period });
  assert.match(`${(await handle("evt_kind_2", subscription)).error?.message}`, "detail.data.object.object: expected");
});

test("objects that are expanded are taken for their ids", async () => {
  const expanded = invoiceBeforeBasil(invoice("in_expanded"));
  const object = {
    ...expanded,
    customer: { id: "cus_sample", object: "customer", name: "A B" },
    subscription: { id: "sub_sample", object: "subscription" },
    payment_intent: { id: "pi_expanded", object: "payment_intent" },
  };
  assert.is((await handle("evt_expanded", object)).outcome, "applied");
  const row = (await running.dump()).payments.find(({ PK }) => PK === "INVOICE#in_expanded");
  const { customer_id: customer, subscription_id: subscription, payment_id: payment } = Object(row);
  assert.equal([customer, subscription, payment], ["cus_sample", "sub_sample", "pi_expanded"]);
});

test("an invoice without a subscription is skipped", async () => {
  const { outcome, states, error } = await handle("evt_manual", invoice("in_manual", { parent: null }));
  assert.equal([outcome, error], ["skipped", null]);
  assert.equal(states, ["ResolveCustomer", "IsItForUs", "Skipped"]);
});

test("a deleted customer is still who paid", async () => {
  const { outcome } = await handle(
    "evt_deleted",
    invoice("in_deleted", { customer: { id: "cus_sample", deleted: true } }),
  );
  assert.is(outcome, "applied");
});

test("an unknown customer is looked for as long as an index may lag, then dead-lettered", async () => {
  const { outcome, error } = await handle("evt_unknown", invoice("in_unknown", { customer: "cus_unknown" }));
  assert.equal([outcome, error?.name], ["dead-letter", "CustomerNotFound"]);
});

test("a customer that two users claim is refused, and dead-lettered", async () => {
  const naming = {
    parent: { subscription_details: { subscription: "sub_sample", metadata: { user_id: "somebody-else" } } },
  };
  const { outcome, error } = await handle("evt_claimed", invoice("in_claimed", naming));
  assert.equal([outcome, error?.name], ["refused", "Refused"]);
  assert.is((await lettersOf("evt_claimed")).length, 1);
});

test("an event of 300 KB does not fit into an execution, and is dead-lettered by EventBridge itself", async () => {
  const { outcome, error, states } = await handle(
    "evt_large",
    invoice("in_large", { description: "x".repeat(300_000) }),
  );
  assert.equal([outcome, error?.name, states], ["dead-letter", "INVALID_PARAMETER", []]);
  const [letter] = await lettersOf("evt_large");
  assert.is(letter?.attributes["ERROR_CODE"], "INVALID_PARAMETER");
  assert.match(`${letter?.attributes["RULE_ARN"]}`, "payment-succeeded-rule");
});

test("two events with one id and different content: of a payment the fuller one stands, of a subscription the first", async () => {
  assert.is((await handle("evt_two", invoice("in_two"))).outcome, "applied");
  assert.is((await handle("evt_two", invoice("in_two", { amount_paid: 1 }))).outcome, "stale");
  const of = (status: string) => sampleSubscription({ id: "sub_two", status, ...period });
  assert.is((await handle("evt_sub", of("active"), "customer.subscription.created")).outcome, "applied");
  assert.is((await handle("evt_sub", of("past_due"), "customer.subscription.created")).outcome, "duplicate");
});

test("every line of a Lambda is JSON, and says which execution it is about", () => {
  const groups = Object.values<string>(Object(running.graph.outputs["logGroups"]));
  const lines = groups
    .filter((name) => name.startsWith("/aws/lambda/"))
    .flatMap((name) => running.logs.eventsOf(name) ?? []);
  const logged = lines.map(({ message }) => JSON.parse(message)).filter(({ _aws: metrics }) => metrics === undefined);
  assert.ok(logged.length >= 12, `${logged.length} lines`);
  for (const { message } of logged) assert.match(message.execution, /^arn:aws:states:.*:express:.*:execution-/);
});

test.run();
