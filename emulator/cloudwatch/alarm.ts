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
import { EmulatorError } from "../graph/errors.ts";
import type { Resource } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import { isKnownMetric, type MetricFamily, type MetricId } from "./known-metrics.ts";
import { expressionOf } from "./metric-math.ts";
import type { Metrics, Span } from "./metrics.ts";

/** The states that evaluating an alarm can give; with `missing` as missing data CloudWatch has a third, and no alarm here uses that. */
export type AlarmState = "OK" | "ALARM";

/** An alarm on metrics. */
export interface MetricAlarm {
  name: string;
  /** How far it looks back. */
  minutes: number;
  /** Its state at the beginning of that minute, and the datapoints behind it. */
  evaluate(metrics: Metrics, minute: number): { state: AlarmState; reason: string };
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

/** What an alarm watches, as text and as values. */
interface Watched {
  about: string;
  /** In seconds. */
  period: number;
  values: Values;
}

type Values = (metrics: Metrics, span: Pick<Span, "periods" | "endMinute">) => (number | null)[];
type Common = Pick<Infer<typeof OnMetric>, keyof typeof common>;

/** Reads an alarm on these metrics; refuses one that the emulator does not evaluate as CloudWatch does, or that could never go off. */
export const readAlarm = ({ name: logicalName, inputs }: Resource, families: readonly MetricFamily[]): MetricAlarm => {
  const title = `alarm ${logicalName}`;
  if ("metricQueries" in inputs) {
    const alarm = validateInputs(inputs, OnExpression, title);
    return alarmOn(alarm, expressionIn(alarm.metricQueries, title, families));
  }
  const { namespace, metricName, dimensions, period, statistic, extendedStatistic, ...alarm } = validateInputs(
    inputs,
    OnMetric,
    title,
  );
  const wanted = statistic ?? extendedStatistic;
  if (wanted === undefined || (statistic && extendedStatistic)) throw new EmulatorError(`${title} needs one statistic`);
  const id = assertKnown({ namespace, metricName, dimensions }, title, families);
  return alarmOn(alarm, {
    about: `${wanted} of ${metricName}`,
    period,
    values: (metrics, span) => metrics.values(id, { ...span, statistic: wanted, periodMinutes: period / 60 }),
  });
};

const assertKnown = (id: MetricId, title: string, families: readonly MetricFamily[]): MetricId => {
  if (isKnownMetric(id, families)) return id;
  const { namespace, metricName, dimensions } = id;
  const names = Object.keys(dimensions).join(" and ");
  throw new EmulatorError(`${title}: no metric ${namespace} ${metricName} is published with the dimensions ${names}`);
};

const expressionIn = (
  queries: Infer<typeof OnExpression>["metricQueries"],
  title: string,
  families: readonly MetricFamily[],
): Watched => {
  const sums = queries.flatMap((query) => ("metric" in query ? [query] : []));
  const [result, ...others] = queries.flatMap((query) => ("expression" in query ? [query] : []));
  const [period, ...periods] = new Set(sums.map((query) => query.metric.period));
  if (!result || others.length > 0 || period === undefined || periods.length > 0)
    throw new EmulatorError(`${title} needs one expression, over metrics of one period`);
  const ids = sums.map(({ id, metric: { period: _, stat: _stat, ...one } }) => ({
    id,
    metric: assertKnown(one, title, families),
  }));
  const { names, evaluate } = expressionOf(result.expression, title);
  const unknown = names.find((name) => !ids.some(({ id }) => id === name));
  if (unknown !== undefined)
    throw new EmulatorError(`${title}: there is no metric ${unknown}, which its expression names`);
  const values: Values = (metrics, span) => {
    const columns = ids.map(({ id, metric: one }) => ({
      id,
      column: metrics.values(one, { ...span, statistic: "Sum", periodMinutes: period / 60 }),
    }));
    return Array.from({ length: span.periods }, (_, index) =>
      evaluate(new Map(columns.map(({ id, column }) => [id, column[index] ?? null]))),
    );
  };
  return { about: result.expression, period, values };
};

// An alarm retrieves more periods than it evaluates, and uses the older datapoints in place of missing ones:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const morePeriods = 2;

const alarmOn = (alarm: Common, { about, period, values }: Watched): MetricAlarm => {
  const { name, evaluationPeriods, datapointsToAlarm, threshold, comparisonOperator, treatMissingData } = alarm;
  const isBelow = comparisonOperator === "LessThanThreshold";
  const isBreaching = (value: number) => (isBelow ? value < threshold : value >= threshold);
  const periods = evaluationPeriods + morePeriods;
  return {
    name,
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
