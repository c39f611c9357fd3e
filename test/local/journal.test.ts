import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeJournal } from "../../local/journal.ts";

const test = suite("journal");

const metric = (values: Record<string, number>, namespace = "Homebiyori/Billing") => ({
  _aws: {
    Timestamp: 1,
    CloudWatchMetrics: [
      { Namespace: namespace, Dimensions: [[]], Metrics: Object.keys(values).map((Name) => ({ Name, Unit: "Count" })) },
    ],
  },
  ...values,
});

const metricsOf = (...lines: unknown[]) => {
  const journal = makeJournal();
  for (const line of lines) journal.log("write-payment", typeof line === "string" ? line : JSON.stringify(line));
  return Object.fromEntries(journal.metrics);
};

const undelivered = (name: string) => [{ undelivered: { name, message: "" }, isLost: false }];

test("keeps each line with the name of who wrote it", () => {
  const journal = makeJournal();
  journal.log("one", "{}");
  journal.log("two", "plain text");
  assert.equal(journal.lines, [
    { functionName: "one", line: "{}" },
    { functionName: "two", line: "plain text" },
  ]);
});

test("adds up the metrics at the root of lines, by namespace and name", () => {
  const counted = metricsOf(
    metric({ PaymentFailed: 1 }),
    metric({ PaymentFailed: 2, Gap: 5 }),
    metric({ PaymentFailed: 1 }, "Other"),
  );
  assert.equal(counted, {
    "Homebiyori/Billing PaymentFailed": 3,
    "Homebiyori/Billing Gap": 5,
    "Other PaymentFailed": 1,
  });
});

test("counts several directives of one line", () => {
  const { _aws: one, ...value } = metric({ A: 1 });
  const { _aws: two, ...other } = metric({ B: 2 }, "Other");
  const _aws = { CloudWatchMetrics: [...one.CloudWatchMetrics, ...two.CloudWatchMetrics] };
  assert.equal(metricsOf({ _aws, ...value, ...other }), { "Homebiyori/Billing A": 1, "Other B": 2 });
});

test("counts nothing that is nested under a message, as console prints it", () => {
  assert.equal(metricsOf({ level: "INFO", message: metric({ PaymentFailed: 1 }) }), {});
  assert.equal(metricsOf({ level: "INFO", message: JSON.stringify(metric({ PaymentFailed: 1 })) }), {});
});

test("counts nothing in a line that is no JSON, and goes on", () => {
  const printed = JSON.stringify(metric({ PaymentFailed: 1 }), null, 2).split("\n");
  assert.equal(metricsOf('the word "_aws" in a text', ...printed, metric({ PaymentFailed: 1 })), {
    "Homebiyori/Billing PaymentFailed": 1,
  });
});

test("keeps the newest thousand lines, but counts the metrics of all", () => {
  const journal = makeJournal();
  for (let index = 0; index < 1005; index += 1) journal.log("one", JSON.stringify(metric({ Counted: 1, index })));
  assert.is(journal.lines.length, 1000);
  assert.match(`${journal.lines[0]?.line}`, '"index":5}');
  assert.match(`${journal.lines.at(-1)?.line}`, '"index":1004}');
  assert.is(journal.metrics.get("Homebiyori/Billing Counted"), 1005);
});

test("keeps what became of the newest thousand events", () => {
  const journal = makeJournal();
  for (let index = 0; index < 1002; index += 1) journal.record(`evt_${index}`, undelivered("one"));
  assert.is(journal.executions.size, 1000);
  assert.equal([...journal.executions.keys()].slice(0, 1), ["evt_2"]);
});

test("keeps the newest of an event that comes again, and takes it for new", () => {
  const journal = makeJournal();
  for (let index = 0; index < 1000; index += 1) journal.record(`evt_${index}`, undelivered("first"));
  journal.record("evt_0", undelivered("second"));
  journal.record("evt_new", undelivered("first"));
  assert.equal(journal.executions.get("evt_0"), undelivered("second"));
  assert.not(journal.executions.has("evt_1"));
  assert.is(journal.executions.size, 1000);
});

test.run();
