import type { Clock } from "../time/clock.ts";
import type { MetricId } from "./known-metrics.ts";
import { addStatistics, addValue, noStatistics, readStatistic, type Statistic, type Statistics } from "./statistics.ts";

/** Which datapoints to read: `periods` in a row, the last of which ends before `endMinute`, in minutes since 1970. */
export interface Span {
  statistic: Statistic;
  periodMinutes: number;
  periods: number;
  endMinute: number;
}

/** The datapoints that were published, by the minute, for as long as an alarm looks back at them. */
export interface Metrics {
  /** Publishes a datapoint of this minute. */
  put(metric: MetricId, value?: number): void;
  /** Publishes a statistic set of this minute or the one that is named. */
  merge(set: StatisticSet, minute?: number): void;
  /** A metric's datapoint for each period, the oldest first; null where nothing was published. */
  values(metric: MetricId, span: Span): (number | null)[];
  /** Every metric that ever had a datapoint, and the sum of its datapoints. */
  all(): { metric: MetricId; sum: number }[];
}

/** Several datapoints of a metric, aggregated. */
export interface StatisticSet {
  metric: MetricId;
  statistics: Statistics;
}

interface Bucket extends Statistics {
  minute: number;
}

interface Series {
  metric: MetricId;
  sum: number;
  /** The oldest first. */
  buckets: Bucket[];
}

/** Makes an empty store, which drops what is older than `keptMinutes`. */
export const makeMetrics = (clock: Clock, keptMinutes: number): Metrics => {
  const all = new Map<string, Series>();
  // An alarm reads its metric every minute.
  const asked = new WeakMap<MetricId, Series>();

  const seriesOf = (metric: MetricId): Series => {
    const key = keyOf(metric);
    const known = all.get(key);
    if (known) return known;
    const series = { metric, sum: 0, buckets: [] };
    all.set(key, series);
    return series;
  };

  const bucketOf = ({ buckets }: Series, minute: number): Bucket => {
    const last = buckets.at(-1);
    if (last && last.minute >= minute) return last;
    const bucket = { minute, ...noStatistics() };
    buckets.push(bucket);
    while ((buckets[0]?.minute ?? minute) < minute - keptMinutes) buckets.shift();
    return bucket;
  };

  const now = () => Math.floor(clock.now() / 60_000);

  return {
    put: (metric, value = 1) => {
      const series = seriesOf(metric);
      series.sum += value;
      addValue(bucketOf(series, now()), value);
    },
    merge: ({ metric, statistics }, minute = now()) => {
      const series = seriesOf(metric);
      series.sum += statistics.sum;
      addStatistics(bucketOf(series, minute), statistics);
    },
    values: (metric, { statistic, periodMinutes, periods, endMinute }) => {
      const series = asked.get(metric) ?? all.get(keyOf(metric));
      if (series) asked.set(metric, series);
      const first = endMinute - periods * periodMinutes;
      const buckets = series?.buckets ?? [];
      if ((buckets.at(-1)?.minute ?? first) < first) return Array.from({ length: periods }, () => null);
      const inPeriods = buckets.slice(1 + buckets.findLastIndex(({ minute }) => minute < first));
      const byPeriod = Map.groupBy(inPeriods, ({ minute }) => Math.floor((minute - first) / periodMinutes));
      return Array.from({ length: periods }, (_, period) => {
        const some = byPeriod.get(period);
        return some ? readStatistic(together(some), statistic) : null;
      });
    },
    all: () => [...all.values()].map(({ metric, sum }) => ({ metric, sum })),
  };
};

// The order of dimensions does not matter. This runs for every datapoint.
const keyOf = ({ namespace, metricName, dimensions }: MetricId): string => {
  const names = Object.keys(dimensions);
  let key = `${namespace} ${metricName}`;
  for (const name of names.length > 1 ? names.toSorted() : names) key += ` ${name} ${dimensions[name]}`;
  return key;
};

const together = (buckets: Bucket[]): Statistics => {
  const [first, ...others] = buckets;
  if (first && others.length === 0) return first;
  const statistics = noStatistics();
  for (const bucket of buckets) addStatistics(statistics, bucket);
  return statistics;
};
