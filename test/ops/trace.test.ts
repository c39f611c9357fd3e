import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Json, sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { localConfig } from "../../ops/command/clients.ts";
import { readEventLogs } from "../../ops/trace/event-logs.ts";
import { tracesOf } from "../../ops/trace/execution-trace.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { readTrace } from "../../ops/trace/read-trace.ts";
import { captured } from "../helpers/captured.ts";
import { runCommand } from "../helpers/command.ts";
import { type Serving, startServing } from "../helpers/serving.ts";
import { graphOf } from "../helpers/stack.ts";

const test = suite("npm run trace");

const faults = {
  seed: 1,
  faults: [
    { hop: "delivery" as const, kind: "twice" as const, events: ["evt_twice"] },
    { hop: "lambda" as const, kind: "crashes" as const, events: ["evt_crashed"], at: "dev-homebiyori-write-payment" },
  ],
};

let dev: Serving;
let prod: Serving;
test.before(async () => {
  dev = await startServing({ faults });
  prod = await startServing({ graph: graphOf("prod") });
});
test.after(async () => {
  await Promise.all([dev.stop(), prod.stop()]);
});

const argsOf = ({ url, stack }: Serving) => ({
  logs: new CloudWatchLogsClient(localConfig(stack.bus.arn, url)),
  stack,
  since: new Date(0),
});

const eventOf = (name: string, more: Json = {}): Json => {
  const times = { created: 1, paidAt: 1, start: 1, end: 2 };
  const invoice = sampleInvoice({ id: `in_${name}`, customer: `cus_${name}`, amount: 1, ...times });
  return sampleEvent(`evt_${name}`, "invoice.payment_succeeded", 17, { ...invoice, ...more });
};

const handle = async (serving: Serving, name: string, more?: Json) => {
  const event = eventOf(name, more);
  await serving.addPlaceholderUsers([serving.envelope(event)]);
  return serving.handle(event);
};

const trace = (serving: Serving, name: string) => readTrace(`evt_${name}`, argsOf(serving));

test("has what was written by an attempt that failed afterwards", async () => {
  await handle(dev, "crashed");
  const { executions } = await trace(dev, "crashed");
  const written = executions.flatMap(({ states }) => states.flatMap((state) => state.written));
  assert.equal(written, ["payments INVOICE#in_crashed SUCCEEDED"]);
});

test("has an event's states, its outcome, and what was written and published", async () => {
  for (const serving of [dev, prod]) {
    await handle(serving, "way");
    const { executions, ...event } = await trace(serving, "way");
    assert.equal(event, { eventId: "evt_way", type: "invoice.payment_succeeded", created: 17 });
    const [execution, ...others] = executions;
    const { machine, kind, status, error } = execution ?? {};
    assert.equal([machine, kind, status, error, others], ["payment-succeeded", "first", "SUCCEEDED", null, []]);
    assert.equal(
      execution?.states.map(({ name, outcome, written, attempts }) => [name, outcome, written, attempts.length]),
      [
        ["ResolveCustomer", null, [], 1],
        ["IsItForUs", null, [], 0],
        ["WritePayment", "applied", ["payments INVOICE#in_way SUCCEEDED"], 1],
        ["HasAnythingChanged", null, [], 0],
        ["PublishChanges", null, [], 1],
        ["MarkPublished", null, [], 1],
        ["Recorded", null, [], 0],
      ],
    );
    assert.equal(
      execution?.states.map(({ published }) => published).filter(({ length }) => length > 0),
      [[{ type: "PaymentRecorded", subject: "payment/in_way/SUCCEEDED", version: 1 }]],
    );
  }
});

