import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { loadStack } from "../../local/program.ts";
import { life } from "../../samples/one-life.ts";
import { sampleEvent, sampleInvoice, sampleSubscription } from "../../samples/stripe-objects.ts";
import { graphWithout } from "../helpers/graph-without.ts";
import { rejects } from "../helpers/rejects.ts";
import { type Running, startRunning } from "../helpers/running.ts";
import { stackWith } from "../helpers/stack.ts";

const test = suite("the runner");

let running: Running;
test.before(async () => {
  running = await startRunning();
});
test.after(() => running.stop());

const period = { start: 1_767_225_600, end: 1_769_904_000 };

const paid = (customer: string, id = "in_1") =>
  sampleInvoice({ id, customer, amount: 580, created: period.start, paidAt: period.start + 5, ...period });

const withUser = async (customer: string) => {
  const event = sampleEvent(
    `evt_${customer}`,
    "invoice.payment_succeeded",
    period.start,
    paid(customer, `in_${customer}`),
  );
  await running.addPlaceholderUsers([running.envelope(event)]);
  return event;
};

test("turns the events of the sample subscription into rows", async () => {
  const events = life().flatMap((stage) => stage.events);
  await running.addPlaceholderUsers(events.map((event) => running.envelope(event)));
  const outcomes = [];
  for (const event of events) outcomes.push(await running.handle(event));
  const others = outcomes.filter(({ outcome }) => outcome !== "applied");
  // Whose money it was meanwhile is in no row.
  assert.equal(
    others.map(({ type, outcome }) => `${type} ${outcome}`),
    ["charge.dispute.funds_withdrawn duplicate", "charge.dispute.funds_reinstated duplicate"],
  );
  const failed = events.find(({ type }) => type === "invoice.payment_failed");
  const { core, payments, deadLetters } = await running.dump();
  const own = core.find(({ PK, SK }) => PK === "USER#user_cus_sample" && SK === "SUBSCRIPTION");
  const { status, plan, order, gap_since: gapSince } = Object(own);
  assert.equal(
    { status, plan, order, gapSince },
    { status: "canceled", plan: "yearly", order: "certain", gapSince: null },
  );
  assert.equal(
    payments
      .filter(({ user_id: userId, SK }) => userId === "user_cus_sample" && SK !== "REVERSALS")
      .map(({ PK, SK, amount }) => [PK, SK, amount]),
    [
      ["INVOICE#in_life_1", "SUCCEEDED", 0],
      ["INVOICE#in_life_2", "SUCCEEDED", 580],
      ["INVOICE#in_life_3", `FAILED#${failed?.["created"]}#1`, 580],
      ["INVOICE#in_life_3", "SUCCEEDED", 580],
      ["INVOICE#in_life_4", "SUCCEEDED", 5413],
    ],
  );
  assert.equal(deadLetters, []);
});

test("says what became of an event: its states, what was written and published, and how long it took", async () => {
  const event = await withUser("cus_outcome");
  const { ms, ...outcome } = await running.handle(event);
  assert.equal(outcome, {
    eventId: "evt_cus_outcome",
    type: "invoice.payment_succeeded",
    customerId: "cus_outcome",
    userId: "user_cus_outcome",
    outcome: "applied",
    states: [
      "ResolveCustomer",
      "IsItForUs",
      "WritePayment",
      "HasAnythingChanged",
      "PublishChanges",
      "MarkPublished",
      "Recorded",
    ],
    retries: 0,
    written: ["payments INVOICE#in_cus_outcome SUCCEEDED"],
    published: [{ type: "PaymentRecorded", subject: "payment/in_cus_outcome/SUCCEEDED", version: 1 }],
    error: null,
  });
  assert.ok(ms > 0);
  const again = await running.handle(event);
  assert.equal([again.outcome, again.written, again.published], ["duplicate", [], []]);
});

test("names the rows that were written though what came after it failed", async () => {
  const event = await withUser("cus_unpublished");
  await running.setFaults({ seed: 1, faults: [{ hop: "publish", kind: "fails", probability: 1 }] });
  const failed = await running.handle(event);
  await running.setFaults(null);
  assert.equal([failed.outcome, failed.written], ["dead-letter", ["payments INVOICE#in_cus_unpublished SUCCEEDED"]]);
});

