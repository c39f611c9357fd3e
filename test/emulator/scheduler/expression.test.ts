import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readExpression } from "../../../emulator/scheduler/expression.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("the expression of a schedule");

const nextAfter = (after: string, expression: string, timezone = "UTC") => {
  const next = readExpression(expression, timezone, "Schedule one")(Date.parse(after));
  return next === null ? null : new Date(next).toISOString();
};

test("says when the schedule runs next, in its time zone", () => {
  const cases: [string, string, string | undefined, string | null][] = [
    ["2027-01-01T00:00:00Z", "cron(0 3 * * ? *)", undefined, "2027-01-01T03:00:00.000Z"],
    ["2027-01-01T03:00:00Z", "cron(0 3 * * ? *)", undefined, "2027-01-02T03:00:00.000Z"],
    ["2027-01-01T00:00:00Z", "cron(30 3 * * ? *)", "Asia/Tokyo", "2027-01-01T18:30:00.000Z"],
    ["2027-06-30T22:00:00Z", "cron(0 3 * * ? *)", "Europe/Berlin", "2027-07-01T01:00:00.000Z"],
    // Weekdays are counted from Sunday, which is 1.
    ["2027-01-01T12:00:00Z", "cron(0 9 ? * 2-6 *)", undefined, "2027-01-04T09:00:00.000Z"],
    ["2027-01-01T12:00:00Z", "cron(0 9 ? * MON#2 *)", undefined, "2027-01-11T09:00:00.000Z"],
    ["2027-01-01T00:01:00Z", "cron(0/15 * * * ? *)", undefined, "2027-01-01T00:15:00.000Z"],
    ["2027-01-01T00:01:00Z", "cron(0 0 L * ? 2026)", undefined, null],
    ["2027-01-01T00:01:00Z", "rate(1 hour)", undefined, "2027-01-01T01:01:00.000Z"],
    ["2027-01-01T00:01:00Z", "rate(15 minutes)", undefined, "2027-01-01T00:16:00.000Z"],
    ["2027-01-01T00:01:00Z", "rate(2 days)", undefined, "2027-01-03T00:01:00.000Z"],
  ];
  for (const [after, expression, timezone, next] of cases)
    assert.is(nextAfter(after, expression, timezone), next, expression);
});

test("is refused where Scheduler would not take it", () => {
  const refused = [
    "cron(0 3 * * *)",
    "cron(0 3 * * * *)",
    "cron(0 3 ? * ? *)",
    "cron(0 25 * * ? *)",
    "cron(0 3 * * ? * *)",
    "rate(0 minutes)",
    "rate(1 week)",
    "at(2027-01-01T00:00:00)",
    "0 3 * * ? *",
    "",
  ];
  for (const expression of refused)
    assert.match(
      thrown(() => readExpression(expression, "UTC", "Schedule one")).message,
      /^Schedule one: /,
      expression,
    );
  const abroad = thrown(() => readExpression("cron(0 3 * * ? *)", "Mars/Olympus", "Schedule one"));
  assert.match(abroad.message, "Mars/Olympus");
});

test.run();
