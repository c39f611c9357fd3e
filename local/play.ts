import { styleText } from "node:util";
import { toEnvelope } from "./stripe-envelope.ts";
import { readEvents } from "./read-events.ts";
import { life, lostEventId } from "../samples/one-life.ts";
import { makeProgressBar } from "../ops/terminal/progress-bar.ts";
import { escapeText } from "../ops/terminal/escape.ts";
import type { Session } from "./session.ts";

/** Which events are played, and how that is shown. */
export interface PlayOptions {
  json?: boolean;
  /** Files and directories of events. */
  events?: string[];
}

/** Plays the events of files, or else those of the sample subscription, until `isCut`; returns how many files or events could not be read. */
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
      if (envelope.detail.id === lostEventId) session.lose(envelope);
      else await session.take(envelope);
    }
    // Days pass between two stages.
    await session.drain();
  }
};

// With fewer, the lines themselves are progress enough.
const barFrom = 200;

// The files are read twice, as their events may be more than the memory holds.
const playFiles = async (session: Session, paths: string[], isCut: () => boolean): Promise<number> => {
  const read = () => readEvents(paths, session.arrival);
  let total = 0;
  const events = function* () {
    for (const batch of read()) {
      total += batch.events.length;
      yield* batch.events;
    }
  };
  // Any of them may name the user of a customer, and Stripe knows what has happened though its event is late.
  session.learn(events());
  const bar = total < barFrom ? null : makeProgressBar("{bar} {value}/{total} events, {eta_formatted} to go");
  if (bar) session.showProgress(() => bar.increment());
  bar?.start(total, 0);
  let unread = 0;
  for (const batch of read()) {
    if (isCut()) break;
    for (const problem of batch.problems) console.error(escapeText(`Could not be read: ${problem}`));
    unread += batch.problems.length;
    await session.takeAll(batch.events, isCut);
  }
  bar?.stop();
  session.showProgress(null);
  return unread;
};
