import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../../emulator/time/clock.ts";
import { makeMetrics } from "../../../emulator/cloudwatch/metrics.ts";
import { makeQueueMetrics } from "../../../emulator/sqs/metrics.ts";
import { makeQueue } from "../../../emulator/sqs/queue.ts";
import { addStatistics, addValue, noStatistics, readStatistic } from "../../../emulator/cloudwatch/statistics.ts";

const test = suite("metrics");

const minute = 60_000;
const duration = { namespace: "AWS/Lambda", metricName: "Duration", dimensions: { FunctionName: "f" } };

const started = (keptMinutes = 100) => {
  const clock = new VirtualClock(0);
  const metrics = makeMetrics(clock, keptMinutes);
  const values = (endMinute: number, periods = 3, periodMinutes = 5) =>
    metrics.values(duration, { statistic: "Sum", periods, periodMinutes, endMinute });
  return { clock, metrics, values };
};

test("are put together by period, up to the minute that is asked for, and null where there was nothing", async () => {
  const { clock, metrics, values } = started();
  metrics.put(duration, 1);
  await clock.sleep(4 * minute);
  metrics.put(duration, 2);
  await clock.sleep(7 * minute);
  metrics.put(duration, 4);
  assert.equal(values(15), [3, null, 4]);
  assert.equal(values(12), [1, 2, 4]);
  assert.equal(values(11), [1, 2, null]);
  assert.equal(values(100), [null, null, null]);
});

test("are one by their names and all of their dimensions, in whatever order", () => {
  const { metrics } = started();
  const of = (dimensions: Record<string, string>) => ({ ...duration, dimensions });
  metrics.put(of({ a: "1", b: "2" }));
  metrics.put(of({ b: "2", a: "1" }), 5);
  metrics.put(of({ a: "1" }));
  assert.equal(
    metrics.all().map(({ sum }) => sum),
    [6, 1],
  );
});

test("forget what nobody looks back at, but not the sum of all", async () => {
  const { clock, metrics, values } = started(10);
  for (let index = 0; index < 30; index += 1) {
    metrics.put(duration, 1);
    await clock.sleep(minute);
  }
  assert.equal(values(30, 30, 1).filter((value) => value !== null).length, 11);
  assert.equal(metrics.all(), [{ metric: duration, sum: 30 }]);
});

test("take what comes late for what is sent now: time does not go back", () => {
  const { metrics, values } = started();
  const one = noStatistics();
  addValue(one, 1);
  metrics.merge({ metric: duration, statistics: one }, 7);
  metrics.put(duration, 1);
  assert.equal(values(8, 8, 1), [null, null, null, null, null, null, null, 2]);
});

test("have percentiles that are right to a per cent, also when put together of parts", () => {
  const [all, part] = [noStatistics(), noStatistics()];
  for (let value = 1; value <= 500; value += 1) addValue(all, value);
  for (let value = 501; value <= 1000; value += 1) addValue(part, value);
  addStatistics(all, part);
  for (const [statistic, right] of [
    ["p50", 500],
    ["p99", 990],
    ["Maximum", 1000],
    ["Sum", 500_500],
  ] as const) {
    const found = readStatistic(all, statistic);
    assert.ok(Math.abs(found - right) <= right / 100, `${statistic}: ${found}`);
  }
  const nothing = noStatistics();
  addValue(nothing, 0);
  assert.is(readStatistic(nothing, "p99"), 0);
});

test("of a queue say how many messages can be received and how old the first is, until it was empty for six hours", () => {
  const { metrics } = started(1000);
  const queue = makeQueue({ name: "q", arn: "", url: "", maxMessageBytes: 100, visibilityTimeoutSeconds: 60 });
  const sample = makeQueueMetrics([queue]);
  const send = (endMinute: number) => sample(metrics, endMinute);
  const at = (endMinute: number) =>
    ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"].map((metricName) => {
      const metric = { namespace: "AWS/SQS", metricName, dimensions: { QueueName: "q" } };
      return metrics.values(metric, { statistic: "Maximum", periods: 1, periodMinutes: 1, endMinute })[0];
    });
  send(1);
  assert.equal(at(1), [null, null]);
  queue.send("a", 1.5 * minute);
  queue.send("b", 1.5 * minute);
  send(2);
  const [received] = queue.receive(1, 2.5 * minute);
  send(3);
  assert.equal(
    [at(2), at(3)],
    [
      [2, 30],
      [1, 90],
    ],
  );
  for (const { receiptHandle } of [received, ...queue.receive(1, 3 * minute)].flatMap((one) => one ?? []))
    queue.delete(receiptHandle);
  send(4);
  send(3 + 6 * 60);
  send(4 + 6 * 60);
  assert.equal(
    [at(4), at(3 + 6 * 60), at(4 + 6 * 60)],
    [
      [0, 0],
      [0, 0],
      [null, null],
    ],
  );
});

test.run();
