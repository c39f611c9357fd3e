import { suite } from "uvu";
import * as assert from "uvu/assert";
import { typesByLambda } from "../../../infra/processing/definition.ts";
import { backgroundMachines, workflows } from "../../../infra/workflows.ts";
import type { AlarmChange } from "../../../emulator/cloudwatch/alarms.ts";
import { VirtualClock } from "../../../emulator/time/clock.ts";
import type { FaultPlan } from "../../../emulator/faults/faults.ts";
import { type Graph, ofType } from "../../../emulator/graph/graph.ts";
import { knownMetrics } from "../../../local/product.ts";
import type { Queue } from "../../../emulator/sqs/queue.ts";
import { sampleOf } from "../../../samples/events.ts";
import {
  type Json,
  sampleEvent,
  type SampleSubscription,
  sampleSubscription,
} from "../../../samples/stripe-objects.ts";
import { dashboardOf, identityOf, metricsOf } from "../../helpers/dashboard.ts";
import { type Running, startRunning } from "../../helpers/running.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("alarms in the runner");

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const period = { start: 1_767_225_600, end: 1_769_904_000 };

const subscription = (id: string, more: Partial<SampleSubscription> = {}) =>
  sampleSubscription({ id: `sub_${id}`, ...period, ...more });

// A good event of a type, about a thing of its own.
const eventOf = (type: string, id: string, start = period.start): Json => {
  const own = { name: id, customer: "cus_sample", subscription: `sub_${id}`, userId: null };
  return sampleOf(type, { ...own, start }, id).event;
};

const rounds = [0, 1, 2, 3];

/** Everything that goes wrong, and the events that it goes wrong with. */
const planOf = (graph: Graph): FaultPlan => ({
  seed: 1,
  faults: [
    // First, as its chances follow from its place in the plan: one more workflow is to leave them as they are.
    { hop: "dynamodb", kind: "throttles", probability: 0.3 },
    ...workflows.flatMap(({ name }): FaultPlan["faults"] => [
      { hop: "delivery", kind: "fails", events: [`evt_undelivered_${name}`, `evt_lost_${name}`] },
      { hop: "queue", kind: "refuses", events: [`evt_lost_${name}`] },
      { hop: "machine", kind: "times-out", events: [`evt_stalls_${name}`] },
      { hop: "lambda", kind: "throws", events: [`evt_fails_${name}`] },
    ]),
    ...backgroundMachines.flatMap(({ name }): FaultPlan["faults"] => [
      { hop: "machine", kind: "times-out", events: [`evt_stalls_${name}`] },
      { hop: "lambda", kind: "throws", events: [`evt_fails_${name}`] },
    ]),
    { hop: "forward", kind: "fails", events: ["evt_forward", "evt_forward_lost"] },
    { hop: "queue", kind: "refuses", events: ["evt_forward_lost"] },
    ...ofType(graph, "aws:scheduler/schedule:Schedule").flatMap(({ inputs }): FaultPlan["faults"] => [
      { hop: "delivery", kind: "fails", probability: 1, at: `${inputs["name"]}` },
      { hop: "queue", kind: "refuses", probability: 0.5, at: `${inputs["name"]}` },
    ]),
    ...ofType(graph, "aws:lambda/function:Function").flatMap(({ name, inputs }): FaultPlan["faults"] => [
      { hop: "lambda", kind: "throttled", events: [`evt_throttled_${name}`], at: `${inputs["name"]}` },
      { hop: "lambda", kind: "slow", events: [`evt_slow_${name}`], at: `${inputs["name"]}` },
      { hop: "lambda", kind: "throws", events: rounds.map((n) => `evt_throws_${name}_${n}`), at: `${inputs["name"]}` },
    ]),
  ],
});

let graph: Graph;
let clock: VirtualClock;
let running: Running;
const changes: AlarmChange[] = [];

