import type { RedriveResult } from "../../ops/redrive/redrive-one.ts";

/** What became of one dead letter. */
export interface RunResult extends RedriveResult {
  messageId: string;
  /** The event's id, or what else the dead letter is called; null where it cannot be read. */
  eventId: string | null;
  /** The state machine that was started; null where none was. */
  machine: string | null;
}

/** A redrive or a parking that was started from a page. */
export interface Run {
  number: number;
  title: string;
  /** Milliseconds since 1970, by the clock of the stack. */
  startedAt: number;
  /** How many dead letters it takes; null until they are received. */
  total: number | null;
  results: RunResult[];
  /** What the operator should know besides. */
  remarks: string[];
  isDone: boolean;
}

/** The runs of this console. */
export interface Runs {
  /** Starts a run unless another one goes on, which is returned then; what it throws is a remark of the run. */
  start(title: string, work: (run: Run) => Promise<void>): { run: Run; isNew: boolean };
  of(number: number): Run | undefined;
  /** The newest first. */
  all(): Run[];
}

const kept = 20;

/** Keeps the newest runs; `messageOf` says of an error what the operator should know. */
export const makeRuns = (now: () => number, messageOf: (error: unknown) => string): Runs => {
  const runs: Run[] = [];
  let number = 0;
  return {
    start: (title, work) => {
      const [current] = runs;
      if (current && !current.isDone) return { run: current, isNew: false };
      number += 1;
      const run: Run = { number, title, startedAt: now(), total: null, results: [], remarks: [], isDone: false };
      runs.unshift(run);
      runs.splice(kept);
      const end = async () => {
        try {
          await work(run);
        } catch (error) {
          run.remarks.push(messageOf(error));
        } finally {
          run.isDone = true;
        }
      };
      void end();
      return { run, isNew: true };
    },
    of: (wanted) => runs.find((run) => run.number === wanted),
    all: () => [...runs],
  };
};
