import { styleText } from "node:util";
import { toEnvelope } from "./stripe-envelope.ts";
import { readEvents } from "./read-events.ts";
import { life } from "../samples/one-life.ts";
import { makeProgressBar } from "../ops/terminal/progress-bar.ts";
import { escapeText } from "../ops/terminal/escape.ts";
import { lineOf } from "./print.ts";
import type { Session } from "./session.ts";

/** Which events are played, and how that is shown. */
export interface PlayOptions {
  json?: boolean;
  /** Files and directories of events. */
  events?: string[];
}

/** Plays the events of files, or else the built-in life, until `isCut`; returns how many files or events could not be read. */
export const play = async (session: Session, options: PlayOptions, isCut: () => boolean): Promise<number> => {
  if (!options.events) {
    await playLife(session, options, isCut);
    return 0;
  }
  return playFiles(session, options.events, isCut);
};

const playLife = async (session: Session, { json }: PlayOptions, isCut: () => boolean): Promise<void> => {
  const say = json ? console.error : console.log;
  for (const { title, events } of life()) {
    say(styleText("bold", title));
    const envelopes = events.map((event) => toEnvelope(event, session.arrival));
    await session.prepare(envelopes);
    for (const envelope of envelopes) {
      if (isCut()) return;
      await session.take(envelope);
    }
  }
};

// With fewer, the lines themselves are progress enough.
const barFrom = 200;

// The files are read several times, as their events may be more than the memory holds.
const playFiles = async (session: Session, paths: string[], isCut: () => boolean): Promise<number> => {
  const read = () => readEvents(paths, session.arrival);
  const events = function* () {
    for (const batch of read()) yield* batch.events;
  };
  // Any of them may name the user of a customer.
  await session.prepare(events());
  const total = process.stderr.isTTY ? countOf(events()) : 0;
  const progress = total < barFrom ? null : showProgress(session, total);
  let unread = 0;
  for (const batch of read()) {
    if (isCut()) break;
    for (const problem of batch.problems) console.error(escapeText(`Could not be read: ${problem}`));
    unread += batch.problems.length;
    await session.takeAll(batch.events, isCut);
  }
  progress?.end();
  return unread;
};

const countOf = (events: Iterable<unknown>): number => {
  let count = 0;
  for (const _ of events) count += 1;
  return count;
};

const showProgress = (session: Session, total: number): { end(): void } => {
  const bar = makeProgressBar("{bar} {value}/{total} events, {eta_formatted} to go");
  const failures: string[] = [];
  // On a terminal the lines would break the bar: only those of failures are shown, after it.
  session.onOutcome((outcome) => {
    bar?.increment();
    if (outcome.error) failures.push(lineOf(outcome));
  });
  bar?.start(total, 0);
  return {
    end: () => {
      bar?.stop();
      session.onOutcome(null);
      for (const line of failures) console.error(line);
    },
  };
};
