import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";

/** All waiting of the runner goes through a clock. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Runs something whose `setTimeout`s are this clock's too. */
  within<T>(run: () => T): T;
  /** Tells the clock of work that no timer of its own waits for: while some goes on, virtual time stands still. */
  busy<T>(work: Promise<T>): Promise<T>;
}

/** Time as it passes. */
export const realClock: Clock = {
  now: Date.now,
  sleep: (milliseconds) => delay(milliseconds),
  within: (run) => run(),
  busy: (work) => work,
};

interface Timer {
  at: number;
  fire: () => void;
}

/** Time that jumps to the next timer whenever there is nothing else to do: an hour of waiting takes no time. */
export class VirtualClock implements Clock {
  #now: number;
  #working = 0;
  #isTurning = false;
  readonly #grain: number;
  readonly #timers = new Set<Timer>();

  /**
   * A clock that starts at `now`, in milliseconds since 1970. With a grain, in milliseconds, timers so near to each other are due
   * at once, and what they start runs side by side.
   */
  constructor(now: number = Date.now(), grain = 0) {
    this.#now = now;
    this.#grain = grain;
  }

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      this.set(done, milliseconds);
    });
  }

  within<T>(run: () => T): T {
    return current.run(this, run);
  }

  async busy<T>(work: Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      return await work;
    } finally {
      this.#working -= 1;
      this.#turn();
    }
  }

  /** Calls `fire` once that much time has passed. */
  set(fire: () => void, milliseconds: number): Timer {
    const timer = { at: this.#now + Math.max(0, milliseconds), fire };
    this.#timers.add(timer);
    this.#turn();
    return timer;
  }

  /** Takes a timer back. */
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
      const due = [...this.#timers].filter(({ at }) => at <= first + this.#grain).toSorted((a, b) => a.at - b.at);
      for (const timer of this.#grain > 0 ? due : due.slice(0, 1)) {
        this.#now = Math.max(this.#now, timer.at);
        // One that fired before may have taken this one back.
        if (this.#timers.delete(timer)) timer.fire();
      }
      this.#turn();
    });
  }
}

// The interpreter of state machines waits by the global `setTimeout`, and takes no other: within a virtual clock that is the clock's.
const current = new AsyncLocalStorage<VirtualClock>();
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;

const setTimer = (fire: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
  const clock = current.getStore();
  if (!clock) return realSetTimeout(fire, milliseconds, ...args);
  // What it calls is within the clock too, whoever else makes time pass.
  const bound = AsyncLocalStorage.bind(() => fire(...args));
  return clock.set(bound, milliseconds);
};

const clearTimer = (timer: Timer | Parameters<typeof realClearTimeout>[0]) => {
  if (timer instanceof Object && "fire" in timer) current.getStore()?.clear(timer);
  else realClearTimeout(timer);
};

Object.assign(globalThis, {
  setTimeout: Object.assign(setTimer, realSetTimeout),
  clearTimeout: clearTimer,
});
