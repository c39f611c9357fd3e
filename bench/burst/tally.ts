/** What can be throttled. */
export type Throttled = "starts" | "calls of Lambdas" | "calls of DynamoDB";

/** How an event can end: the last two in the dead-letter queue. */
export type End = "done" | "not started" | "failed";

/** What is counted in a simulation; times in milliseconds. */
export interface Tally {
  /** An event that will be on its way from then. */
  came(at: number): void;
  began(): void;
  throttled(what: Throttled): void;
  end(how: End, milliseconds: number): void;
  running(lambdas: number): void;
  stop(at: number, inFlight: number): void;
  /** All that was counted. */
  read(): Counted;
}

/** What was counted. */
export interface Counted {
  events: number;
  ended: Record<End, number>;
  /** What was still on its way when it stopped. */
  inFlight: number;
  throttled: Record<Throttled, number>;
  mostLambdas: number;
  /** How many events were on their way at once. */
  mostUnderWay: number;
  /** How long the last event had been gone when all was done. */
  drainMilliseconds: number;
  /** How long those took that were done: the share of them that took no longer. */
  percentile(share: number): number;
}

/** Counts from zero. */
export const makeTally = (): Tally => {
  const ended = { done: 0, "not started": 0, failed: 0 };
  const throttled = { starts: 0, "calls of Lambdas": 0, "calls of DynamoDB": 0 };
  const times = new Map<number, number>();
  let [events, inFlight, mostLambdas, underWay, mostUnderWay, last, stopped] = [0, 0, 0, 0, 0, 0, 0];
  const percentile = (share: number): number => {
    let left = share * ended.done;
    for (const [milliseconds, count] of [...times].toSorted(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return milliseconds;
    }
    return 0;
  };
  return {
    came: (at) => {
      events += 1;
      last = Math.max(last, at);
    },
    began: () => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
    },
    throttled: (what) => {
      throttled[what] += 1;
    },
    end: (how, milliseconds) => {
      ended[how] += 1;
      underWay -= 1;
      if (how === "done") times.set(milliseconds, (times.get(milliseconds) ?? 0) + 1);
    },
    running: (lambdas) => {
      mostLambdas = Math.max(mostLambdas, lambdas);
    },
    stop: (at, left) => {
      stopped = at;
      inFlight = left;
    },
    read: () => {
      const drainMilliseconds = stopped - last;
      return { events, ended, inFlight, throttled, mostLambdas, mostUnderWay, drainMilliseconds, percentile };
    },
  };
};
