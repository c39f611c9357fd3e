import { AsyncLocalStorage } from "node:async_hooks";
import { type Timer, Timers } from "./timers.ts";

/** All waiting of the emulator goes through a clock. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Runs something whose global timers are this clock's too, once `installTimers` was called. */
  runWith<T>(run: () => T): T;
  /** Runs something whose sleeps and timers make no virtual time pass: they are over when time gets there by others, or by `passWhile`. */
  runInBackground<T>(run: () => T): T;
  /** Holds virtual time still while work goes on that no timer of this clock waits for. */
  holdWhile<T>(work: Promise<T>): Promise<T>;
  /** Lets virtual time pass for what sleeps in the background too, while work goes on. */
  passWhile<T>(work: Promise<T>): Promise<T>;
  /** Sleeps as a part of work that holds time still, and lets time go on for so long. */
  sleepHeld(milliseconds: number): Promise<void>;
}

/** Virtual time, which jumps to the next timer as soon as there is nothing else to do: an hour of waiting takes no time. */
export class VirtualClock implements Clock {
  // The time, or how far it is ahead of real time once it has gone over to that.
  #now: number;
  #isReal = false;
  #working = 0;
  #passing = 0;
  #isTurning = false;
  #alarm: NodeJS.Timeout | undefined;
  readonly #coalesceMilliseconds: number;
  readonly #foreground = new Timers();
  readonly #background = new Timers();

  /**
   * A clock that starts at `now`, in milliseconds since 1970. Timers that are due within `coalesceMilliseconds` of the first one
   * fire together, and what they start runs concurrently.
   */
  constructor(now: number = Date.now(), coalesceMilliseconds = 0) {
    this.#now = now;
    this.#coalesceMilliseconds = coalesceMilliseconds;
  }

  now(): number {
    return this.#isReal ? Date.now() + this.#now : this.#now;
  }

  /** How many milliseconds it is ahead of real time, for the waits that it has skipped. */
  ahead(): number {
    return this.now() - Date.now();
  }

  /** Skips no wait any more, but in `passWhile`. Time never goes back: it stays as far ahead as it is. */
  switchToRealTime(): void {
    this.#now = this.ahead();
    this.#isReal = true;
    this.#turn();
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      this.set(done, milliseconds);
    });
  }

  runWith<T>(run: () => T): T {
    return current.run({ clock: this, isBackground: this.#isInBackground() }, run);
  }

  runInBackground<T>(run: () => T): T {
    return current.run({ clock: this, isBackground: true }, run);
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

  async passWhile<T>(work: Promise<T>): Promise<T> {
    this.#passing += 1;
    this.#turn();
    try {
      return await work;
    } finally {
      this.#passing -= 1;
    }
  }

  async sleepHeld(milliseconds: number): Promise<void> {
    this.#working -= 1;
    try {
      // Work goes on for a limited time only, even that of the background.
      await current.run({ clock: this, isBackground: false }, () => this.sleep(milliseconds));
    } finally {
      this.#working += 1;
    }
  }

  /** Calls `fire` once that much time has passed. */
  set(fire: () => void, milliseconds: number): Timer {
    const at = this.now() + Math.max(0, milliseconds);
    const timer = { at, isBackground: this.#isInBackground(), fire };
    this.#timersOf(timer).add(timer);
    this.#turn();
    return timer;
  }

  /** Cancels a timer. */
  clear(timer: Timer): void {
    this.#timersOf(timer).delete(timer);
    this.#arm();
  }

  #timersOf({ isBackground }: Timer): Timers {
    return isBackground ? this.#background : this.#foreground;
  }

  #isInBackground(): boolean {
    const store = current.getStore();
    return store?.clock === this && store.isBackground;
  }

  // What follows from the last thing that happened runs before the next turn of the event loop; only then may time jump.
  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      this.#isTurning = false;
      if (this.#working > 0 && !this.#isReal) return;
      const until = this.#endOfTurn();
      const most = this.#coalesceMilliseconds > 0 ? Infinity : 1;
      const due = [this.#foreground, this.#background].flatMap((timers) => timers.dueAt(until, most));
      for (const timer of due.toSorted((a, b) => a.at - b.at).slice(0, most)) {
        if (timer.at > this.now()) this.#now = this.#isReal ? timer.at - Date.now() : timer.at;
        // One that fired before may have taken this one back.
        if (this.#timersOf(timer).delete(timer)) timer.fire();
      }
      if (due.length > 0) this.#turn();
      else this.#arm();
    });
  }

  // The time up to which timers fire in this turn: now, or that of the first one that time jumps to.
  #endOfTurn(): number {
    const isPassing = this.#passing > 0 && this.#working === 0;
    const first = this.#isReal && !isPassing ? undefined : this.#foreground.first();
    const target = Math.min(first?.at ?? Infinity, (isPassing ? this.#background.first()?.at : undefined) ?? Infinity);
    return target === Infinity ? this.now() : Math.max(this.now(), target) + this.#coalesceMilliseconds;
  }

  // Real time gets to the first timer by itself; only what is in the foreground keeps the process alive for it.
  #arm(): void {
    if (!this.#isReal) return;
    realClearTimeout(this.#alarm);
    const [first, inBackground] = [this.#foreground.first(), this.#background.first()];
    const at = Math.min(first?.at ?? Infinity, inBackground?.at ?? Infinity);
    if (at === Infinity) return;
    this.#alarm = realSetTimeout(() => this.#turn(), Math.min(Math.max(1, at - this.now()), longestTimeout));
    if (!first) this.#alarm.unref();
  }
}

// Node takes a longer one for none at all.
const longestTimeout = 2 ** 31 - 1;

const current = new AsyncLocalStorage<{ clock: VirtualClock; isBackground: boolean }>();
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;

/** Replaces the global `setTimeout` and `clearTimeout`: within a clock's `runWith` they are that clock's from now on. */
export const installTimers = (): void => {
  Object.assign(globalThis, {
    setTimeout: Object.assign(setTimer, realSetTimeout),
    clearTimeout: clearTimer,
  });
};

const setTimer = (fire: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
  const clock = current.getStore()?.clock;
  if (!clock) return realSetTimeout(fire, milliseconds, ...args);
  // The callback runs within this clock too, even if the clock turns for a timer from outside.
  const bound = AsyncLocalStorage.bind(() => fire(...args));
  return clock.set(bound, milliseconds);
};

const clearTimer = (timer: Timer | Parameters<typeof realClearTimeout>[0]) => {
  if (timer instanceof Object && "fire" in timer) current.getStore()?.clock.clear(timer);
  else realClearTimeout(timer);
};
