import type { Clock } from "./clock.ts";

/** Starts to measure how long something takes, in milliseconds: the longer of real and virtual time, as work takes no virtual and waiting hardly any real time. */
export const startStopwatch = (clock: Clock): (() => number) => {
  const [real, virtual] = [performance.now(), clock.now()];
  return () => Math.max(performance.now() - real, clock.now() - virtual);
};
