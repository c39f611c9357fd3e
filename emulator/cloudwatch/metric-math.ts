import { EmulatorError } from "../graph/errors.ts";

/** A metric-math expression: the metrics that it names, and its value for one period. */
export interface Expression {
  names: string[];
  /** By the values of all metrics that are beside it; null where those that decide have no datapoint, as CloudWatch then has none. */
  evaluate: (values: ReadonlyMap<string, number | null>) => number | null;
}

/**
 * Reads a metric-math expression in one of the three forms that the emulator evaluates: the sum of all metrics, a percentage of another
 * metric, and a percentage of the sum of two, from a least sum on. A missing value beside another one counts as 0.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export const expressionOf = (text: string, title: string): Expression => {
  if (text === "SUM(METRICS())") return { names: [], evaluate: (values) => sumOf([...values.values()]) };
  const [, all, part] = /^IF\((\w+)>0,100\*(\w+)\/\1,0\)$/.exec(text) ?? [];
  if (all !== undefined && part !== undefined) {
    return {
      names: [all, part],
      evaluate: (values) => share(values.get(part) ?? null, values.get(all) ?? null, 1),
    };
  }
  const [, one, other, least] = /^IF\((\w+)\+(\w+)>=(\d+),100\*\1\/\(\1\+\2\),0\)$/.exec(text) ?? [];
  if (one !== undefined && other !== undefined) {
    return {
      names: [one, other],
      evaluate: (values) => {
        const [mine, others] = [values.get(one) ?? null, values.get(other) ?? null];
        return share(mine, mine === null && others === null ? null : (mine ?? 0) + (others ?? 0), Number(least));
      },
    };
  }
  throw new EmulatorError(`${title}: the emulator does not evaluate ${text}`);
};

const sumOf = (values: (number | null)[]): number | null =>
  values.every((value) => value === null) ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

const share = (part: number | null, all: number | null, least: number): number | null => {
  if (all === null) return null;
  return all >= least ? (100 * (part ?? 0)) / all : 0;
};
