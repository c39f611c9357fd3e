import type { Scenario } from "./scenarios.ts";
import type { Counted } from "./tally.ts";

/** The heads of the table of scenarios. */
export const heads = [
  "load",
  "changed",
  "events",
  "under way, at most",
  "p50",
  "p99",
  "starts throttled",
  "Lambdas throttled",
  "DynamoDB throttled",
  "Lambdas at once",
  "dead letters",
  "drained after",
];

/** What a scenario came to, as a row under those heads. */
export const rowOf = ({ load, changed }: Scenario, counted: Counted): string[] => {
  const { ended, throttled } = counted;
  return [
    load,
    changed,
    number(counted.events),
    number(counted.mostUnderWay),
    time(counted.percentile(0.5)),
    time(counted.percentile(0.99)),
    number(throttled.starts),
    number(throttled["calls of Lambdas"]),
    number(throttled["calls of DynamoDB"]),
    number(counted.mostLambdas),
    number(ended["not started"] + ended.failed),
    time(counted.drainMilliseconds),
  ];
};

/** A number as it is read, with commas. */
export const number = (value: number): string => value.toLocaleString("en");

const time = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  return milliseconds < 120_000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${(milliseconds / 60_000).toFixed(1)} min`;
};
