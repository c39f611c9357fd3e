import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findTarget, type Target } from "../../ops/command/target.ts";
import { readAlarms } from "../../ops/system/read-alarms.ts";
import { readFigures } from "../../ops/system/read-figures.ts";
import { readQueues } from "../../ops/system/read-queues.ts";
import { type Json, sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { type Serving, startServing } from "../helpers/serving.ts";
import { graphOf } from "../helpers/stack.ts";

const test = suite("what an operator sees of a system");

const type = "invoice.payment_succeeded";

let dev: Serving;
let prod: Serving;
let targets: { dev: Target; prod: Target };
test.before(async () => {
  const items = [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_sample" }];
  dev = await startServing({ items });
  const faults = [{ hop: "delivery" as const, kind: "fails" as const, events: ["evt_undelivered"] }];
  prod = await startServing({ items, graph: graphOf("prod"), faults: { seed: 1, faults } });
  targets = { dev: await findTarget({ local: dev.url }), prod: await findTarget({ local: prod.url }) };
});
test.after(async () => {
  await Promise.all([dev.stop(), prod.stop()]);
});

const eventOf = (id: string, more: Json = {}): Json => {
  const invoice = sampleInvoice({ id: `in_${id}`, amount: 580, created: 1, paidAt: 2, start: 1, end: 2 });
  return sampleEvent(`evt_${id}`, type, 2, { ...invoice, ...more });
};

test("counts what each rule, state machine and Lambda did since a time, on a partner's bus too", async () => {
  for (const event of [eventOf("1"), eventOf("2"), eventOf("invalid", { customer: 17 }), eventOf("undelivered")])
    await prod.handle(event);
  const { rules, machines, lambdas } = await readFigures(targets.prod, new Date(Date.now() - 3_600_000));
  assert.equal(rules["payment-succeeded-rule"], { matched: 4, failed: 1, deadLettered: 1 });
  assert.equal(rules["invoice-paid-rule"], { matched: 0, failed: 0, deadLettered: 0 });
  assert.equal(machines["payment-succeeded"], { started: 3, failed: 1, timedOut: 0 });
  assert.equal(machines["invoice-paid"], { started: 0, failed: 0, timedOut: 0 });
  assert.equal(lambdas["resolve-customer"], { invocations: 3, errors: 1 });
  assert.equal(lambdas["write-payment"], { invocations: 2, errors: 0 });
  const names = (record: object) => Object.keys(record).toSorted();
  const { stack } = targets.prod;
  assert.equal([...names(lambdas), ...names(machines)].toSorted(), names(stack.logGroups));
  assert.equal(names(rules), names(stack.rules));
});

test("counts nothing of what was before", async () => {
  const later = await readFigures(targets.prod, new Date(Date.now() + 3_600_000));
  assert.is(later.machines["payment-succeeded"]?.started, 0);
});

test("has how many dead letters and parked messages there are, and how many are received just now", async () => {
  dev.deadLetters.send("{}", Date.now());
  dev.deadLetters.send("{}", Date.now());
  dev.parked.send("{}", Date.now());
  dev.deadLetters.receive(1, Date.now(), 600);
  assert.equal(await readQueues(targets.dev), {
    deadLetters: { visible: 1, inFlight: 1 },
    parked: { visible: 1, inFlight: 0 },
  });
});

test("has each alarm with its state, and which ones a composite alarm is about", async () => {
  const alarms = await readAlarms(targets.dev);
  assert.equal(alarms.map(({ name }) => name).toSorted(), [...dev.cloudwatch.alarms.keys()].toSorted());
  const page = alarms.find(({ name }) => name === "dev-homebiyori-page");
  assert.ok(page?.of && page.of.length > 1);
  for (const name of page.of) assert.ok(alarms.some((alarm) => alarm.name === name));
  assert.equal(
    alarms.find(({ of }) => of === null),
    { ...alarms.find(({ of }) => of === null), state: "INSUFFICIENT_DATA", reason: null, since: null },
  );
});

test.run();
