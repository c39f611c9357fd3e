import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFaultPlan } from "../../../emulator/faults/fault-plan.ts";
import { makeFaults } from "../../../emulator/faults/faults.ts";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { rejects, thrown } from "../../helpers/rejects.ts";
import { startRunning } from "../../helpers/running.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("faults");

test("are injected about as often as their probability says, and at the same chances for the same seed", () => {
  const plan = { seed: 7, faults: [{ hop: "lambda" as const, kind: "throws" as const, probability: 0.1 }] };
  const injectedBy = (seed: number) => {
    const { inject } = makeFaults({ ...plan, seed });
    return Array.from({ length: 5000 }, (_, index) => inject("lambda", `evt_${index}`) !== null);
  };
  const injected = injectedBy(7).filter(Boolean).length;
  assert.ok(injected > 400 && injected < 600, `${injected} of 5000`);
  assert.equal(injectedBy(7), injectedBy(7));
  assert.not.equal(injectedBy(7), injectedBy(8));
});

test("hit the events that they name each time, and no other hop", () => {
  const { inject } = makeFaults({ seed: 1, faults: [{ hop: "queue", kind: "refuses", events: ["evt_1"] }] });
  for (const time of [1, 2, 3]) assert.is(inject("queue", `chance ${time}`, "evt_1"), "refuses");
  assert.is(inject("queue", "chance", "evt_2"), null);
  assert.is(inject("lambda", "chance", "evt_1"), null);
});

test("hit the one place that they name, and no other", () => {
  const { inject } = makeFaults({ seed: 1, faults: [{ hop: "lambda", kind: "throws", events: ["evt_1"], at: "one" }] });
  assert.is(inject("lambda", "chance", "evt_1", "one"), "throws");
  assert.is(inject("lambda", "chance", "evt_1", "two"), null);
});

test("are read from a plan that names what there is", async () => {
  const graph = await graphOf("dev");
  const refusal = (content: unknown) => thrown(() => readFaultPlan(content, "plan.json", graph)).message;
  const plan = (fault: object) => refusal({ seed: 1, faults: [fault] });
  assert.is(refusal({ faults: [] }), "plan.json: seed is missing; expected a whole number");
  assert.is(refusal({ seed: 1.5, faults: [] }), "plan.json: seed is 1.5; expected a whole number");
  assert.is(refusal({ seed: 1, faults: [], more: 1 }), "plan.json: more is not known");
  assert.is(
    plan({ hop: "dynamodb", kind: "throws" }),
    'plan.json: faults.0.kind is "throws"; expected a fault that dynamodb has: throttles, errors, errors-after-write',
  );
  const somewhere = { kind: "throws", hop: "lambda", probability: 1 };
  assert.match(
    plan({ ...somewhere, at: "write-payment" }),
    /^plan\.json: faults\.0: there is no write-payment at lambda; there are .*dev-homebiyori-write-payment/,
  );
  const there = { seed: 1, faults: [{ ...somewhere, at: "dev-homebiyori-write-payment" }] };
  assert.equal(readFaultPlan(there, "plan.json", graph), there);
  assert.match(plan({ hop: "dynamodb", kind: "errors", events: ["evt_1"] }), "at dynamodb no events can be named");
  assert.match(plan({ hop: "moon", kind: "throws" }), "plan.json");
  assert.match(plan({ hop: "queue", kind: "refuses", at: "q" }), "at queue no place can be named");
  assert.match(plan({ hop: "queue", kind: "refuses", probability: 2 }), "faults.0.probability");
});

// A fault that hits an event each time, and the outcome of the event.
const cases = [
  ["delivery", "fails", "dead-letter", "THROTTLING"],
  ["delivery", "twice", "applied", null],
  ["delivery", "late", "applied", null],
  ["machine", "times-out", "lost", "States.Timeout"],
  ["lambda", "throttled", "dead-letter", "Lambda.TooManyRequestsException"],
  ["lambda", "slow", "applied", null],
  ["lambda", "throws", "dead-letter", "InjectedFault"],
  ["lambda", "crashes", "dead-letter", "Runtime.ExitError"],
  ["lambda", "hangs", "dead-letter", "Sandbox.Timedout"],
  ["lambda", "out-of-memory", "dead-letter", "Runtime.OutOfMemory"],
] as const;

