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
import { alarmOn, type MetricAlarm, type Values, type Watched } from "./evaluation.ts";

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
