import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readAlarm } from "../../../emulator/cloudwatch/alarm.ts";
import { alarmsOf } from "../../../emulator/cloudwatch/alarms.ts";
import { awsMetrics } from "../../../emulator/cloudwatch/known-metrics.ts";
import { VirtualClock } from "../../../emulator/time/clock.ts";
import { makeMetrics } from "../../../emulator/cloudwatch/metrics.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("an alarm");

const errors = { namespace: "AWS/Lambda", metricName: "Errors", dimensions: { FunctionName: "f" } };

const inputs = {
  name: "test-alarm",
  alarmDescription: "",
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: "notBreaching",
  alarmActions: [],
  okActions: [],
};

const onMetric = { ...inputs, ...errors, period: 60, statistic: "Sum" };

const resource = (values: Record<string, unknown>, type = "aws:cloudwatch/metricAlarm:MetricAlarm") => ({
  type,
  name: "test",
  inputs: values,
  outputs: {},
  protect: false,
  retainOnDelete: false,
  dependsOn: [],
  deleteBeforeReplace: false,
  ignoreChanges: [],
});

// The state by these datapoints, the oldest first: 0 is fine, X is bad, - is missing.
const stateBy = async (points: string, more: object): Promise<string> => {
  const clock = new VirtualClock(0);
  const metrics = makeMetrics(clock, 100);
  for (const point of points) {
    if (point !== "-") metrics.put(errors, point === "X" ? 1 : 0);
    await clock.sleep(60_000);
  }
  return readAlarm(resource({ ...onMetric, ...more }), awsMetrics).evaluate(metrics, points.length).state;
};

// The examples of CloudWatch's own page, for missing data that is bad and that is fine:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const documented: [string, number, string, string][] = [
  ["0-X-X", 3, "OK", "OK"],
  ["0----", 3, "OK", "OK"],
  ["-----", 3, "ALARM", "OK"],
  ["0XX-X", 3, "ALARM", "ALARM"],
  ["----X", 3, "ALARM", "OK"],
  ["X----", 3, "ALARM", "OK"],
  ["0-X-X", 2, "ALARM", "ALARM"],
  ["00X0X", 2, "ALARM", "ALARM"],
  ["0-X--", 2, "ALARM", "OK"],
  ["----0", 2, "ALARM", "OK"],
  ["----X", 2, "ALARM", "OK"],
];

test("is evaluated as CloudWatch evaluates it, with missing data too", async () => {
  for (const [points, datapointsToAlarm, breaching, notBreaching] of documented) {
    const states = [
      await stateBy(points, { datapointsToAlarm, treatMissingData: "breaching" }),
      await stateBy(points, { datapointsToAlarm, treatMissingData: "notBreaching" }),
    ];
    assert.equal(states, [breaching, notBreaching], `${points} ${datapointsToAlarm}`);
  }
});

test("can be about what is too little", async () => {
  const below = { comparisonOperator: "LessThanThreshold" };
  assert.equal([await stateBy("00000", below), await stateBy("00XXX", below)], ["ALARM", "OK"]);
});

const invocations = { ...errors, metricName: "Invocations" };
const query = (id: string, metric: object, period = 60) => ({
  id,
  metric: { ...metric, period, stat: "Sum" },
  returnData: false,
});
const onExpression = (expression: string, metrics: object[] = [query("part", errors), query("all", invocations)]) => ({
  ...inputs,
  threshold: 30,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  metricQueries: [...metrics, { id: "result", expression, returnData: true }],
});

test("can be about a share, which is 0 where there is nothing to share", () => {
  const share = (expression: string, part: number | null, all: number | null) => {
    const metrics = makeMetrics(new VirtualClock(0), 100);
    if (part !== null) metrics.put(errors, part);
    if (all !== null) metrics.put(invocations, all);
    return readAlarm(resource(onExpression(expression)), awsMetrics).evaluate(metrics, 1).state;
  };
  const ofAll = "IF(all>0,100*part/all,0)";
  assert.equal([share(ofAll, 3, 10), share(ofAll, 2, 10), share(ofAll, 1, 0)], ["ALARM", "OK", "OK"]);
  assert.equal([share(ofAll, 3, null), share(ofAll, null, 10)], ["OK", "OK"]);
  const ofBoth = "IF(part+all>=10,100*part/(part+all),0)";
  assert.equal([share(ofBoth, 3, 7), share(ofBoth, 2, 8), share(ofBoth, 9, 0)], ["ALARM", "OK", "OK"]);
  assert.equal([share(ofBoth, 10, null), share(ofBoth, null, 10), share(ofBoth, null, null)], ["ALARM", "OK", "OK"]);
});

