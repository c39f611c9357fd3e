import type { Message } from "@aws-sdk/client-sqs";
import { SingleBar } from "cli-progress";
import { clientsOf } from "../command/clients.ts";
import { letterQueue, type LetterQueue } from "./letter-queue.ts";
import { type Letter, type Letters, sortLetters } from "./letters.ts";
import { fateLine, fateSummary, listingOf } from "./listing.ts";
import { paced } from "./paced.ts";
import { placeOf } from "../command/target.ts";
import { type Fate, redriveOne } from "./redrive-one.ts";
import type { RedriveOptions } from "../redrive-options.ts";

// An execution may take five minutes, and a hidden letter must stay hidden until its own is done.
const executionSeconds = 300;

// The longest that SQS hides a message.
const longestSeconds = 12 * 3600;

const sideBySide = 16;

/** Redrives what is in a stack's dead-letter queue, or lists it, and returns the exit code. */
export const redriveAll = async (options: RedriveOptions, signal: AbortSignal): Promise<number> => {
  const { stack, config } = await placeOf(options);
  const clients = clientsOf(config);
  const letters = letterQueue(clients.sqs, stack.deadLetterQueue.url);
  const parked = letterQueue(clients.sqs, stack.parkedQueue.url);
  const [queue, other] = options.parked ? [parked, letters] : [letters, parked];
  // Both must be there before anything is done.
  const [count] = await Promise.all([queue.count(), other.count()]);
  const hiddenSeconds = Math.min(executionSeconds + Math.ceil((2 * count) / options.rate), longestSeconds);

  // What is taken and not yet deleted. All is taken before anything is started: so no new letter of this run is among it.
  const held = new Map<string, Message>();
  try {
    await queue.takeAll(held, hiddenSeconds, signal);
    const sorted = sortLetters(held.values(), stack, options);
    console.log(headingOf(held.size, options));
    if (held.size > 0) console.log(listingOf(sorted));
    if (options.dryRun) return signal.aborted ? 130 : 0;
    await releaseOthers(queue, held, sorted);
    const redriveArgs = { sfn: clients.sfn, queue, parked: options.parked ? null : parked, max: options.max };
    const fates = await redriveSorted(sorted, { ...options, signal }, async ({ message, letter }) => {
      const fate = await redriveOne(message, letter, redriveArgs);
      if (fate.fate !== "left") held.delete(`${message.MessageId}`);
      return fate;
    });
    if (signal.aborted) return 130;
    return fates.every((fate) => fate === "redriven") ? 0 : 1;
  } finally {
    await release(queue, [...held.values()], hiddenSeconds);
  }
};

const headingOf = (count: number, { stack, local, parked }: RedriveOptions): string => {
  const queue = `the ${parked ? "parked" : "dead-letter"} queue of ${stack ?? local}`;
  return count === 0 ? `There is nothing in ${queue}.` : `${count} in ${queue}:`;
};

// What is not started in this run is for others to see at once.
const releaseOthers = async (queue: LetterQueue, held: Map<string, Message>, { wanted }: Letters): Promise<void> => {
  const ids = new Set(wanted.map(({ message }) => message.MessageId));
  const others = [...held].filter(([id]) => !ids.has(id));
  for (const [id] of others) held.delete(id);
  await release(
    queue,
    others.map(([, message]) => message),
    0,
  );
};

const release = async (queue: LetterQueue, messages: Message[], hiddenSeconds: number): Promise<void> => {
  let failed = 0;
  const asFastAsCan = { perSecond: Infinity, sideBySide, signal: new AbortController().signal };
  await paced(messages, asFastAsCan, (message) =>
    queue.release(message).catch(() => {
      failed += 1;
    }),
  );
  if (failed > 0) console.error(`${failed} stay hidden for up to ${Math.ceil(hiddenSeconds / 60)} minutes more`);
};

const redriveSorted = async (
  { wanted, unreadable }: Letters,
  { rate, signal }: Pick<RedriveOptions, "rate"> & { signal: AbortSignal },
  redrive: (letter: Letter) => Promise<Fate>,
): Promise<Fate["fate"][]> => {
  const fates = new Map<Letter, Fate>();
  const format = "{bar} {value}/{total} dead letters, {eta_formatted} to go";
  const bar = process.stderr.isTTY ? new SingleBar({ format, stream: process.stderr }) : null;
  if (wanted.length > 0) bar?.start(wanted.length, 0);
  await paced(wanted, { perSecond: rate, sideBySide, signal }, async (letter) => {
    fates.set(letter, await redrive(letter));
    bar?.increment();
  });
  bar?.stop();

  const interrupted: Fate = { fate: "left", reason: "it was not started" };
  const all = wanted.map((letter) => [letter, fates.get(letter) ?? interrupted] as const);
  // On a terminal a line each would tear the bar, so they come after it.
  for (const [letter, fate] of all) if (fate.fate !== "redriven") console.log(fateLine(letter, fate));
  const summary = [...all.map(([, { fate }]) => fate), ...unreadable.map(() => "left" as const)];
  if (summary.length > 0) console.log(fateSummary(summary));
  return summary;
};
