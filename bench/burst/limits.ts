/** A token bucket: AWS's way to allow a rate and a burst. */
export interface Bucket {
  /** Takes that many tokens, or none and says false. */
  take(now: number, tokens?: number): boolean;
}

/** A bucket that is full at first; times in milliseconds. */
export const makeBucket = (size: number, perSecond: number): Bucket => {
  let tokens = size;
  let filledAt = 0;
  return {
    take: (now, wanted = 1) => {
      tokens = Math.min(size, tokens + ((now - filledAt) / 1000) * perSecond);
      filledAt = now;
      if (tokens < wanted) return false;
      tokens -= wanted;
      return true;
    },
  };
};

/** A gate that lets so many through in a second and keeps the others waiting, first come first served: when the next one passes. */
export const makeGate = (perSecond: number): ((now: number) => number) => {
  let free = 0;
  return (now) => {
    const passes = Math.max(now, free);
    free = passes + 1000 / perSecond;
    return passes;
  };
};

/** What of Lambda is limited. */
export interface PoolLimits {
  /** How many may run at once, in all. */
  concurrency: number;
  requestsPerSecond: number;
  /** How many environments each function may get in addition within ten seconds. */
  environmentsPerTenSeconds: number;
}

/** The Lambdas of an account. */
export interface Pool {
  /** Starts one: in an environment that is there or in a new one, or not at all, and it is throttled. */
  begin(name: string, now: number): "warm" | "cold" | null;
  end(name: string): void;
  /** How many run now. */
  running(): number;
}

/** A pool without any environment yet; one that is there stays. */
export const makePool = (limits: PoolLimits): Pool => {
  const functions = new Map<string, { running: number; environments: number; growth: Bucket }>();
  const requests = makeBucket(limits.requestsPerSecond, limits.requestsPerSecond);
  let running = 0;
  const stateOf = (name: string) => {
    const growth = makeBucket(limits.environmentsPerTenSeconds, limits.environmentsPerTenSeconds / 10);
    const state = functions.get(name) ?? { running: 0, environments: 0, growth };
    functions.set(name, state);
    return state;
  };
  return {
    begin: (name, now) => {
      const state = functions.get(name) ?? stateOf(name);
      const isCold = state.running === state.environments;
      if (running >= limits.concurrency || !requests.take(now)) return null;
      if (isCold && !state.growth.take(now)) return null;
      if (isCold) state.environments += 1;
      state.running += 1;
      running += 1;
      return isCold ? "cold" : "warm";
    },
    end: (name) => {
      stateOf(name).running -= 1;
      running -= 1;
    },
    running: () => running,
  };
};
