import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Metric } from "./metrics.ts";
import { physicalName } from "../names.ts";

/** What an alarm watches, and at which threshold it goes off. */
export interface AlarmArgs {
  /** Says what it means; docs/alarms.md says what to do. */
  description: string;
  /** A metric, or a metric-math expression over the sums of several. */
  watches: Metric | { expression: string; sums: Record<string, Metric> };
  statistic?: "Sum" | "Maximum" | "p99";
  /** It goes off at this value and above; with `below`, beneath it. */
  threshold: number;
  below?: boolean;
  periodSeconds?: number;
  /** How many periods in a row must breach it. */
  periods?: number;
  /** Whether a period without a datapoint is breaching; most of these metrics are sent only when there is something. */
  treatMissingAsBreaching?: boolean;
}

/**
 * Watches that a metric has a datapoint of at least 1 within so many hours. By the hour, as an alarm looks back two periods more than it
 * evaluates: one of a day's period would go off two days late.
 */
export const missingFor = (hours: number, watches: Metric): Omit<AlarmArgs, "description"> => ({
  watches,
  threshold: 1,
  below: true,
  periodSeconds: 3600,
  periods: hours,
  treatMissingAsBreaching: true,
});

/** Makes an alarm; one with a topic notifies it when the alarm goes off, and when it is over. */
export const alarm = (
  name: string,
  { description, watches, statistic = "Sum", threshold, below = false, ...args }: AlarmArgs,
  topicArn: pulumi.Input<string> | null,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm => {
  const { periodSeconds: period = 300, periods = 1, treatMissingAsBreaching = false } = args;
  const actions = topicArn === null ? [] : [topicArn];
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      name: physicalName(name, 255),
      alarmDescription: `${description} What to do: docs/alarms.md`,
      ...watchedBy(watches, statistic, period),
      comparisonOperator: below ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold",
      threshold,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: treatMissingAsBreaching ? "breaching" : "notBreaching",
      alarmActions: actions,
      okActions: actions,
    },
    opts,
  );
};

const watchedBy = (watches: AlarmArgs["watches"], statistic: string, period: number) => {
  if ("metricName" in watches) {
    const isPercentile = statistic.startsWith("p");
    return { ...watches, period, ...(isPercentile ? { extendedStatistic: statistic } : { statistic }) };
  }
  const sums = Object.entries(watches.sums).map(([id, metric]) => ({
    id,
    metric: { ...metric, period, stat: "Sum" },
    returnData: false,
  }));
  return { metricQueries: [...sums, { id: "result", expression: watches.expression, returnData: true }] };
};
