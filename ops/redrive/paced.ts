import { setTimeout as delay } from "node:timers/promises";

/** How fast things are started. */
export interface Pace {
  perSecond: number;
  /** How many may run at the same time. */
  sideBySide: number;
  /** After it is aborted nothing more is started. */
  signal: AbortSignal;
}

/** Runs something for each item in order, no faster than its pace; resolves once all that was started is done. */
export const paced = async <T>(items: T[], pace: Pace, run: (item: T) => Promise<void>): Promise<void> => {
  const running = new Set<Promise<void>>();
  let next = performance.now();
  for (const item of items) {
    if (running.size >= pace.sideBySide) await Promise.race(running);
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
