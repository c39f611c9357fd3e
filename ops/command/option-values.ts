import { InvalidArgumentError } from "commander";

const unitMilliseconds: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a time: so many minutes, hours or days ago (`90m`, `6h`, `2d`), or a UTC date with or without a time. */
export const timeOption = (text: string): Date => {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const date = unit === undefined ? dateOf(text) : new Date(Date.now() - Number(count) * (unitMilliseconds[unit] ?? 0));
  // What is before 1970 is no time of a log.
  if (date && date.getTime() >= 0) return date;
  throw new InvalidArgumentError("expected a time such as 90m, 6h, 2d, 2026-01-31 or 2026-01-31T12:00:00Z");
};

// `new Date` alone takes `5` for May 2001 and February 30 for March 2.
const dateOf = (text: string): Date | null => {
  const [, day, time] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  if (day === undefined) return null;
  const midnight = new Date(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return exists ? new Date(`${day}${time ?? "T00:00:00Z"}`) : null;
};

/** Reads a whole number from 1. */
export const wholeOption = (text: string): number => {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError("expected a whole number from 1");
};

/** Reads the id of a Stripe event. */
export const eventIdOption = (text: string): string => {
  if (/^evt_\w+$/.test(text)) return text;
  throw new InvalidArgumentError("expected the id of an event, evt_…");
};

/** Reads the id of an object of Stripe's with this prefix, such as `sub_`. */
export const idOption =
  (prefix: string) =>
  (text: string): string => {
    if (text.startsWith(prefix) && /^\w{5,255}$/.test(text)) return text;
    throw new InvalidArgumentError(`expected an id, ${prefix}…`);
  };

/** Reads the name of whom sample events are about. */
export const subjectNameOption = (text: string): string => {
  if (/^\w{1,40}$/.test(text)) return text;
  throw new InvalidArgumentError("expected up to 40 letters, digits and _");
};

/** Reads a port: 0 for any that is free. */
export const portOption = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("expected a number from 0 to 65535");
};
