import type { Prices } from "./prices.ts";

/** What one event takes of AWS, on average. */
export interface Usage {
  /** The event's size in its envelope. */
  bytes: number;
  /** On how many buses it is put. */
  buses: number;
  /** The events that are put on the bus for other services, and the size of one. */
  published: { events: number; bytes: number };
  /** How many states are entered, and tried again. */
  transitions: number;
  /** How long the execution takes, and waits, without its Lambdas. */
  statesMilliseconds: number;
  calls: LambdaCalls[];
  readUnits: number;
  writeUnits: number;
  logBytes: { lambdas: number; machines: number };
  /** Messages sent to a queue. */
  messages: number;
}

/** How often a Lambda is called for an event, how long each call takes, and of which size it is. */
export interface LambdaCalls {
  times: number;
  milliseconds: number;
  megabytes: number;
}

/** What a million events cost, in dollars, by what it is paid for. */
export interface Cost {
  buses: number;
  archive: number;
  states: number;
  lambdas: number;
  tables: number;
  logs: number;
  queue: number;
}

/** Another way to do the same with each event. */
export type Design = "express" | "standard" | "one Lambda" | "direct";

/** How many days an event is archived. */
export const archiveDays = 30;

/** What a million events cost that take so much each. */
export const costOf = (usage: Usage, prices: Prices, design: Design = "express"): Cost => {
  const perMillion = (dollars: number): number => million * dollars;
  const { published } = usage;
  const gigabytes = (usage.bytes + published.events * published.bytes) / gigabyte;
  const calls = design === "direct" ? [] : usage.calls;
  const months = archiveDays / 30;
  // A single Lambda would log what several do, and a Standard workflow has its history without a log.
  const logsStates = design === "express" || design === "direct";
  const logged = (design === "direct" ? 0 : usage.logBytes.lambdas) + (logsStates ? usage.logBytes.machines : 0);
  return {
    buses: perMillion(
      (usage.buses * chunksOf(usage.bytes) + published.events * chunksOf(published.bytes)) * prices.busEvent,
    ),
    archive: perMillion(gigabytes * (prices.archivedGigabyte + months * prices.archivedGigabyteMonth)),
    states: perMillion(statesOf(usage, calls, prices, design)),
    lambdas: perMillion(lambdasOf(calls, prices, design)),
    tables: perMillion(usage.readUnits * prices.readUnit + usage.writeUnits * prices.writeUnit),
    logs: perMillion((logged / gigabyte) * prices.loggedGigabyte),
    queue: perMillion(usage.messages * prices.queueRequest),
  };
};

/** The sum of all parts. */
export const totalOf = (cost: Cost): number => Object.values<number>({ ...cost }).reduce((sum, part) => sum + part, 0);

const million = 1_000_000;
const gigabyte = 1_000_000_000;

// https://aws.amazon.com/eventbridge/pricing/: each 64 KB that are begun count as an event.
const chunksOf = (bytes: number): number => Math.ceil(bytes / (64 * 1024));

// https://aws.amazon.com/step-functions/pricing/: the time is rounded up to 100 ms, and 50 MB and the data to 64 MB.
const statesOf = (usage: Usage, calls: LambdaCalls[], prices: Prices, design: Design): number => {
  if (design === "one Lambda") return 0;
  if (design === "standard") return usage.transitions * prices.transition;
  const busy = calls.reduce((sum, { times, milliseconds }) => sum + times * milliseconds, 0);
  const seconds = Math.ceil((usage.statesMilliseconds + busy) / 100) / 10;
  return prices.execution + seconds * (64 / 1024) * prices.executionGigabyteSecond;
};

/** What calls of Lambdas cost: they are billed by the millisecond, begun ones whole. */
export const lambdasOf = (calls: LambdaCalls[], prices: Prices, design: Design = "express"): number => {
  const gigabyteSeconds = calls.reduce(
    (sum, { times, milliseconds, megabytes }) => sum + times * (Math.ceil(milliseconds) / 1000) * (megabytes / 1024),
    0,
  );
  const requests =
    design === "one Lambda" ? Math.min(1, calls.length) : calls.reduce((sum, { times }) => sum + times, 0);
  return requests * prices.invocation + gigabyteSeconds * prices.lambdaGigabyteSecond;
};
