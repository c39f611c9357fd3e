import {
  array,
  enums,
  type Infer,
  integer,
  literal,
  max,
  min,
  number,
  object,
  optional,
  refine,
  size,
  string,
} from "superstruct";
import type { Graph } from "../graph/graph.ts";
import { awsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import type { AlarmStatus } from "./alarms.ts";
import type { CloudWatch } from "./cloudwatch.ts";
import type { MetricId } from "./known-metrics.ts";

/** What the calls are made on. */
export interface CloudWatchCallsArgs {
  graph: Graph;
  cloudwatch: CloudWatch;
}

const Describe = object({
  AlarmNamePrefix: optional(string()),
  AlarmTypes: optional(array(enums(["MetricAlarm", "CompositeAlarm"]))),
  MaxRecords: optional(max(min(integer(), 1), 100)),
  NextToken: optional(string()),
});

const wholeMinutes = refine(integer(), "whole minutes", (seconds) => seconds >= 60 && seconds % 60 === 0);

const Query = object({
  Id: string(),
  MetricStat: object({
    Metric: object({
      Namespace: string(),
      MetricName: string(),
      Dimensions: optional(array(object({ Name: string(), Value: string() }))),
    }),
    Period: wholeMinutes,
    Stat: enums(["Sum", "Maximum"]),
  }),
  ReturnData: optional(literal(true)),
});

// In seconds since 1970.
const GetData = object({ MetricDataQueries: size(array(Query), 1, 500), StartTime: number(), EndTime: number() });

// Neither call is authorized on a resource: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
const anything = () => "*";

/**
 * CloudWatch's calls: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/.
 *
 * Metrics are kept for as long as the alarms look back and an hour more; where there is nothing older, `GetMetricData` returns nothing.
 */
export const monitoringCalls = ({ cloudwatch, graph }: CloudWatchCallsArgs): AwsCalls => ({
  "GraniteServiceVersion20100801.DescribeAlarms": awsCall(Describe, anything, (input) => {
    const { AlarmNamePrefix: prefix = "", AlarmTypes: types = ["MetricAlarm"], MaxRecords: limit = 50 } = input;
    const from = Number(input.NextToken ?? 0);
    const wanted = [...cloudwatch.alarms.values()].filter(
      ({ name, rule }) => name.startsWith(prefix) && types.includes(rule === null ? "MetricAlarm" : "CompositeAlarm"),
    );
    const page = wanted.slice(from, from + limit);
    const next = from + page.length;
    return {
      MetricAlarms: page.filter(({ rule }) => rule === null).map((alarm) => asAlarm(alarm, graph)),
      CompositeAlarms: page.filter(({ rule }) => rule !== null).map((alarm) => asAlarm(alarm, graph)),
      ...(next < wanted.length && { NextToken: `${next}` }),
    };
  }),
  "GraniteServiceVersion20100801.GetMetricData": awsCall(GetData, anything, (input) => ({
    MetricDataResults: input.MetricDataQueries.map((query) => resultOf(query, input, cloudwatch)),
  })),
});

const asAlarm = (
  { name, description, rule, state, reason, since }: AlarmStatus,
  { region, account }: Graph,
): object => ({
  AlarmName: name,
  AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
  AlarmDescription: description,
  StateValue: state,
  ...(rule !== null && { AlarmRule: rule }),
  ...(reason !== null && { StateReason: reason }),
  ...(since !== null && { StateUpdatedTimestamp: since * 60 }),
});

const resultOf = (
  { Id, MetricStat: { Metric, Period, Stat } }: Infer<typeof Query>,
  { StartTime, EndTime }: Infer<typeof GetData>,
  { metrics }: CloudWatch,
): object => {
  if (StartTime % Period !== 0 || EndTime % Period !== 0 || StartTime >= EndTime)
    throw new AwsError(
      "InvalidParameterValue",
      `The emulator takes a StartTime before the EndTime, both multiples of the Period, got ${StartTime}, ${EndTime} and ${Period}`,
    );
  const periods = (EndTime - StartTime) / Period;
  const span = { statistic: Stat, periodMinutes: Period / 60, periods, endMinute: EndTime / 60 };
  const values = metrics.values(idOf(Metric), span);
  const found = values.flatMap((value, index) => (value === null ? [] : [{ value, at: StartTime + index * Period }]));
  // The newest first, which is CloudWatch's default.
  found.reverse();
  return {
    Id,
    Label: Metric.MetricName,
    Timestamps: found.map(({ at }) => at),
    Values: found.map(({ value }) => value),
    StatusCode: "Complete",
  };
};

const idOf = ({ Namespace, MetricName, Dimensions = [] }: Infer<typeof Query>["MetricStat"]["Metric"]): MetricId => ({
  namespace: Namespace,
  metricName: MetricName,
  dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
});
