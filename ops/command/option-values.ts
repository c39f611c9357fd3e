import { InvalidArgumentError } from "commander";

const millisecondsOf: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a time that is given as such, or as how long ago it was: `90m`, `6h`, `2d`. */
export const timeOption = (text: string): Date => {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const date = unit === undefined ? new Date(text) : new Date(Date.now() - Number(count) * (millisecondsOf[unit] ?? 0));
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError("expected a time such as 90m, 6h, 2d or 2026-01-31T12:00:00Z");
};

/** Reads a whole number from 1. */
export const wholeOption = (text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError("expected a whole number from 1");
};
