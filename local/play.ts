import { styleText } from "node:util";
import { SingleBar } from "cli-progress";
import { type Envelope, toEnvelope } from "./event.ts";
import { readEvents } from "./intake.ts";
import { life } from "./life.ts";
import type { Options } from "./options.ts";
import { lineOf } from "./print.ts";
import type { Session } from "./session.ts";

/** Plays what was asked for, the files or the built-in life; returns how much could not be read. */
export const play = async (session: Session, options: Options): Promise<number> => {
  if (!options.replay) {
    await playLife(session, options);
    return 0;
  }
  const { events, problems } = readEvents(options.replay, session.arrival);
  for (const problem of problems) console.error(`Could not be read: ${problem}`);
  await session.prepare(events);
  await replay(session, events);
  return problems.length;
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

const replay = async (session: Session, events: Envelope[]): Promise<void> => {
  if (events.length < barFrom || !process.stderr.isTTY) {
    await Promise.all(events.map((event) => session.take(event)));
    return;
  }
  const bar = new SingleBar({ format: "{bar} {value}/{total} events, {eta_formatted} to go", stream: process.stderr });
  const troubles: string[] = [];
  // On a terminal the lines would tear the bar: only those of trouble are shown, after it.
  session.onOutcome((outcome) => {
    bar.increment();
    if (outcome.error) troubles.push(lineOf(outcome));
  });
  bar.start(events.length, 0);
  await Promise.all(events.map((event) => session.take(event)));
  bar.stop();
  session.onOutcome(null);
  for (const line of troubles) console.error(line);
};