test("has each attempt with its time and its error, and the redrive that succeeded", async () => {
  await dev.handle(eventOf("lost"));
  await dev.addPlaceholderUsers([dev.envelope(eventOf("lost"))]);
  const options = { local: dev.url, dryRun: false, max: 3, rate: 1000, parked: false };
  await captured(() => redriveAll(options, new AbortController().signal));
  const { executions } = await trace(dev, "lost");
  assert.equal(
    executions.map(({ kind, status, error }) => [kind, status, error?.name]),
    [
      ["first", "FAILED", "CustomerNotFound"],
      ["redrive", "SUCCEEDED", undefined],
    ],
  );
  const first = executions[0];
  assert.equal(
    first?.states.map(({ name, attempts }) => [name, attempts.length]),
    [
      ["ResolveCustomer", 4],
      ["SendToDeadLetterQueue", 1],
      ["DeadLettered", 0],
    ],
  );
  const attempts = first?.states[0]?.attempts ?? [];
  for (const { error } of attempts) {
    assert.equal(error, {
      name: "CustomerNotFound",
      message: "No user is known for customer cus_lost, and sub_sample names none",
    });
  }
  const times = attempts.map(({ at }) => at);
  assert.equal(
    times,
    [...new Set(times)].toSorted((a, b) => a - b),
  );
  assert.ok(Number(first?.ms) >= (times.at(-1) ?? 0) - (times[0] ?? 0));
});

test("has what an execution and its states were given and returned, where the state machine logs execution data", async () => {
  await handle(dev, "data");
  const [execution] = (await trace(dev, "data")).executions;
  const states = new Map(execution?.states.map((state) => [state.name, state]));
  assert.equal(Object(Object(execution?.input).value).detail, eventOf("data"));
  assert.equal(states.get("ResolveCustomer")?.input, execution?.input);
  const { input, output } = states.get("WritePayment") ?? {};
  assert.is(Object(Object(input).value).customer.customerId, "cus_data");
  assert.is(Object(Object(output).value).outcome, "applied");
  assert.equal(states.get("Recorded")?.output, states.get("Recorded")?.input);
});

test("says that execution data is not logged, or that Step Functions has cut it", async () => {
  await handle(prod, "data");
  const [execution] = (await trace(prod, "data")).executions;
  const { input, states = [] } = execution ?? {};
  const data = [input, ...states.flatMap((state) => [state.input, state.output])];
  assert.equal(new Set(data), new Set([{ missing: "not-logged" }]));
  await handle(dev, "long", { description: "x".repeat(254_000) });
  const [long] = (await trace(dev, "long")).executions;
  assert.equal([long?.input, long?.states[0]?.input], [{ missing: "truncated" }, { missing: "truncated" }]);
});

test("has the log lines of each state's Lambda, with all that they say", async () => {
  for (const serving of [dev, prod]) {
    await handle(serving, "lines");
    const [execution] = (await trace(serving, "lines")).executions;
    const lines = execution?.states.map(({ name, lines: own }) => [name, own.map(({ message }) => message)]);
    assert.equal(lines, [
      ["ResolveCustomer", ["Received"]],
      ["IsItForUs", []],
      ["WritePayment", ["Received", "Payment succeeded"]],
      ["HasAnythingChanged", []],
      ["PublishChanges", []],
      ["MarkPublished", ["Received", "Changes published"]],
      ["Recorded", []],
    ]);
    const { at, ...received } = execution?.states[0]?.lines[0] ?? {};
    const fields = { type: "invoice.payment_succeeded", created: 17, customerId: "cus_lines" };
    assert.equal(received, { level: "INFO", message: "Received", fields });
    assert.type(at, "number");
  }
});

test("tells apart the executions of an event that EventBridge delivered twice", async () => {
  await handle(dev, "twice");
  const { executions } = await trace(dev, "twice");
  assert.equal(
    executions.map(({ kind }) => kind),
    ["first", "again"],
  );
  const outcomes = executions.flatMap(({ states }) => states.flatMap(({ outcome }) => outcome ?? []));
  assert.equal(new Set(outcomes), new Set(["applied", "duplicate"]));
});

test("says why an event was skipped, which only the logs say in prod", async () => {
  await handle(prod, "manual", { parent: null });
  const [execution] = (await trace(prod, "manual")).executions;
  assert.is(execution?.status, "SUCCEEDED");
  const { outcome, reason } = execution?.states[0] ?? {};
  assert.equal([outcome, reason], ["skipped", "The invoice belongs to no subscription"]);
});

test("finds an event that is invalid, and says at which path", async () => {
  await handle(prod, "invalid", { customer: 17 });
  const [execution] = (await trace(prod, "invalid")).executions;
  const { error } = execution?.states[0]?.attempts[0] ?? {};
  assert.is(error?.name, "InvalidEvent");
  assert.match(`${error?.message}`, "detail.data.object.customer");
});

