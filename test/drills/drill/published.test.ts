import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Envelope } from "../../../emulator/eventbridge/envelope.ts";
import type { Dump } from "../../../local/runner.ts";
import { sampleOf } from "../../../samples/events.ts";
import { startRunning } from "../../helpers/running.ts";
import { comparePublished } from "./published.ts";

const test = suite("what was published, held against the rows");

const events: Envelope[] = [];
let dump: Dump;
test.before(async () => {
  const running = await startRunning({ onPublished: (event) => void events.push(event) });
  const subject = { name: "told", subscription: "sub_told", customer: "cus_told", userId: "user_told" };
  const types = [
    "customer.subscription.created",
    "customer.subscription.deleted",
    "invoice.payment_failed",
    "invoice.paid",
    "invoice_payment.paid",
    "refund.created",
    "refund.updated",
    "charge.dispute.created",
  ];
  for (const type of types) await running.handle(sampleOf(type, { ...subject, start: 1_767_225_600 }).event);
  dump = await running.dump();
  await running.stop();
});

const detailOf = (event: Envelope) => Object(event.detail);
const changed = (index: number, more: object): Envelope[] =>
  events.map((event, at) => (at === index ? { ...event, detail: { ...detailOf(event), ...more } } : event));
const indexOf = (subject: string, version: number): number =>
  events.findIndex(({ detail }) => Object(detail).subject === subject && Object(detail).version === version);

test("agrees with them, and counts what was told again", () => {
  const { missing, untrue, waiting, published, publishedAgain } = comparePublished([...events, ...events], dump);
  assert.equal({ missing, untrue, waiting }, { missing: [], untrue: [], waiting: 0 });
  assert.is(published, 2 * publishedAgain);
  assert.equal(new Set(events.map(({ detail }) => `${Object(detail).subject}`.split("/")[0])), new Set(kinds));
});

const kinds = ["subscription", "payment", "reversals"];

test("is missing where any of the events is", () => {
  for (const [index, event] of events.entries()) {
    // Of a version that is two events, a refund's and a dispute's, one has all of it.
    const { missing, untrue } = comparePublished(events.toSpliced(index, 1), dump);
    assert.ok(missing.length + untrue.length > 0, JSON.stringify(event));
  }
});

test("is missing where a row has no event at all, or says something else than the last one", () => {
  for (const kind of kinds) {
    const others = events.filter(({ detail }) => !`${Object(detail).subject}`.startsWith(kind));
    assert.ok(comparePublished(others, dump).missing.length > 0, kind);
  }
  const core = dump.core.map((row) => ({ ...row, subscription_status: "trialing", status: "trialing", plan: "other" }));
  assert.match(comparePublished(events, { ...dump, core }).missing.join(), /the row is not what its last event says/);
});

test("is untrue where an event tells of a version or a subject that no row has, or not the same each time, or of no change", () => {
  const last = indexOf("subscription/user_told", 2);
  const untrue = (all: Envelope[]) => comparePublished(all, dump).untrue.join();
  assert.match(untrue([...events, ...changed(last, { version: 3 })]), /the row has no version 3/);
  assert.match(untrue([...events, ...changed(last, { subject: "subscription/user_other" })]), /user_other: no row/);
  assert.match(untrue([...events, ...changed(last, { user_id: "user_other" })]), /is told in two ways/);
  const changes = { customer_id: { from: "cus_other", to: "cus_told" } };
  assert.match(untrue(changed(last, { changes })), /does not go on from the one before it/);
});

test("waits where a row has a change that is not marked as published", () => {
  const payments = dump.payments.map((row) => ({ ...row, stripe_unpublished: ["{}"] }));
  assert.is(comparePublished(events, { ...dump, payments }).waiting, payments.length);
});

test.run();
