import { type Clock, VirtualClock } from "../../emulator/time/clock.ts";

/** Virtual time, and a gate: while it is closed, no Lambda's answer arrives, and time stands still. */
export const gatedClock = () => {
  const virtual = new VirtualClock();
  let gate = Promise.resolve();
  let open = () => {};
  const clock: Clock = {
    now: () => virtual.now(),
    sleep: (milliseconds) => virtual.sleep(milliseconds),
    runWith: (run) => virtual.runWith(run),
    runInBackground: (run) => virtual.runInBackground(run),
    passWhile: (work) => virtual.passWhile(work),
    sleepHeld: (milliseconds) => virtual.sleepHeld(milliseconds),
    holdWhile: (work) => virtual.holdWhile(gate.then(() => work)),
  };
  return {
    clock,
    close: () => {
      gate = new Promise((done) => {
        open = done;
      });
    },
    open: () => open(),
  };
};
