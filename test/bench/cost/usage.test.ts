import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { type Counting, startCounting, type Taken, usageOf } from "../../../bench/cost/usage.ts";
import { changingEvents } from "../../drills/policy-publishing.ts";
import { startTables } from "../../helpers/tables.ts";

const test = suite("what an event takes");

let counting: Counting;
test.before(async () => {
  counting = await startCounting({ endpoint: (await startTables()).endpoint });
});
test.after(() => counting.stop());

const period = { start: 1_767_225_600, end: 1_769_904_000 };

const paid = (metadata: object, customer = "cus_usage") => {
  const more = { parent: { subscription_details: { subscription: "sub_usage", metadata } } };
  const invoice = { id: "in_usage", customer, amount: 1, created: period.start, paidAt: period.start };
  return sampleEvent("evt_usage", "invoice.paid", period.start, sampleInvoice({ ...invoice, ...period, more }));
};

test("is counted: its states, calls of Lambdas, units of DynamoDB", async () => {
  const taken = await counting.take([paid({ user_id: "user_usage" })]);
  const { states, tries, calls, readUnits, writeUnits, messages, seen } = taken;
  const called = Object.entries(calls).filter(([, times]) => times > 0);
  assert.equal(Object.fromEntries(called), { "resolve-customer": 1, "write-payment": 1, "mark-published": 1 });
  // Half a unit to read; one to write the customer's item, one the payment and one to mark it, and one in an index of each of them.
  assert.equal(
    { states, tries, readUnits, writeUnits, messages },
    { states: 7, tries: 0, readUnits: 0.5, writeUnits: 6, messages: 0 },
  );
  assert.equal(
    seen.map(({ action }) => action),
    ["Query", "UpdateItem", "UpdateItem", "UpdateItem"],
  );
});

test("is one PutEvents and one UpdateItem more where an event changes something, and nothing where it does not", async () => {
  for (const { event, before } of changingEvents()) {
    await counting.take(before);
    const [first, again] = [await counting.take([event]), await counting.take([event])];
    const publishing = ({ published, calls, seen }: Taken) => ({
      puts: published.calls,
      marks: seen.filter(({ body }) => body.includes("REMOVE stripe_unpublished")).length,
      calls: calls["mark-published"],
    });
    assert.equal(publishing(first), { puts: 1, marks: 1, calls: 1 }, `${event["type"]}`);
    assert.equal(publishing(again), { puts: 0, marks: 0, calls: 0 }, `${event["type"]}, again`);
    assert.ok(first.published.events >= 1 && again.published.events === 0);
  }
});

test("counts each try of what fails, how long it waits, and its dead letter", async () => {
  const { states, tries, calls, messages, waitedMilliseconds, writeUnits } = await counting.take([
    paid({}, "cus_unknown"),
  ]);
  assert.equal([states, tries, calls["resolve-customer"], messages, writeUnits], [3, 3, 4, 1, 0]);
  assert.ok(waitedMilliseconds > 0 && waitedMilliseconds < 14_000);
});

test("is what all of them took, on average", () => {
  const taken: Taken = {
    events: 10,
    bytes: 12_000,
    published: { calls: 4, events: 5, bytes: 4000 },
    states: 30,
    tries: 2,
    calls: { "resolve-customer": 12, "write-payment": 10, "close-gap": 0 },
    waitedMilliseconds: 4000,
    readUnits: 5,
    writeUnits: 20,
    logBytes: { lambdas: 9000, machines: 40_000 },
    messages: 1,
    seen: [],
  };
  const size = { milliseconds: 5, megabytes: 512 };
  assert.equal(usageOf(taken, { "resolve-customer": size, "write-payment": size }), {
    bytes: 1200,
    buses: 2,
    published: { events: 0.5, bytes: 800 },
    transitions: 3.2,
    // 400 of waiting, and 20 for each of 3 states.
    statesMilliseconds: 460,
    calls: [
      { times: 1.2, ...size },
      { times: 1, ...size },
    ],
    readUnits: 0.5,
    writeUnits: 2,
    logBytes: { lambdas: 900, machines: 4000 },
    messages: 0.1,
  });
});

test.run();
