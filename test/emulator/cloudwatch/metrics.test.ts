import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../../emulator/time/clock.ts";
import { makeMetrics } from "../../../emulator/cloudwatch/metrics.ts";
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

test("are aggregated by period, up to the requested minute, and null where there was nothing", async () => {
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

test("drop what no alarm looks back at, but not the sum of all", async () => {
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

test.run();
