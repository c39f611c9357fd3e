import { suite } from "uvu";
import * as assert from "uvu/assert";
import { datapointsIn } from "../../../emulator/cloudwatch/embedded-metrics.ts";

const test = suite("embedded metrics");

const directive = (namespace: string, names: string[], dimensions = [["FunctionName"]]) => ({
  Namespace: namespace,
  Dimensions: dimensions,
  Metrics: names.map((Name) => ({ Name, Unit: "Count" })),
});

const line = (directives: object[], values: object) =>
  JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: directives }, FunctionName: "f", ...values });

const point = (namespace: string, metricName: string, value: number, dimensions = { FunctionName: "f" }) => ({
  metric: { namespace, metricName, dimensions },
  value,
});

test("are read from the root of a line, by the dimensions that it names", () => {
  assert.equal(datapointsIn(line([directive("Own", ["A", "B"])], { A: 2, B: 0 })), [
    point("Own", "A", 2),
    point("Own", "B", 0),
  ]);
});

test("are as many as there are directives and sets of dimensions", () => {
  const text = line([directive("Own", ["A"], [["FunctionName"], []]), directive("Other", ["B"])], { A: 1, B: 2 });
  assert.equal(datapointsIn(text), [
    point("Own", "A", 1),
    { metric: { namespace: "Own", metricName: "A", dimensions: {} }, value: 1 },
    point("Other", "B", 2),
  ]);
});

test("are not there under a message, as console prints it, nor in a line that is no JSON", () => {
  const metric = line([directive("Own", ["A"])], { A: 1 });
  for (const text of [
    JSON.stringify({ level: "INFO", message: JSON.parse(metric) }),
    JSON.stringify({ level: "INFO", message: metric }),
    'the word "_aws" in a text',
    ...JSON.stringify(JSON.parse(metric), null, 2).split("\n"),
  ]) {
    assert.equal(datapointsIn(text), []);
  }
});

test.run();
