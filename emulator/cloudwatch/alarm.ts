import {
  array,
  enums,
  type Infer,
  integer,
  literal,
  min,
  number,
  object,
  optional,
  record,
  refine,
  string,
  union,
} from "superstruct";
import { checked } from "../graph/checked.ts";
import type { Resource } from "../graph/load.ts";
import { isKnownMetric, type MetricId } from "./known-metrics.ts";
import { expressionOf } from "./metric-math.ts";
import type { Metrics, Span } from "./metrics.ts";

/** The states of an alarm that was judged: CloudWatch has a third, for one that misses data that stands for nothing. */
export type Verdict = "OK" | "ALARM";

/** An alarm on metrics that can be judged. */
export interface MetricAlarm {
  name: string;
  /** How far it looks back. */
  minutes: number;
  /** Its state at the beginning of that minute, and by which datapoints. */
  judge(metrics: Metrics, minute: number): { state: Verdict; reason: string };
}

const wholeMinutes = refine(integer(), "whole minutes", (seconds) => seconds >= 60 && seconds % 60 === 0);
const metric = { namespace: string(), metricName: string(), dimensions: record(string(), string()) };
const common = {
  name: string(),
  alarmDescription: string(),
  comparisonOperator: enums(["GreaterThanOrEqualToThreshold", "LessThanThreshold"]),
  threshold: number(),
  evaluationPeriods: min(integer(), 1),
  datapointsToAlarm: min(integer(), 1),
  treatMissingData: enums(["breaching", "notBreaching"]),
  alarmActions: array(string()),
  okActions: array(string()),
};

const OnMetric = object({
  ...common,
  ...metric,
  period: wholeMinutes,
  statistic: optional(enums(["Sum", "Maximum"])),
  extendedStatistic: optional(literal("p99")),
});

const Query = object({
  id: string(),
  metric: object({ ...metric, period: wholeMinutes, stat: literal("Sum") }),
  returnData: literal(false),
});
const Result = object({ id: string(), expression: string(), returnData: literal(true) });
const OnExpression = object({ ...common, metricQueries: array(union([Query, Result])) });

/** What an alarm watches, in words and in values. */
interface Watched {
  about: string;
  /** In seconds. */
  period: number;
  values: Values;
}

type Values = (metrics: Metrics, span: Pick<Span, "periods" | "endMinute">) => (number | null)[];
type Common = Pick<Infer<typeof OnMetric>, keyof typeof common>;

/** Reads an alarm; refuses one that the runner would not judge as CloudWatch does, or that could never go off. */
export const readAlarm = ({ name: logicalName, inputs }: Resource): MetricAlarm => {
  const title = `alarm ${logicalName}`;
  if ("metricQueries" in inputs) {
    const alarm = checked(inputs, OnExpression, title);
    return judging(alarm, reckoned(alarm.metricQueries, title));
  }
  const { namespace, metricName, dimensions, period, statistic, extendedStatistic, ...alarm } = checked(
    inputs,
    OnMetric,
    title,
  );
  const wanted = statistic ?? extendedStatistic;
  if (wanted === undefined || (statistic && extendedStatistic)) throw new Error(`${title} needs one statistic`);
  const id = known({ namespace, metricName, dimensions }, title);
  return judging(alarm, {
    about: `${wanted} of ${metricName}`,
    period,
    values: (metrics, span) => metrics.values(id, { ...span, statistic: wanted, periodMinutes: period / 60 }),
  });
};

const known = (id: MetricId, title: string): MetricId => {
  if (isKnownMetric(id)) return id;
  const { namespace, metricName, dimensions } = id;
  throw new Error(`${title}: nobody sends ${namespace} ${metricName} by ${Object.keys(dimensions).join(" and ")}`);
};

const reckoned = (queries: Infer<typeof OnExpression>["metricQueries"], title: string): Watched => {
  const sums = queries.flatMap((query) => ("metric" in query ? [query] : []));
  const [result, ...others] = queries.flatMap((query) => ("expression" in query ? [query] : []));
  const [period, ...periods] = new Set(sums.map((query) => query.metric.period));
  if (!result || others.length > 0 || period === undefined || periods.length > 0)
    throw new Error(`${title} needs one expression, over metrics of one period`);
  const ids = sums.map(({ id, metric: { period: _, stat: _stat, ...one } }) => ({ id, metric: known(one, title) }));
  const { names, reckon } = expressionOf(result.expression, title);
  const unknown = names.find((name) => !ids.some(({ id }) => id === name));
  if (unknown !== undefined) throw new Error(`${title}: there is no metric ${unknown}, of which it is reckoned`);
  const values: Values = (metrics, span) => {
    const columns = ids.map(({ id, metric: one }) => ({
      id,
      column: metrics.values(one, { ...span, statistic: "Sum", periodMinutes: period / 60 }),
    }));
    return Array.from({ length: span.periods }, (_, index) =>
      reckon(new Map(columns.map(({ id, column }) => [id, column[index] ?? null]))),
    );
  };
  return { about: result.expression, period, values };
};

// An alarm looks at more periods than it judges, and lets data stand for what is missing as far as there is any:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const morePeriods = 2;

const judging = (alarm: Common, { about, period, values }: Watched): MetricAlarm => {
  const { name, evaluationPeriods, datapointsToAlarm, threshold, comparisonOperator, treatMissingData } = alarm;
  const isBelow = comparisonOperator === "LessThanThreshold";
  const isBad = (value: number) => (isBelow ? value < threshold : value >= threshold);
  const periods = evaluationPeriods + morePeriods;
  return {
    name,
    minutes: periods * (period / 60),
    judge: (metrics, minute) => {
      const found = values(metrics, { periods, endMinute: minute }).filter((value) => value !== null);
      const judged = found.slice(-evaluationPeriods);
      const missing = evaluationPeriods - judged.length;
      const bad = judged.filter(isBad).length + (treatMissingData === "breaching" ? missing : 0);
      const seen = judged.length > 0 ? judged.map((value) => Number(value.toFixed(1))).join(", ") : "no datapoint";
      return {
        state: bad >= datapointsToAlarm ? "ALARM" : "OK",
        reason: `${about} in ${period / 60} min: ${seen} (goes off ${isBelow ? "under" : "at"} ${threshold})`,
      };
    },
  };
};
