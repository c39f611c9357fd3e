import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Metric } from "./metrics.ts";
import { physicalName } from "../names.ts";

/** What an alarm watches, and from when on it goes off. */
export interface AlarmArgs {
  /** What it means; docs/alarms.md says what to do. */
  means: string;
  /** A metric, or what is reckoned of the sums of several. */
  watches: Metric | { expression: string; sums: Record<string, Metric> };
  statistic?: "Sum" | "Maximum" | "p99";
  /** From this value on; with `below`, from under it. */
  threshold: number;
  below?: boolean;
  periodSeconds?: number;
  /** How many periods in a row it takes. */
  periods?: number;
  /** Whether a period without a datapoint counts as one that is bad; most of these metrics are sent only when there is something. */
  missingIsBad?: boolean;
}

/** Makes an alarm; one with a topic tells of it by itself when it goes off, and when it is over. */
export const alarm = (
  name: string,
  { means, watches, statistic = "Sum", threshold, below = false, ...args }: AlarmArgs,
  topicArn: pulumi.Input<string> | null,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm => {
  const { periodSeconds: period = 300, periods = 1, missingIsBad = false } = args;
  const tell = topicArn === null ? [] : [topicArn];
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      name: physicalName(name, 255),
      alarmDescription: `${means} What to do: docs/alarms.md`,
      ...watchedBy(watches, statistic, period),
      comparisonOperator: below ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold",
      threshold,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: missingIsBad ? "breaching" : "notBreaching",
      alarmActions: tell,
      okActions: tell,
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