test("falls back to the Lambdas' log lines for a state machine that logs errors only", async () => {
  await dev.handle(eventOf("quiet"));
  await handle(dev, "quiet");
  const logs = await readEventLogs("evt_quiet", argsOf(dev));
  const errorsOnly = logs.map((log) => ({ ...log, events: log.events.filter(({ type }) => type.endsWith("Failed")) }));
  const whole = tracesOf(logs);
  const [failed, done] = tracesOf(errorsOnly);
  assert.equal([failed?.status, done?.status], ["FAILED", null]);
  assert.equal(failed?.states[0]?.attempts, whole[0]?.states[0]?.attempts);
  assert.equal(
    done?.states.map(({ name, outcome }) => [name, outcome]),
    [
      ["ResolveCustomer", null],
      ["WritePayment", "applied"],
      ["MarkPublished", null],
    ],
  );
});

test("finds the error of an attempt where the state machine's log leaves it out", async () => {
  await dev.handle(eventOf("mute"));
  const logs = await readEventLogs("evt_mute", argsOf(dev));
  const mute = logs.map((log) => ({
    ...log,
    events: log.events.map((event) => ({ ...event, details: { name: event.details.name } })),
  }));
  assert.equal(tracesOf(mute)[0]?.states[0]?.attempts, tracesOf(logs)[0]?.states[0]?.attempts);
});

test("reads all pages of a log search", async () => {
  const lines = Array.from({ length: 3 }, (_, index) => {
    const message = {
      message: "Received",
      eventId: "evt_pages",
      execution: `a:b:c:d:e:f:g:${index}`,
      padding: "x".repeat(600_000),
    };
    return { timestamp: 1000 + index, message: JSON.stringify({ message }) };
  });
  dev.logs.keep(`${dev.stack.logGroups["write-payment"]}`, () => lines);
  assert.is((await trace(dev, "pages")).executions.length, 3);
});

const everythingIn = ({ logs, stack }: Serving): string =>
  Object.values(stack.logGroups)
    .flatMap((group) => logs.eventsOf(group) ?? [])
    .map(({ message }) => message)
    .join("\n");

test("has no personal data to read in prod, and all of it in dev", async () => {
  const personal = { customer_name: "Ada Lovelace", customer_email: "ada@example.com" };
  for (const serving of [dev, prod]) await handle(serving, "personal", personal);
  assert.match(everythingIn(dev), "ada@example.com");
  assert.match(everythingIn(prod), "evt_personal");
  assert.not.match(everythingIn(prod), /Lovelace|ada@example.com/);
});

const run = (...args: string[]) => runCommand("trace", args);

test("prints text or JSON, and what to do about an event that failed", async () => {
  await dev.handle(eventOf("printed"));
  const { stdout, code, stderr } = await run("evt_printed", "--local", dev.url);
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, "evt_printed  invoice.payment_succeeded, created 1970-01-01T00:00:17.000Z, received ");
  assert.match(stdout, /FAILED after \d.* CustomerNotFound/);
  assert.match(stdout, /attempt 4 .* CustomerNotFound: No user is known for customer cus_printed/);
  assert.match(stdout, `npm run redrive -- --dry-run --local ${dev.url} --event evt_printed`);
  const json = await run("evt_printed", "--local", dev.url, "--json");
  assert.equal(JSON.parse(json.stdout), JSON.parse(JSON.stringify(await trace(dev, "printed"))));
});

test("says where an event may be of which nothing is logged, and since when it has searched", async () => {
  const { stdout, stderr, code } = await run("evt_unknown", "--local", dev.url, "--since", "2026-01-31T12:00:00Z");
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, "logged nothing of evt_unknown since 2026-01-31T12:00:00Z");
  assert.match(stderr, "npm run redrive");
});

test("refuses invalid options", async () => {
  for (const [args, message] of [
    [["in_1", "--local"], "expected the id of an event, evt_…"],
    [["--local"], "missing required argument 'event'"],
    [["evt_1"], "say which stack to work on, by --stack <name> or --local"],
  ] as const) {
    const { stderr, code } = await run(...args);
    assert.is(code, 2);
    assert.match(stderr, message);
  }
});

test.run();