test("of every kind have their end in an outcome, and once they stop the event is as good as any", async () => {
  const faults = cases.map(([hop, kind], index) => ({ hop, kind, events: [`evt_${index}`] }));
  const running = await startRunning({
    faults: { seed: 1, faults },
    items: [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_sample" }],
  });
  const eventOf = (index: number) => {
    const invoice = sampleInvoice({ id: `in_${index}`, amount: 580, created: 1, paidAt: 2, start: 1, end: 2 });
    return sampleEvent(`evt_${index}`, "invoice.payment_succeeded", 2, invoice);
  };
  try {
    for (const [index, [hop, kind, expected, name]] of cases.entries()) {
      const { outcome, error } = await running.handle(eventOf(index));
      const isGood = expected === "applied" ? outcome === "applied" || outcome === "duplicate" : outcome === expected;
      assert.ok(isGood, `${hop} ${kind}: ${outcome}`);
      assert.is(error?.name ?? null, name, `${hop} ${kind}`);
    }
    await running.setFaults(null);
    for (const index of cases.keys()) assert.is((await running.handle(eventOf(index))).error, null);
    assert.is((await running.dump()).payments.length, cases.length);
  } finally {
    await running.stop();
  }
});

test("at DynamoDB are overcome by trying again, even where the write was done", async () => {
  const kinds = ["throttles", "errors", "errors-after-write"] as const;
  const faults = kinds.map((kind) => ({ hop: "dynamodb" as const, kind, probability: 0.15 }));
  const running = await startRunning({ faults: { seed: 3, faults } });
  const events = Array.from({ length: 10 }, (_, index) => {
    const invoice = sampleInvoice({ id: `in_${index}`, amount: 580, created: 1, paidAt: 2, start: 1, end: 2 });
    return sampleEvent(`evt_${index}`, "invoice.payment_succeeded", 2, invoice);
  });
  try {
    await running.addPlaceholderUsers(events.map((event) => running.envelope(event)));
    for (const event of events) await running.handle(event);
    const calls = Object.values(await running.calls()).reduce((sum, times) => sum + times, 0);
    assert.ok(calls > 3 * events.length, `${calls} calls`);
    await running.setFaults(null);
    for (const event of events) assert.is((await running.handle(event)).error, null);
    assert.is((await running.dump()).payments.length, events.length);
  } finally {
    await running.stop();
  }
});

test("at the queue lose an event that fails as well, and say so", async () => {
  const faults = { seed: 1, faults: [{ hop: "queue" as const, kind: "refuses" as const, probability: 1 }] };
  const running = await startRunning({ faults });
  try {
    const invoice = sampleInvoice({ id: "in_1", amount: 580, created: 1, paidAt: 2, start: 1, end: 2 });
    const { outcome, error } = await running.handle(sampleEvent("evt_1", "invoice.payment_succeeded", 2, invoice));
    assert.equal([outcome, error?.name], ["lost", "DeadLetterQueueUnreachable"]);
  } finally {
    await running.stop();
  }
});

const invoiceEvent = (id: string) => {
  const invoice = sampleInvoice({ id: `in_${id}`, amount: 580, created: 1, paidAt: 2, start: 1, end: 2 });
  return sampleEvent(`evt_${id}`, "invoice.payment_succeeded", 2, invoice);
};

test("are turned on and off while the emulator runs, those of DynamoDB's process too", async () => {
  const running = await startRunning({ items: [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_sample" }] });
  const result = async (id: string) => {
    const { outcome, error } = await running.handle(invoiceEvent(id));
    return [outcome, error?.name];
  };
  try {
    const throwing = { hop: "lambda", kind: "throws", probability: 1 };
    await running.setFaults({ seed: 1, faults: [throwing, { hop: "queue", kind: "refuses", events: ["evt_never"] }] });
    assert.equal(await result("1"), ["dead-letter", "InjectedFault"]);
    assert.is((await running.dump()).deadLetters.length, 1);
    assert.equal(await running.untriggeredFaults(), ["2 (queue refuses)"]);
    await running.setFaults(null);
    assert.equal(await result("2"), ["applied", undefined]);
    assert.equal(await running.untriggeredFaults(), []);
    const failing = { hop: "dynamodb", kind: "errors", probability: 1 };
    await running.setFaults({ seed: 1, faults: [failing] });
    assert.is((await result("3"))[0], "dead-letter");
    assert.equal(await running.untriggeredFaults(), []);
    await running.setFaults({ seed: 1, faults: [{ ...failing, probability: 0 }] });
    assert.equal(await running.untriggeredFaults(), ["1 (dynamodb errors)"]);
    assert.equal(await result("3"), ["applied", undefined]);
  } finally {
    await running.stop();
  }
});

test("that are no plan for the graph are refused, and the plan before stays", async () => {
  const faults = { seed: 1, faults: [{ hop: "lambda" as const, kind: "throws" as const, probability: 1 }] };
  const running = await startRunning({ faults });
  try {
    for (const [plan, message] of [
      [undefined, "The fault plan"],
      [{ seed: 1, faults: [{ hop: "lambda", kind: "twice" }] }, "faults.0.kind is"],
      [{ seed: 1, faults: [{ hop: "lambda", kind: "throws", at: "none" }] }, "there is no none at lambda"],
    ] as const) {
      const error = await rejects(running.setFaults(plan));
      assert.is(error.name, "EmulatorError");
      assert.match(error.message, message);
    }
    assert.is((await running.handle(invoiceEvent("1"))).outcome, "dead-letter");
  } finally {
    await running.stop();
  }
});

test.run();
