import { inspect } from "node:util";
import { messageForUser } from "../ops/command/errors.ts";
import { escapeLines } from "../ops/terminal/escape.ts";

/** What a person is told of an error; a bug is logged besides. */
export const problemOf = (error: unknown): string => {
  const message = messageForUser(error);
  if (message === null) console.error(escapeLines(inspect(error)));
  return message ?? `${error}`;
};

/** Something that was started from a page, and goes on after the answer to its form. */
export type Run<State> = State & {
  number: number;
  title: string;
  /** Milliseconds since 1970, by the clock of the stack. */
  at: number;
  isDone: boolean;
  /** Why it could not go on; null if it could. */
  problem: string | null;
};

/** Keeps so many of the newest runs, the newest first. */
export const makeRuns = <State extends object>(kept: number, now: () => number) => {
  const all: Run<State>[] = [];
  let number = 0;
  return {
    all,
    /** Starts a run, whose work changes its state as it goes; `done` never fails. */
    start: (title: string, state: State, work: (run: Run<State>) => Promise<void>) => {
      number += 1;
      const run: Run<State> = { ...state, number, title, at: now(), isDone: false, problem: null };
      all.unshift(run);
      all.splice(kept);
      const end = async () => {
        try {
          await work(run);
        } catch (error) {
          run.problem = problemOf(error);
        }
        run.isDone = true;
      };
      return { run, done: end() };
    },
  };
};

/** The runs that are kept. */
export type Runs<State extends object> = ReturnType<typeof makeRuns<State>>;
