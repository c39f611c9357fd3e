import type { DeadLetter } from "./dead-letter.ts";
import type { Held } from "./hold-messages.ts";
import { paced } from "./paced.ts";
import { redriveOne, type RedriveOneArgs, type RedriveResult } from "./redrive-one.ts";

/** How dead letters are redriven. */
export interface RedriveSelectedArgs extends RedriveOneArgs {
  /** The messages that were received, those to redrive among them. */
  held: Held;
  /** How many executions are started per second at most. */
  rate: number;
  /** Once it is aborted, no more are started. */
  signal: AbortSignal;
  /** Is told each result. */
  onResult: (deadLetter: DeadLetter, result: RedriveResult) => void;
}

/** How many redrives of an event may fail before it is parked, and how many are started per second, where nothing else is said. */
export const redriveDefaults = { max: 3, rate: 10 };

const concurrency = 16;

/** Redrives dead letters, once all other messages are visible again, and returns what became of each, in their order. */
export const redriveSelected = async (
  selected: DeadLetter[],
  { held, rate, onResult, ...args }: RedriveSelectedArgs,
): Promise<Map<DeadLetter, RedriveResult>> => {
  const ids = new Set(selected.map(({ message }) => message.MessageId));
  // Other consumers may have at once what this run does not start.
  await held.release([...held.messages.values()].filter(({ MessageId }) => !ids.has(MessageId)));
  const done = new Map<DeadLetter, RedriveResult>();
  await paced(selected, { perSecond: rate, concurrency, signal: args.signal }, async (deadLetter) => {
    const result = await redriveOne(deadLetter, args);
    if (result.status !== "left") held.messages.delete(`${deadLetter.message.MessageId}`);
    done.set(deadLetter, result);
    onResult(deadLetter, result);
  });
  const notStarted: RedriveResult = { status: "left", reason: "it was not started" };
  return new Map(selected.map((deadLetter) => [deadLetter, done.get(deadLetter) ?? notStarted]));
};
