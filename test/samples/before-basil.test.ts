import { suite } from "uvu";
import * as assert from "uvu/assert";
import { paymentsIn } from "../../local/print/payments-in.ts";
import { eventBeforeBasil, versionBeforeBasil } from "../../samples/before-basil.ts";
import { samplesOf } from "../../samples/events.ts";
import { sampleMonth, subjectOf } from "../../samples/month.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import { type Running, startRunning } from "../helpers/running.ts";

const test = suite("samples before Basil");

const start = 1_790_000_000;

let running: Running;
test.before(async () => {
  running = await startRunning();
});
test.after(() => running.stop());

const play = async (name: string, shape: (event: Json) => Json | null): Promise<string[]> => {
  const outcomes: string[] = [];
  for (const { event } of samplesOf(subjectOf(name, start))) {
    const shaped = shape(event);
    if (shaped === null) continue;
    const envelope = running.envelope(shaped);
    await running.addPlaceholderUsers([envelope]);
    outcomes.push((await running.take(envelope)).outcome);
  }
  return outcomes;
};

test("are of every type but that of the invoice payments, and make the rows of today's", async () => {
  const before = subjectOf("before", start);
  const old = (event: Json) => eventBeforeBasil(event, sampleMonth(before));
  const outcomes = await play("before", old);
  await play("after", (event) => event);
  assert.equal(outcomes.length, samplesOf(before).length - 1);
  for (const outcome of outcomes) assert.ok(["applied", "duplicate"].includes(outcome), outcome);
  const { core, payments } = await running.dump();
  const paid = (name: string) =>
    paymentsIn(payments).flatMap(({ status, payment_id: id, subscription_id: subscription }) =>
      subscription === `sub_${name}` ? [`${status} ${id}`] : [],
    );
  assert.equal(paid("after"), ["failed in_after", "partially_refunded pi_after"]);
  // An invoice named its payment intent then.
  assert.equal(paid("before"), ["failed pi_before", "partially_refunded pi_before"]);
  const subscriptions = core.filter(({ SK }) => SK === "SUBSCRIPTION");
  const periods = subscriptions.map((row) => [row["status"], row["current_period_start"], row["current_period_end"]]);
  assert.equal(periods.length, 2);
  assert.equal(periods[0], periods[1]);
});

test("say what an update changed as Stripe did then, and which version they have", () => {
  const subject = subjectOf("one", start);
  const update = samplesOf(subject).find(({ event }) => event.type === "customer.subscription.updated");
  const event = eventBeforeBasil({ ...update?.event }, sampleMonth(subject));
  assert.equal(Object(event?.["data"]).previous_attributes, {
    status: "trialing",
    current_period_start: start - 30 * 24 * 3600,
    current_period_end: start,
  });
  assert.is(event?.["api_version"], versionBeforeBasil);
});

test.run();