test("refuses what a role does not allow, in AWS's words", async () => {
  const cases = [
    ["resolve-customer", "dynamodb:Query", "dead-letter", "AccessDeniedException"],
    ["write-payment", "dynamodb:UpdateItem", "dead-letter", "AccessDeniedException"],
    ["payment-succeeded", "lambda:InvokeFunction", "dead-letter", "Lambda.AWSLambdaException"],
    ["payment-succeeded-rule", "states:StartExecution", "dead-letter", "NO_PERMISSIONS"],
  ] as const;
  const check = async ([role, action, expected, errorName]: (typeof cases)[number]): Promise<void> => {
    const other = await startRunning({ graph: graphWithout(role, action) });
    try {
      const event = sampleEvent("evt_1", "invoice.payment_succeeded", 1, paid("cus_1"));
      await other.addPlaceholderUsers([other.envelope(event)]);
      const { outcome, error } = await other.handle(event);
      assert.equal([outcome, error?.name], [expected, errorName]);
      assert.match(String(error?.message), `is not authorized to perform: ${action} on resource: arn:aws:`);
      assert.is((await other.dump()).deadLetters.length, 1);
    } finally {
      await other.stop();
    }
  };
  await Promise.all(cases.map(check));
});

test("says that an event is lost which fails and cannot be sent to the queue either", async () => {
  const other = await startRunning({ graph: graphWithout("payment-succeeded", "sqs:SendMessage") });
  try {
    const event = sampleEvent("evt_1", "invoice.payment_succeeded", 1, paid("cus_unknown"));
    const { outcome, error } = await other.handle(event);
    assert.equal([outcome, error?.name], ["lost", "DeadLetterQueueUnreachable"]);
  } finally {
    await other.stop();
  }
});

test("runs a stack whose events come over Stripe's own bus", async () => {
  const graph = loadStack(stackWith("dev", { eventSource: "aws.partner/stripe.com/ed_test_1" }));
  const other = await startRunning({ graph, items: [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_1" }] });
  try {
    const event = sampleEvent(
      "evt_1",
      "customer.subscription.created",
      1,
      sampleSubscription({ customer: "cus_1", ...period }),
    );
    assert.is((await other.handle(event)).outcome, "applied");
    const foreign = { ...other.envelope(event), source: "homebiyori.stripe.test" };
    const { outcome, source } = await other.take(foreign);
    assert.equal([outcome, source], ["unmatched", "homebiyori.stripe.test"]);
    const ofNoRule = await other.handle({ ...event, id: "evt_2", type: "customer.created" });
    assert.equal([ofNoRule.outcome, ofNoRule.source], ["unmatched", undefined]);
    const item = (await other.dump()).core.find(({ SK }) => SK === "SUBSCRIPTION");
    assert.equal([item?.["user_id"], item?.["status"]], ["u", "active"]);
  } finally {
    await other.stop();
  }
});

test("keeps tables and dead letters between runs, in the data directory", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  try {
    const first = await startRunning({
      dataDirectory,
      items: [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_1" }],
    });
    await first.handle(sampleEvent("evt_1", "invoice.payment_succeeded", 1, paid("cus_1")));
    await first.handle(sampleEvent("evt_2", "invoice.payment_succeeded", 1, paid("cus_unknown")));
    const before = await first.dump();
    await first.stop();
    const second = await startRunning({ dataDirectory });
    const after = await second.dump();
    await second.stop();
    assert.equal(after, before);
    assert.equal([after.core.length, after.payments.length, after.deadLetters.length], [2, 1, 1]);
  } finally {
    rmSync(dataDirectory, { recursive: true });
  }
});

test("does not start with a program that it would not run as AWS does, and leaves nothing running", async () => {
  const { message } = await rejects(startRunning({ graph: loadStack(stackWith("dev", { eventSource: "nowhere" })) }));
  assert.match(message, "eventSource");
});

test("waits for a Lambda's retries of throttled calls on its own clock, while events are played", async () => {
  const clock = new VirtualClock();
  const waits: number[] = [];
  const sleepHeld = clock.sleepHeld.bind(clock);
  clock.sleepHeld = (milliseconds) => {
    waits.push(milliseconds);
    return sleepHeld(milliseconds);
  };
  const faults = { seed: 1, faults: [{ hop: "dynamodb", kind: "throttles", probability: 0.5 } as const] };
  const throttled = await startRunning({ clock, faults });
  try {
    const began = clock.now();
    const events = life().flatMap((stage) => stage.events);
    await throttled.addPlaceholderUsers(events.map((event) => throttled.envelope(event)));
    for (const event of events) await throttled.handle(event);
    const waited = waits.reduce((sum, milliseconds) => sum + milliseconds, 0);
    assert.ok(waited > 0 && clock.now() - began >= waited, `${clock.now() - began} ms, of ${waited} ms waited for`);
  } finally {
    await throttled.stop();
  }
});

test.run();
