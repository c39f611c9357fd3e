/** What is reckoned of several metrics: their names, and the value of one period. */
export interface Expression {
  names: string[];
  /** Null where the metric that decides has no datapoint, as CloudWatch then has none. */
  reckon: (values: ReadonlyMap<string, number | null>) => number | null;
}

/**
 * Reads an expression, in just the two forms that the alarms use: a share in per cent of all, and a share of two that are all,
 * from so many on. What is missing beside something counts as 0.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export const expressionOf = (text: string, title: string): Expression => {
  const [, all, part] = /^IF\((\w+)>0,100\*(\w+)\/\1,0\)$/.exec(text) ?? [];
  if (all !== undefined && part !== undefined) {
    return {
      names: [all, part],
      reckon: (values) => share(values.get(part) ?? null, values.get(all) ?? null, 1),
    };
  }
  const [, one, other, least] = /^IF\((\w+)\+(\w+)>=(\d+),100\*\1\/\(\1\+\2\),0\)$/.exec(text) ?? [];
  if (one !== undefined && other !== undefined) {
    return {
      names: [one, other],
      reckon: (values) => {
        const [mine, others] = [values.get(one) ?? null, values.get(other) ?? null];
        return share(mine, mine === null && others === null ? null : (mine ?? 0) + (others ?? 0), Number(least));
      },
    };
  }
  throw new Error(`${title}: the runner does not reckon ${text}`);
};

const share = (part: number | null, all: number | null, least: number): number | null => {
  if (all === null) return null;
  return all >= least ? (100 * (part ?? 0)) / all : 0;
};
