import { renewals, steady, type Wave } from "./load.ts";
import { defaults, type Quotas } from "./quotas.ts";
import type { Way } from "./ways.ts";

/** A load under quotas. */
export interface Scenario {
  load: string;
  waves: Wave[];
  /** What of the quotas and the definitions is not as it is by default. */
  changed: string;
  quotas: Quotas;
  ways: Way[];
}

const seconds = 60;
const month = { count: 1_000_000, seconds: 3600, draftSeconds: 3600, failing: 0.08, retrySeconds: 3600 };
const midnight = { count: 100_000, seconds: 60, draftSeconds: 0, failing: 0.08 };

/** The rates up to 10,000 events in a second, and renewals of subscriptions, each under as much as it needs. */
export const scenarios = (ways: Way[]): Scenario[] => {
  const none = { changed: "", quotas: defaults, ways };
  const a = { ...none, changed: "A", quotas: { ...defaults, invocationsPerSecond: 25_000 } };
  const lambda = { ...defaults.lambda, concurrency: 3000, requestsPerSecond: 30_000 };
  const b = { ...a, changed: "A, B", quotas: { ...a.quotas, startBucket: 20_000, startsPerSecond: 20_000, lambda } };
  const c = { ...b, changed: "A, B, C", quotas: { ...b.quotas, table: { partitions: 20, mostPartitions: 40 } } };
  const patient = ways.map((way) => ({ ...way, steps: way.steps.map((step) => ({ ...step, seconds: patience })) }));
  const d = { ...a, changed: "A, D", ways: patient };

  const rate = (perSecond: number) => ({
    load: `${perSecond.toLocaleString("en")}/s for a minute`,
    waves: steady(perSecond, seconds),
  });
  const renewed = {
    load: "1,000,000 renewals in an hour, paid an hour later",
    waves: renewals(month),
  };
  const atOnce = { load: "the same, paid at once", waves: renewals({ ...month, draftSeconds: 0 }) };
  const inAMinute = { load: "100,000 renewals in a minute, paid at once", waves: renewals(midnight) };
  return [
    ...[1, 10, 100, 1000, 2000, 10_000].map((perSecond) => ({ ...rate(perSecond), ...none })),
    ...[2000, 4000, 5000, 6000, 10_000].map((perSecond) => ({ ...rate(perSecond), ...a })),
    { ...rate(6000), ...d },
    { ...rate(10_000), ...b },
    { ...rate(10_000), ...c },
    { ...renewed, ...none },
    { ...atOnce, ...none },
    ...[none, a, d, c].map((quotas) => ({ ...inAMinute, ...quotas })),
  ];
};

// Eight tries more, instead of three.
const patience = [1, 2, 4, 8, 16, 30, 30, 30];
