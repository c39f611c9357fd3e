/** Datapoints, aggregated as far as the statistics of alarms and the dashboard need. */
export interface Statistics {
  count: number;
  sum: number;
  maximum: number;
  /** How many datapoints there are of about each value, by `binOf` it. */
  bins: Record<number, number>;
}

/** A statistic, by CloudWatch's name for it. */
export type Statistic = "Sum" | "Maximum" | `p${number}`;

/** The statistics of no datapoint at all. */
export const noStatistics = (): Statistics => ({ count: 0, sum: 0, maximum: -Infinity, bins: {} });

/** Adds a datapoint. */
export const addValue = (statistics: Statistics, value: number): void => {
  statistics.count += 1;
  statistics.sum += value;
  if (value > statistics.maximum) statistics.maximum = value;
  const bin = binOf(value);
  statistics.bins[bin] = (statistics.bins[bin] ?? 0) + 1;
};

/** Adds datapoints that are aggregated already. */
export const addStatistics = (statistics: Statistics, others: Statistics): void => {
  statistics.count += others.count;
  statistics.sum += others.sum;
  statistics.maximum = Math.max(statistics.maximum, others.maximum);
  for (const [bin, count] of Object.entries(others.bins)) {
    statistics.bins[Number(bin)] = (statistics.bins[Number(bin)] ?? 0) + count;
  }
};

/** Reads a statistic of at least one datapoint; a percentile is accurate to one per cent. */
export const readStatistic = (statistics: Statistics, statistic: Statistic): number => {
  if (statistic === "Sum") return statistics.sum;
  if (statistic === "Maximum") return statistics.maximum;
  const wanted = (Number(statistic.slice(1)) / 100) * statistics.count;
  let seen = 0;
  for (const [bin, count] of Object.entries(statistics.bins).toSorted(([a], [b]) => Number(a) - Number(b))) {
    seen += count;
    if (seen >= wanted) return Math.min(valueOf(Number(bin)), statistics.maximum);
  }
  return statistics.maximum;
};

// Values within a per cent of each other are one.
const step = Math.log(1.01);
const smallest = 0.001;

const binOf = (value: number): number => (value < smallest ? 0 : 1 + Math.round(Math.log(value / smallest) / step));

const valueOf = (bin: number): number => (bin === 0 ? 0 : smallest * Math.exp((bin - 1) * step));
