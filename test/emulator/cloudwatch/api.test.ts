import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  GetMetricDataCommand,
  type MetricDataQuery,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../../emulator/time/clock.ts";
import { localConfig } from "../../../ops/command/clients.ts";
import { rejects } from "../../helpers/rejects.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("CloudWatch's calls, by the real SDK");

const clock = new VirtualClock();
let serving: Serving;
let client: CloudWatchClient;
test.before(async () => {
  serving = await startServing({ clock });
  client = new CloudWatchClient(localConfig(serving.stack.bus.arn, serving.url));
});
test.after(async () => {
  client.destroy();
  await serving.stop();
});

const describe = (input: DescribeAlarmsCommandInput = {}) => client.send(new DescribeAlarmsCommand(input));

const both = ["MetricAlarm" as const, "CompositeAlarm" as const];

test("describe alarms, at first those on metrics only, and have no state of one that was never evaluated", async () => {
  const { MetricAlarms = [], CompositeAlarms } = await describe({ AlarmNamePrefix: "dev-homebiyori-dead-letter" });
  assert.equal(CompositeAlarms, []);
  assert.ok(MetricAlarms.length > 0);
  for (const {
    AlarmName,
    AlarmArn,
    AlarmDescription,
    StateValue,
    StateReason,
    StateUpdatedTimestamp,
  } of MetricAlarms) {
    assert.match(`${AlarmName}`, /^dev-homebiyori-dead-letter/);
    assert.is(AlarmArn, `arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:${AlarmName}`);
    assert.match(`${AlarmDescription}`, "What to do: docs/alarms.md");
    assert.equal([StateValue, StateReason, StateUpdatedTimestamp], ["INSUFFICIENT_DATA", undefined, undefined]);
  }
});

test("describe alarms a page after the other, composite ones with their rule", async () => {
  const names: string[] = [];
  const pages = paginateDescribeAlarms({ client, pageSize: 7 }, { AlarmTypes: both });
  let count = 0;
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
    count += 1;
    names.push(...[...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => `${AlarmName}`));
    for (const { AlarmRule } of CompositeAlarms) assert.match(`${AlarmRule}`, /^ALARM\("dev-homebiyori-/);
  }
  assert.ok(count > 2);
  assert.equal(names.toSorted(), [...serving.cloudwatch.alarms.keys()].toSorted());
});

test("say why an alarm is in its state, and since when it is", async () => {
  serving.deadLetters.send("{}", clock.now());
  await clock.sleep(10 * 60_000);
  serving.cloudwatch.check();
  const on = async () => {
    const { MetricAlarms = [] } = await describe({ MaxRecords: 100 });
    return MetricAlarms.filter(({ StateValue }) => StateValue === "ALARM");
  };
  const [alarm] = await on();
  assert.match(`${alarm?.StateReason}`, "ApproximateNumberOfMessagesVisible");
  const since = Number(alarm?.StateUpdatedTimestamp);
  assert.is(since % 60_000, 0);
  assert.ok(since <= clock.now() && since > clock.now() - 10 * 60_000);
  await clock.sleep(5 * 60_000);
  serving.cloudwatch.check();
  assert.is(Number((await on()).find(({ AlarmName }) => AlarmName === alarm?.AlarmName)?.StateUpdatedTimestamp), since);
});

const queryOf = (Id: string, Stat: string, Period = 300): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace: "AWS/Lambda", MetricName: "Duration", Dimensions: [{ Name: "FunctionName", Value: "one" }] },
    Period,
    Stat,
  },
});

const window = () => {
  const StartTime = new Date(Math.floor(clock.now() / 900_000) * 900_000);
  return { StartTime, EndTime: new Date(StartTime.getTime() + 900_000) };
};

test("have a metric's statistics by the period, the newest first, and none where nothing was published", async () => {
  await clock.sleep(900_000 - (clock.now() % 900_000));
  const times = window();
  const metric = { namespace: "AWS/Lambda", metricName: "Duration", dimensions: { FunctionName: "one" } };
  for (const value of [1, 2]) serving.cloudwatch.metrics.put(metric, value);
  await clock.sleep(600_000);
  serving.cloudwatch.metrics.put(metric, 4);
  const MetricDataQueries = [queryOf("a", "Sum"), queryOf("b", "Maximum"), queryOf("c", "Sum", 900)];
  const { MetricDataResults = [] } = await client.send(new GetMetricDataCommand({ MetricDataQueries, ...times }));
  const start = times.StartTime.getTime();
  assert.equal(
    MetricDataResults.map(({ Id, Values, Timestamps, StatusCode }) => [
      Id,
      Values,
      Timestamps?.map(Number),
      StatusCode,
    ]),
    [
      ["a", [4, 3], [start + 600_000, start], "Complete"],
      ["b", [4, 2], [start + 600_000, start], "Complete"],
      ["c", [7], [start], "Complete"],
    ],
  );
});

test("refuse what they would not answer as AWS does", async () => {
  const ask = (query: MetricDataQuery, more: object = {}) =>
    rejects(client.send(new GetMetricDataCommand({ MetricDataQueries: [query], ...window(), ...more })));
  for (const query of [
    { Id: "a", Expression: "SUM(METRICS())" },
    queryOf("a", "Average"),
    queryOf("a", "Sum", 90),
    { ...queryOf("a", "Sum"), ReturnData: false },
  ])
    assert.match((await ask(query)).message, "The emulator does not take this");
  assert.match((await ask(queryOf("a", "Sum"), { StartTime: new Date(60_000) })).message, "multiples of the Period");
  assert.match((await ask(queryOf("a", "Sum"), { EndTime: new Date(0) })).message, "before the EndTime");
  assert.is((await rejects(describe({ StateValue: "ALARM" }))).name, "ValidationException");
});

test.run();
