// Real timers: no schedule runs because virtual time has jumped.
import { clearTimeout, setTimeout } from "node:timers";
import { EmulatorError } from "../graph/errors.ts";
import { type Invocation, invoke, type InvokeArgs } from "./invoke.ts";
import { type Schedule, schedulesOf, type SchedulesArgs } from "./schedules.ts";

/** EventBridge Scheduler, with the schedules of a graph. */
export interface Scheduler {
  schedules: Schedule[];
  /** Runs the schedule of this logical or physical name now; null if it is disabled. */
  run(name: string): Promise<Invocation | null>;
  /** From now on runs each schedule at its times, as real time passes. */
  start(): void;
  stop(): void;
}

/** What Scheduler is made with. */
export interface SchedulerArgs extends SchedulesArgs, InvokeArgs {
  executions: InvokeArgs["executions"];
}

// Node takes a longer one for none at all.
const longestTimeout = 2 ** 31 - 1;

/** Makes Scheduler; it runs nothing by itself until it is started. */
export const makeScheduler = (args: SchedulerArgs): Scheduler => {
  const schedules = schedulesOf(args);
  const { clock } = args;
  const timers = new Map<Schedule, NodeJS.Timeout>();

  const waitFor = (schedule: Schedule, next: number | null): void => {
    if (next === null) return;
    const run = (): void => {
      if (clock.now() < next) return waitFor(schedule, next);
      void invoke(schedule, args);
      waitFor(schedule, schedule.nextRun(clock.now()));
    };
    const timer = setTimeout(run, Math.min(Math.max(1, next - clock.now()), longestTimeout));
    timers.set(schedule, timer.unref());
  };

  return {
    schedules,
    run: async (name) => {
      const schedule = schedules.find((one) => one.logicalName === name || one.name === name);
      const known = schedules.map(({ logicalName }) => logicalName).join(", ") || "none";
      if (!schedule) throw new EmulatorError(`There is no schedule ${name}; there are ${known}`);
      return schedule.isEnabled ? invoke(schedule, args) : null;
    },
    start: () => {
      for (const schedule of schedules.filter(({ isEnabled }) => isEnabled))
        waitFor(schedule, schedule.nextRun(clock.now()));
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
};