test.before(async () => {
  graph = await graphOf("prod");
  clock = new VirtualClock();
  running = await startRunning({
    graph,
    clock,
    faults: planOf(graph),
    items: [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_sample" }],
    onAlarm: (change) => changes.push(change),
  });
});
test.after(() => running.stop());

const take = (events: Json[]) => Promise.all(events.map((event) => running.handle(event)));

const pass = async (milliseconds: number): Promise<void> => {
  await clock.sleep(milliseconds);
  running.cloudwatch.check();
};

const queueOf = (name: string): Queue => {
  const queue = running.queues.all.find((candidate) => candidate.name === `prod-homebiyori-${name}`);
  if (!queue) throw new Error(`There is no queue ${name}`);
  return queue;
};

const empty = (queue: Queue): void => {
  for (const { receiptHandle } of queue.receive(queue.messages.length, clock.now())) queue.delete(receiptHandle);
};

// What fails on its way from Stripe's bus to the end of its execution.
const failOnTheWay = () =>
  take([
    ...workflows.flatMap(({ name, eventType }) =>
      ["undelivered", "lost", "stalls", "fails"].map((how) => eventOf(eventType, `evt_${how}_${name}`)),
    ),
    eventOf("invoice.paid", "evt_forward"),
    eventOf("invoice.paid", "evt_forward_lost"),
  ]);

// Starts a state machine that no event starts.
const start = (machine: string, input: object): void => {
  const arn = ofType(graph, "aws:sfn/stateMachine:StateMachine").find(({ name }) => name === machine)?.outputs["arn"];
  running.executions.startInBackground(`${arn}`, JSON.stringify(input));
};

// Starts one about a subscription of this name.
const inBackground = (machine: string, name: string): void => {
  const gap = { subscriptionId: name, userId: "u", gapSince: 1, waitSeconds: 0 };
  start(machine, machine === "reconcile" ? { run: { subscription: name } } : gap);
};

// The Lambdas that no event reaches by itself, each with its state machine.
const asking = { "close-gap": "heal-subscription", "compare-page": "reconcile" } as const;

const failInBackground = async (): Promise<void> => {
  for (const { name } of backgroundMachines) {
    inBackground(name, `evt_stalls_${name}`);
    inBackground(name, `evt_fails_${name}`);
  }
  for (const [lambda, machine] of Object.entries(asking)) {
    for (const how of ["throttled", "slow"]) inBackground(machine, `evt_${how}_${lambda}`);
  }
  for (const round of rounds) {
    for (const [lambda, machine] of Object.entries(asking)) inBackground(machine, `evt_throws_${lambda}_${round}`);
    await pass(5 * minute);
  }
  await running.executions.idle();
  // Stripe shows what no event has told.
  running.learn([running.envelope(eventOf("customer.subscription.created", "evt_drift"))]);
  const events = reversing.map((type) => eventOf(type, "evt_reversed_learnt", now() - day / 1000));
  await take(events.slice(0, 2));
  running.learn(events.slice(2).map((event) => running.envelope(event)));
  await reconcileAll();
};

const now = (): number => Math.floor(clock.now() / 1000);

// A payment, what names its intent, and what says that money of it goes back, or may.
const reversing = ["invoice.paid", "invoice_payment.paid", "refund.updated", "charge.dispute.created"];

// In orders in which each Lambda is the one that tells of it, once the payment is known for ours.
const reverse = async (): Promise<void> => {
  for (const order of [
    [0, 1, 2, 3],
    [1, 2, 3, 0],
    [0, 2, 3, 1],
  ]) {
    for (const at of order) await take([eventOf(`${reversing[at]}`, `evt_reversed_${order.join("")}`)]);
  }
};

const reconcileAll = async (): Promise<void> => {
  start("reconcile", { run: {} });
  await running.executions.idle();
  running.cloudwatch.check();
};

const failInLambdas = async (): Promise<void> => {
  const each = (how: string, end = "") =>
    [...typesByLambda()].map(([name, type]) => eventOf(type, `evt_${how}_${name}${end}`));
  await take(each("throttled"));
  for (const { eventId, outcome, error } of await take(each("slow")))
    assert.is(outcome, "applied", `${eventId} ${error?.message}`);
  for (const round of rounds) {
    await take(each("throws", `_${round}`));
    await pass(5 * minute);
  }
};

// The same event again and again, which is read for and not written: so often that DynamoDB throttles some of the reads, whatever else
// happens.
const readOften = async (): Promise<void> => {
  for (let count = 0; count < 20; count += 1) await take([eventOf("customer.subscription.updated", "evt_read")]);
};

const failAtBilling = async (): Promise<void> => {
  await take(Array.from({ length: 10 }, (_, index) => eventOf("invoice.payment_failed", `evt_unpaid_${index}`)));
  // The second does not go on from where the first left off, and is an hour later.
  const type = "customer.subscription.updated";
  await take([
    sampleEvent("evt_gap_1", type, period.start, subscription("gap", { status: "unpaid" }), { status: "past_due" }),
  ]);
  const later = period.start + 3600;
  await take([sampleEvent("evt_gap_2", type, later, subscription("gap"), { status: "past_due" })]);
  // No alarm is on these: they are what others sell.
  const types = ["customer.subscription.updated", "invoice_payment.paid"];
  await take(types.map((one) => ({ ...eventOf(one, `evt_connected_${one}`), account: "acct_1" })));
};

test("go off, every single one, by what goes wrong in a run, and are over once that is over", async () => {
  await failOnTheWay();
  await failInLambdas();
  await failInBackground();
  await readOften();
  await reverse();
  await failAtBilling();
  queueOf("parked").send("{}", clock.now());
  await pass(4 * day + hour);
  const names = [...running.cloudwatch.alarms.keys()];
  const wentOff = new Set(changes.flatMap(({ name, state }) => (state === "ALARM" ? [name] : [])));
  assert.equal(
    names.filter((name) => !wentOff.has(name)),
    [],
  );
  const types = ["aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"];
  assert.is(names.length, types.flatMap((type) => ofType(graph, type)).length);

  for (const queue of running.queues.all) empty(queue);
  await take(workflows.map(({ name, eventType }) => eventOf(eventType, `evt_good_${name}`)));
  await reconcileAll();
  await pass(hour);
  const left = [...running.cloudwatch.alarms.values()].filter(({ state }) => state !== "OK");
  assert.equal(left, []);
});

const measured = knownMetrics.filter(({ awsOnly }) => !awsOnly);

const schedules = (): string[] =>
  ofType(graph, "aws:scheduler/schedule:Schedule").map(({ inputs }) => `${inputs["name"]}`);

// An operator stops an execution, and schedules cannot start theirs.
const stopAndSchedule = async (): Promise<void> => {
  const [machine] = ofType(graph, "aws:sfn/stateMachine:StateMachine");
  const { arn } = running.executions.startInBackground(`${machine?.outputs["arn"]}`, "{}");
  await running.executions.abort(arn, { Error: "Stopped", Cause: "" });
  for (const name of rounds.flatMap(schedules)) await running.scheduler.run(name);
};

test("are evaluated on the metrics of the table, each of which was published, and no other", async () => {
  await stopAndSchedule();
  const sent = running.cloudwatch.metrics.all().map(({ metric: { namespace, metricName, dimensions } }) => {
    return `${namespace} ${metricName} ${Object.keys(dimensions).toSorted().join()}`;
  });
  const published = measured.filter(({ namespace }) => namespace !== "AWS/Scheduler" || schedules().length > 0);
  const known = published.flatMap(({ namespace, metricNames, dimensions }) =>
    metricNames.map((name) => `${namespace} ${name} ${dimensions.toSorted().join()}`),
  );
  assert.equal([...new Set(sent)].toSorted(), known.toSorted());
});

test("go with a dashboard on which every metric that the emulator measures was published", () => {
  const shown = dashboardOf(graph).widgets.flatMap(metricsOf);
  const sent = running.cloudwatch.metrics.all().map(({ metric }) => identityOf(metric));
  assert.ok(shown.length > 80);
  assert.equal(
    shown
      .filter(({ namespace }) => measured.some((family) => family.namespace === namespace))
      .map(identityOf)
      .filter((metric) => !sent.includes(metric)),
    [],
  );
});

test.run();
