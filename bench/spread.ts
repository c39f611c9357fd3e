/** A figure that was measured several times: the middle one, the least and the most. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** The spread of measured values, of which there is at least one. */
export const spreadOf = (values: readonly number[]): Spread => ({
  median: percentile(values, 50),
  least: percentile(values, 0),
  most: percentile(values, 100),
});

/** The value that so many percent of the measured ones do not exceed: the nearest that was measured. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error("There is no figure where nothing was measured");
  return value;
};

/** By how much values are more than the floors that were measured beside them, each with its own. */
export const ratioTo = (values: readonly number[], floors: readonly number[]): string =>
  textOf(spreadOf(values.map((value, index) => value / (floors[index] ?? Number.NaN))));

/** A spread as a text. */
export const textOf = ({ median, least, most }: Spread, unit = ""): string =>
  `${shortly(median)}${unit && ` ${unit}`} (${shortly(least)}–${shortly(most)})`;

/** A number with as many digits as say something. */
export const shortly = (value: number): string => {
  if (value === 0) return "0";
  const digits = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
};
