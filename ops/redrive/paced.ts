import { setTimeout as delay } from "node:timers/promises";

/** How fast tasks are started. */
export interface Pace {
  perSecond: number;
  /** How many run at the same time at most. */
  concurrency: number;
  /** After it is aborted no task is started. */
  signal: AbortSignal;
}

/** Runs a task for each item in order, no faster than its pace; resolves once all that were started have ended. */
export const paced = async <T>(items: T[], pace: Pace, run: (item: T) => Promise<void>): Promise<void> => {
  const running = new Set<Promise<void>>();
  let next = performance.now();
  for (const item of items) {
    if (running.size >= pace.concurrency) await Promise.race(running);
    await until(next, pace.signal);
    if (pace.signal.aborted) break;
    next = Math.max(next, performance.now()) + 1000 / pace.perSecond;
    const task = run(item).finally(() => running.delete(task));
    running.add(task);
  }
  await Promise.all(running);
};

const until = async (time: number, signal: AbortSignal): Promise<void> => {
  const milliseconds = time - performance.now();
  if (milliseconds <= 0 || signal.aborted) return;
  await delay(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
};