test("can be about the sum of several metrics, of which there may be none", () => {
  const state = (part: number | null, all: number | null) => {
    const metrics = makeMetrics(new VirtualClock(0), 100);
    if (part !== null) metrics.put(errors, part);
    if (all !== null) metrics.put(invocations, all);
    return readAlarm(resource(onExpression("SUM(METRICS())")), awsMetrics).evaluate(metrics, 1);
  };
  assert.equal(
    [state(10, 20), state(10, 19), state(30, null)].map((one) => one.state),
    ["ALARM", "OK", "ALARM"],
  );
  assert.is(state(null, null).reason, "SUM(METRICS()) in 1 min: no datapoint (goes off at 30)");
});

test("is refused if it would not be evaluated here as CloudWatch does, or could never go off", () => {
  const { statistic: _, ...without } = onMetric;
  const cases: [Record<string, unknown>, string][] = [
    [{ ...onMetric, unit: "Count" }, "unit"],
    [{ ...onMetric, treatMissingData: "missing" }, "treatMissingData"],
    [{ ...onMetric, statistic: "Average" }, "statistic"],
    [{ ...without }, "needs one statistic"],
    [{ ...onMetric, extendedStatistic: "p99" }, "needs one statistic"],
    [{ ...onMetric, period: 90 }, "period"],
    [{ ...onMetric, metricName: "Error" }, "no metric AWS/Lambda Error is published with the dimensions FunctionName"],
    [
      { ...onMetric, dimensions: { RuleName: "f" } },
      "no metric AWS/Lambda Errors is published with the dimensions RuleName",
    ],
    [onExpression("part/all"), "the emulator does not evaluate part/all"],
    [onExpression("IF(all>0,100*some/all,0)"), "there is no metric some"],
    [
      onExpression("IF(all>0,100*part/all,0)", [query("part", errors), query("all", invocations, 300)]),
      "of one period",
    ],
  ];
  for (const [values, message] of cases)
    assert.match(thrown(() => readAlarm(resource(values), awsMetrics)).message, message);
});

const composite = (alarmRule: string) =>
  resource(
    { alarmName: "test-page", alarmDescription: "", alarmRule, alarmActions: [], okActions: [] },
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  );

const graphWith = (alarmRule: string, ...others: ReturnType<typeof resource>[]) => ({
  stack: "test",
  region: "",
  account: "",
  outputs: {},
  resources: [
    resource({ ...onMetric, evaluationPeriods: 1, datapointsToAlarm: 1 }),
    resource({ ...onMetric, name: "test-never", threshold: 9 }),
    composite(alarmRule),
    ...others,
  ],
});

test("of others goes off with the first of them, is over with the last, and reports each change once", async () => {
  const clock = new VirtualClock(0);
  const metrics = makeMetrics(clock, 100);
  const alarms = alarmsOf(graphWith('ALARM("test-alarm") OR ALARM("test-never")'), awsMetrics);
  assert.equal(
    [...alarms.all.values()].map(({ state }) => state),
    ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "INSUFFICIENT_DATA"],
  );
  assert.equal(alarms.evaluate(metrics, 0), []);
  metrics.put(errors);
  const changes = [1, 2, 3, 4].flatMap((minute) => alarms.evaluate(metrics, minute));
  assert.equal(
    changes.map(({ name, state, minute }) => [name, state, minute]),
    [
      ["test-alarm", "ALARM", 1],
      ["test-page", "ALARM", 1],
      ["test-alarm", "OK", 4],
      ["test-page", "OK", 4],
    ],
  );
  assert.is(changes[0]?.reason, "Sum of Errors in 1 min: 1 (goes off at 1)");
  assert.is(changes[1]?.reason, "test-alarm");
});

test("of others can be about such alarms in turn, which are made before it", () => {
  const rule = 'ALARM("test-alarm")';
  const all = composite('ALARM("test-page")');
  const outer = { ...all, inputs: { ...all.inputs, alarmName: "test-all" } };
  const metrics = makeMetrics(new VirtualClock(0), 100);
  const alarms = alarmsOf(graphWith(rule, outer), awsMetrics);
  metrics.put(errors);
  assert.equal(
    alarms
      .evaluate(metrics, 1)
      .map(({ name, reason }) => [name, reason])
      .slice(1),
    [
      ["test-page", "test-alarm"],
      ["test-all", "test-page"],
    ],
  );
});

test("of others is refused where it names none, or in another way than by OR", () => {
  for (const [rule, message] of [
    ['ALARM("test-other")', "there is no alarm test-other"],
    ['ALARM("test-alarm") AND ALARM("test-never")', "the emulator does not evaluate"],
    ['OK("test-alarm")', "the emulator does not evaluate"],
  ] as const) {
    assert.match(thrown(() => alarmsOf(graphWith(rule), awsMetrics)).message, message);
  }
});

test.run();
