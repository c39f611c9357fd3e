import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";

/** All waiting of the emulator goes through a clock. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Runs something whose global timers are this clock's too, once `installTimers` was called. */
  runWith<T>(run: () => T): T;
  /** Holds virtual time still while work goes on that no timer of this clock waits for. */
  holdWhile<T>(work: Promise<T>): Promise<T>;
  /** Sleeps as a part of work that holds time still, and lets time go on for so long. */
  sleepHeld(milliseconds: number): Promise<void>;
}

/** Time as it passes. */
export const realClock: Clock = {
  now: Date.now,
  sleep: (milliseconds) => delay(milliseconds),
  runWith: (run) => run(),
  holdWhile: (work) => work,
  sleepHeld: (milliseconds) => delay(milliseconds),
};

interface Timer {
  at: number;
  fire: () => void;
}

/** Virtual time, which jumps to the next timer as soon as there is nothing else to do: an hour of waiting takes no time. */
export class VirtualClock implements Clock {
  #now: number;
  #working = 0;
  #isTurning = false;
  readonly #coalesceMilliseconds: number;
  readonly #timers = new Set<Timer>();

  /**
   * A clock that starts at `now`, in milliseconds since 1970. Timers that are due within `coalesceMilliseconds` of the first one
   * fire together, and what they start runs concurrently.
   */
  constructor(now: number = Date.now(), coalesceMilliseconds = 0) {
    this.#now = now;
    this.#coalesceMilliseconds = coalesceMilliseconds;
  }

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      this.set(done, milliseconds);
    });
  }

  runWith<T>(run: () => T): T {
    return current.run(this, run);
  }

  async holdWhile<T>(work: Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      return await work;
    } finally {
      this.#working -= 1;
      this.#turn();
    }
  }

  async sleepHeld(milliseconds: number): Promise<void> {
    this.#working -= 1;
    try {
      await this.sleep(milliseconds);
    } finally {
      this.#working += 1;
    }
  }

  /** Calls `fire` once that much time has passed. */
  set(fire: () => void, milliseconds: number): Timer {
    const timer = { at: this.#now + Math.max(0, milliseconds), fire };
    this.#timers.add(timer);
    this.#turn();
    return timer;
  }

  /** Cancels a timer. */
  clear(timer: Timer): void {
    this.#timers.delete(timer);
  }

  // What follows from the last thing that happened runs before the next turn of the event loop; only then may time jump.
  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      this.#isTurning = false;
      if (this.#working > 0 || this.#timers.size === 0) return;
      const first = Math.min(...[...this.#timers].map(({ at }) => at));
      // Of timers of the same time, the one that was set first comes first; a sort keeps that.
      const due = [...this.#timers]
        .filter(({ at }) => at <= first + this.#coalesceMilliseconds)
        .toSorted((a, b) => a.at - b.at);
      for (const timer of this.#coalesceMilliseconds > 0 ? due : due.slice(0, 1)) {
        this.#now = Math.max(this.#now, timer.at);
        // One that fired before may have taken this one back.
        if (this.#timers.delete(timer)) timer.fire();
      }
      this.#turn();
    });
  }
}

const current = new AsyncLocalStorage<VirtualClock>();
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;

/** Replaces the global `setTimeout` and `clearTimeout`: within a virtual clock's `runWith` they are that clock's from now on. */
export const installTimers = (): void => {
  Object.assign(globalThis, {
    setTimeout: Object.assign(setTimer, realSetTimeout),
    clearTimeout: clearTimer,
  });
};

const setTimer = (fire: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
  const clock = current.getStore();
  if (!clock) return realSetTimeout(fire, milliseconds, ...args);
  // The callback runs within this clock too, even if the clock turns for a timer from outside.
  const bound = AsyncLocalStorage.bind(() => fire(...args));
  return clock.set(bound, milliseconds);
};

const clearTimer = (timer: Timer | Parameters<typeof realClearTimeout>[0]) => {
  if (timer instanceof Object && "fire" in timer) current.getStore()?.clear(timer);
  else realClearTimeout(timer);
};
