import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import type { Stack } from "../command/stack.ts";
import { paced } from "./paced.ts";
import { openQueue, type Queue } from "./queue.ts";

/** The queue that is worked on, and the other one of the stack. */
export interface Queues {
  queue: Queue;
  /** Where what a retry cannot fix goes; null where it is there already. */
  parkingLot: Queue | null;
  /** The number of messages of the queue. */
  count: number;
}

/** Opens the dead-letter queue of a stack, or its parking-lot queue; throws what SQS throws unless both exist. */
export const openQueues = async (
  sqs: SQSClient,
  stack: Pick<Stack, "deadLetterQueue" | "parkedQueue">,
  parked = false,
): Promise<Queues> => {
  const deadLetterQueue = openQueue(sqs, stack.deadLetterQueue.url);
  const parkingLot = openQueue(sqs, stack.parkedQueue.url);
  const [queue, other] = parked ? [parkingLot, deadLetterQueue] : [deadLetterQueue, parkingLot];
  // Both must exist before anything is done.
  const [count] = await Promise.all([queue.count(), other.count()]);
  return { queue, parkingLot: parked ? null : parkingLot, count };
};

// An Express execution takes at most five minutes, and its message must stay invisible until it has ended.
const executionSeconds = 300;

// The longest visibility timeout of SQS.
const longestSeconds = 12 * 3600;

// Calls of SQS at the same time, and messages in a call.
const concurrency = 16;
const mostInBatch = 10;

/** How messages are held. */
export interface HoldArgs extends Pick<Queues, "queue" | "count"> {
  /** How many of them are worked on per second. */
  rate: number;
  /** Once it is aborted, no more are received. */
  signal: AbortSignal;
  /** Is told how many could not be made visible again, and for how long they stay so at most. */
  onStuck: (messages: number, minutes: number) => void;
}

/** Received messages, invisible to other consumers until they are deleted or made visible again. */
export interface Held {
  /** By their ids; a message that is deleted is taken out. */
  messages: Map<string, Message>;
  /** Makes these visible to other consumers again, and takes them out. */
  release: (messages: Message[]) => Promise<void>;
}

/**
 * Receives all messages of a queue, gives them to `use`, and makes visible again what that has left.
 *
 * All are received before any is worked on, so that none of this run's new messages is among them.
 */
export const holdMessages = async <T>(
  { queue, count, rate, signal, onStuck }: HoldArgs,
  use: (held: Held) => T | Promise<T>,
): Promise<T> => {
  const hiddenSeconds = Math.min(executionSeconds + Math.ceil((2 * count) / rate), longestSeconds);
  const messages = new Map<string, Message>();
  const release = async (some: Message[]): Promise<void> => {
    for (const { MessageId } of some) messages.delete(`${MessageId}`);
    const failed = await releaseAll(queue, some);
    if (failed > 0) onStuck(failed, Math.ceil(hiddenSeconds / 60));
  };
  try {
    await queue.takeAll(messages, hiddenSeconds, signal);
    return await use({ messages, release });
  } finally {
    await release([...messages.values()]);
  }
};

const releaseAll = async (queue: Queue, messages: Message[]): Promise<number> => {
  let failed = 0;
  const batches = Array.from({ length: Math.ceil(messages.length / mostInBatch) }, (_, index) =>
    messages.slice(index * mostInBatch, (index + 1) * mostInBatch),
  );
  const asFastAsCan = { perSecond: Infinity, concurrency, signal: new AbortController().signal };
  await paced(batches, asFastAsCan, async (batch) => {
    const left = await queue.release(batch).catch(() => batch.length);
    failed += left;
  });
  return failed;
};
