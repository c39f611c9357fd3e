import type { Metrics, Span } from "./metrics.ts";

/** The states that evaluating an alarm can give; with `missing` as missing data CloudWatch has a third, and no alarm here uses that. */
export type AlarmState = "OK" | "ALARM";

/** An alarm on metrics. */
export interface MetricAlarm {
  name: string;
  description: string;
  /** How far it looks back. */
  minutes: number;
  /** Its state at the beginning of that minute, and the datapoints behind it. */
  evaluate(metrics: Metrics, minute: number): { state: AlarmState; reason: string };
}

/** What an alarm watches, as text and as values. */
export interface Watched {
  about: string;
  /** In seconds. */
  period: number;
  values: Values;
}

/** The values of several periods, the oldest first; null where there is no datapoint. */
export type Values = (metrics: Metrics, span: Pick<Span, "periods" | "endMinute">) => (number | null)[];

/** When an alarm goes off, by the fields of its resource. */
export interface AlarmRule {
  name: string;
  alarmDescription: string;
  comparisonOperator: "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  threshold: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: "breaching" | "notBreaching";
}

// An alarm retrieves more periods than it evaluates, and uses the older datapoints in place of missing ones:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const morePeriods = 2;

/** Makes an alarm that evaluates what it watches by a rule. */
export const alarmOn = (rule: AlarmRule, { about, period, values }: Watched): MetricAlarm => {
  const { name, evaluationPeriods, datapointsToAlarm, threshold, comparisonOperator, treatMissingData } = rule;
  const isBelow = comparisonOperator === "LessThanThreshold";
  const isBreaching = (value: number) => (isBelow ? value < threshold : value >= threshold);
  const periods = evaluationPeriods + morePeriods;
  return {
    name,
    description: rule.alarmDescription,
    minutes: periods * (period / 60),
    evaluate: (metrics, minute) => {
      const found = values(metrics, { periods, endMinute: minute }).filter((value) => value !== null);
      const evaluated = found.slice(-evaluationPeriods);
      const missing = evaluationPeriods - evaluated.length;
      const breaching = evaluated.filter(isBreaching).length + (treatMissingData === "breaching" ? missing : 0);
      const seen =
        evaluated.length > 0 ? evaluated.map((value) => Number(value.toFixed(1))).join(", ") : "no datapoint";
      return {
        state: breaching >= datapointsToAlarm ? "ALARM" : "OK",
        reason: `${about} in ${period / 60} min: ${seen} (goes off ${isBelow ? "under" : "at"} ${threshold})`,
      };
    },
  };
};
