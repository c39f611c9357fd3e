import { type Clock, realClock, VirtualClock } from "./clock.ts";

/** A clock of virtual time that can go over to real time. */
export interface SwitchingClock extends Clock {
  /** How many milliseconds it is ahead of real time, for the waits that it has skipped. */
  ahead(): number;
  /** Skips no wait any more. Time never goes back: it stays as far ahead as it is. */
  switchToRealTime(): void;
}

/** Makes a clock that skips waits, until it is switched. */
export const makeSwitchingClock = (): SwitchingClock => {
  let time: Clock = new VirtualClock();
  const ahead = () => time.now() - Date.now();
  return {
    now: () => time.now(),
    sleep: (milliseconds) => time.sleep(milliseconds),
    runWith: (work) => time.runWith(work),
    holdWhile: (work) => time.holdWhile(work),
    sleepHeld: (milliseconds) => time.sleepHeld(milliseconds),
    ahead,
    switchToRealTime: () => {
      const skipped = ahead();
      time = { ...realClock, now: () => Date.now() + skipped };
    },
  };
};
