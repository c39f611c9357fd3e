import { Cron } from "croner";
import { EmulatorError } from "../graph/errors.ts";

/** When a schedule runs next after a time, in milliseconds since 1970; null if never again. */
export type NextRun = (after: number) => number | null;

const units: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads the expression of a schedule, in its time zone; refuses one that Scheduler would not take, and `at(…)`.
 *
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export const readExpression = (expression: string, timezone: string, title: string): NextRun => {
  const [, count, unit = ""] = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count !== undefined) return (after) => after + Number(count) * (units[unit] ?? 0);
  const [, fields] = /^cron\((.*)\)$/.exec(expression) ?? [];
  const [, , dayOfMonth, , dayOfWeek] = fields?.split(" ") ?? [];
  // Exactly one of the two days is left open by a question mark.
  if (fields === undefined || (dayOfMonth === "?") === (dayOfWeek === "?"))
    throw new EmulatorError(`${title}: the expression ${expression} is neither rate(…) nor cron(…) of six fields`);
  try {
    const cron = new Cron(`0 ${fields}`, { mode: "7-part", alternativeWeekdays: true, sloppyRanges: true, timezone });
    // It reads the time zone only now.
    cron.nextRun();
    return (after) => cron.nextRun(new Date(after))?.getTime() ?? null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new EmulatorError(`${title}: ${expression} in ${timezone}: ${reason}`, { cause: error });
  }
};
