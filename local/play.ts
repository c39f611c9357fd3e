import { styleText } from "node:util";
import { SingleBar } from "cli-progress";
import { toEnvelope } from "./stripe-envelope.ts";
import { readEvents } from "./read-events.ts";
import { life } from "../samples/one-life.ts";
import type { Options } from "./options.ts";
import { lineOf } from "./print.ts";
import type { Session } from "./session.ts";

/** Plays what was asked for, the files or the built-in life; returns how much could not be read. */
export const play = async (session: Session, options: Options): Promise<number> => {
  if (!options.replay) {
    await playLife(session, options);
    return 0;
  }
  return replay(session, options.replay);
};

const playLife = async (session: Session, { json }: Options): Promise<void> => {
  const say = json ? console.error : console.log;
  for (const { title, events } of life()) {
    say(styleText("bold", title));
    const envelopes = events.map((event) => toEnvelope(event, session.arrival));
    await session.prepare(envelopes);
    for (const envelope of envelopes) await session.take(envelope);
  }
};

// With fewer, the lines themselves are progress enough.
const barFrom = 200;

// The files are read several times, as their events may be more than the memory holds.
const replay = async (session: Session, paths: string[]): Promise<number> => {
  const read = () => readEvents(paths, session.arrival);
  const events = function* () {
    for (const some of read()) yield* some.events;
  };
  // Any of them may name the user of a customer.
  await session.prepare(events());
  const total = process.stderr.isTTY ? countOf(events()) : 0;
  const progress = total < barFrom ? null : showProgress(session, total);
  let unread = 0;
  for (const some of read()) {
    for (const problem of some.problems) console.error(`Could not be read: ${problem}`);
    unread += some.problems.length;
    await Promise.all(some.events.map((event) => session.take(event)));
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
  const bar = new SingleBar({ format: "{bar} {value}/{total} events, {eta_formatted} to go", stream: process.stderr });
  const troubles: string[] = [];
  // On a terminal the lines would tear the bar: only those of trouble are shown, after it.
  session.onOutcome((outcome) => {
    bar.increment();
    if (outcome.error) troubles.push(lineOf(outcome));
  });
  bar.start(total, 0);
  return {
    end: () => {
      bar.stop();
      session.onOutcome(null);
      for (const line of troubles) console.error(line);
    },
  };
};
