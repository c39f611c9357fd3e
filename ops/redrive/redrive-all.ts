import type { Message } from "@aws-sdk/client-sqs";
import { clientsOf } from "../command/clients.ts";
import { findTarget } from "../command/target.ts";
import type { TargetOptions } from "../command/target-options.ts";
import { makeProgressBar } from "../terminal/progress-bar.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { listingJson, listingText, resultLine, resultSummary } from "./listing.ts";
import { explainNoMatch } from "./no-match.ts";
import { paced } from "./paced.ts";
import { openQueue, type Queue } from "./queue.ts";
import { redriveOne, type RedriveResult } from "./redrive-one.ts";
import { type Filters, hasFilter, selectDeadLetters, type Selection } from "./selection.ts";
import { showBodies } from "./show-bodies.ts";

/** What `npm run redrive` was asked to do. */
export interface RedriveOptions extends TargetOptions, Filters {
  /** Only list the messages. */
  dryRun?: boolean;
  /** Only print the bodies of the messages of this event, or of the message with this id. */
  show?: string;
  /** Print the list, and what became of it, as JSON. */
  json?: boolean;
  /** How many redrives of an event may fail before it is parked. */
  max: number;
  /** How many executions are started per second at most. */
  rate: number;
  /** Redrive the parking-lot queue. */
  parked?: boolean;
}

// An Express execution takes at most five minutes, and its message must stay invisible until it has ended.
const executionSeconds = 300;

// The longest visibility timeout of SQS.
const longestSeconds = 12 * 3600;

const concurrency = 16;

/** Redrives the messages of a stack's dead-letter queue, or lists them, and returns the exit code. */
export const redriveAll = async (options: RedriveOptions, signal: AbortSignal): Promise<number> => {
  const { name, stack, config } = await findTarget(options);
  const { sqs, sfn } = clientsOf(config);
  const deadLetterQueue = openQueue(sqs, stack.deadLetterQueue.url);
  const parkingLot = openQueue(sqs, stack.parkedQueue.url);
  const [queue, other] = options.parked ? [parkingLot, deadLetterQueue] : [deadLetterQueue, parkingLot];
  // Both must exist before anything is done.
  const [count] = await Promise.all([queue.count(), other.count()]);
  const hiddenSeconds = Math.min(executionSeconds + Math.ceil((2 * count) / options.rate), longestSeconds);

  // Received and not yet deleted. All are received before any is redriven, so that none of this run's new messages is among them.
  const held = new Map<string, Message>();
  try {
    await queue.takeAll(held, hiddenSeconds, signal);
    if (options.show !== undefined) return signal.aborted ? 130 : showBodies(options.show, held.values(), stack);
    const selection = selectDeadLetters(held.values(), stack, options);
    const exitCode = list(selection, name, options);
    if (signal.aborted) return 130;
    if (options.dryRun || exitCode !== 0) return exitCode;

    await releaseOthers(queue, held, selection);
    const redriveArgs = { sfn, queue, parkingLot: options.parked ? null : parkingLot, max: options.max, signal };
    const statuses = await redriveSelected(selection, { ...options, signal }, async (deadLetter) => {
      const result = await redriveOne(deadLetter, redriveArgs);
      if (result.status !== "left") held.delete(`${deadLetter.message.MessageId}`);
      return result;
    });
    if (signal.aborted) return 130;
    return statuses.every((status) => status === "redriven") ? 0 : 1;
  } finally {
    await release(queue, [...held.values()], hiddenSeconds);
  }
};

// Prints what is in the queue, and returns the exit code: not 0 if the filters take nothing of it.
const list = (selection: Selection, name: string, options: RedriveOptions): number => {
  const { selected, unreadable, others } = selection;
  const count = selected.length + unreadable.length + others.length;
  const queueName = `the ${options.parked ? "parking-lot" : "dead-letter"} queue of ${name}`;
  const hasNoMatch = hasFilter(options) && selected.length === 0;
  if (options.json && (options.dryRun || hasNoMatch)) console.log(listingJson(selection));
  if (!options.json) console.log(count === 0 ? `There is nothing in ${queueName}.` : `${count} in ${queueName}:`);
  if (!options.json && count > 0) console.log(listingText(selection));
  if (!hasNoMatch) return 0;
  const { text, exitCode } = explainNoMatch(selection, options);
  console.error(text);
  return exitCode;
};

// Other consumers may have at once what this run does not start.
const releaseOthers = async (queue: Queue, held: Map<string, Message>, { selected }: Selection): Promise<void> => {
  const ids = new Set(selected.map(({ message }) => message.MessageId));
  const others = [...held].filter(([id]) => !ids.has(id));
  for (const [id] of others) held.delete(id);
  await release(
    queue,
    others.map(([, message]) => message),
    0,
  );
};

const release = async (queue: Queue, messages: Message[], hiddenSeconds: number): Promise<void> => {
  let failed = 0;
  const asFastAsCan = { perSecond: Infinity, concurrency, signal: new AbortController().signal };
  await paced(messages, asFastAsCan, (message) =>
    queue.release(message).catch(() => {
      failed += 1;
    }),
  );
  if (failed > 0) console.error(`${failed} stay invisible for up to ${Math.ceil(hiddenSeconds / 60)} minutes more`);
};

const redriveSelected = async (
  selection: Selection,
  { rate, json, signal }: Pick<RedriveOptions, "rate" | "json"> & { signal: AbortSignal },
  redrive: (deadLetter: DeadLetter) => Promise<RedriveResult>,
): Promise<RedriveResult["status"][]> => {
  const { selected, unreadable } = selection;
  const done = new Map<DeadLetter, RedriveResult>();
  const bar = selected.length > 0 ? makeProgressBar("{bar} {value}/{total} dead letters, {eta_formatted} to go") : null;
  bar?.start(selected.length, 0);
  await paced(selected, { perSecond: rate, concurrency, signal }, async (deadLetter) => {
    done.set(deadLetter, await redrive(deadLetter));
    bar?.increment();
  });
  bar?.stop();

  const notStarted: RedriveResult = { status: "left", reason: "it was not started" };
  const results = new Map(selected.map((deadLetter) => [deadLetter, done.get(deadLetter) ?? notStarted]));
  const statuses = [...[...results.values()].map(({ status }) => status), ...unreadable.map(() => "left" as const)];
  if (json) console.log(listingJson(selection, results));
  else {
    // On a terminal a line each would tear the bar, so they come after it.
    for (const [deadLetter, result] of results) {
      if (result.status !== "redriven") console.log(resultLine(deadLetter, result));
    }
    if (statuses.length > 0) console.log(resultSummary(statuses));
  }
  return statuses;
};
