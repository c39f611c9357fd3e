import { type Alarm, readAlarms } from "../../ops/system/read-alarms.ts";
import { type Figures, readFigures } from "../../ops/system/read-figures.ts";
import { readQueues } from "../../ops/system/read-queues.ts";
import { messageForUser } from "../../ops/command/errors.ts";
import type { ConsoleArgs } from "../console-args.ts";

/** How a system is: what its parts did in the last hour, what waits in its queues, and its alarms. */
export interface SystemState {
  figures: Figures;
  queues: Awaited<ReturnType<typeof readQueues>>;
  alarms: Alarm[];
  /** Why nothing of this could be read, and it is empty; null if it could. */
  problem: string | null;
}

const windowMilliseconds = 60 * 60_000;

// CloudWatch charges for each metric that is asked for, and has one value a minute; a runner has neither price nor delay.
const chargedSeconds = 60;

/** How often the state is read anew, in seconds. */
export const refreshSeconds = ({ workbench }: ConsoleArgs): number => (workbench ? 5 : chargedSeconds);

/** Makes a reader of a system's state; where reading is charged, all who ask within a minute get the same one. */
export const stateReader = (args: ConsoleArgs): (() => Promise<SystemState>) => {
  let last: { at: number; state: Promise<SystemState> } | null = null;
  return async () => {
    // A page that is refreshed each minute gets a new one each time.
    const isFresh = !args.workbench && last && args.now() - last.at < (chargedSeconds - 1) * 1000;
    if (!last || !isFresh) last = { at: args.now(), state: readState(args) };
    try {
      return await last.state;
    } catch (error) {
      last = null;
      const problem = messageForUser(error);
      if (problem === null) throw error;
      return { ...unknownState, problem };
    }
  };
};

const readState = async ({ target, now }: ConsoleArgs): Promise<SystemState> => {
  const [figures, queues, alarms] = await Promise.all([
    readFigures(target, new Date(now() - windowMilliseconds)),
    readQueues(target),
    readAlarms(target),
  ]);
  return { figures, queues, alarms, problem: null };
};

const nothing = { visible: 0, inFlight: 0 };
const unknownState = {
  figures: { rules: {}, machines: {}, lambdas: {} },
  queues: { deadLetters: nothing, parked: nothing },
  alarms: [],
};
