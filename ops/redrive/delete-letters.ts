import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import { letterQueue } from "./letter-queue.ts";
import { sortLetters } from "./letters.ts";
import type { Stack } from "../command/stack.ts";

const hiddenSeconds = 60;

/** Deletes the dead letters of these events, and shows all others again. */
export const deleteLetters = async (sqs: SQSClient, stack: Stack, eventIds: string[]): Promise<void> => {
  const queue = letterQueue(sqs, stack.deadLetterQueue.url);
  const taken = new Map<string, Message>();
  await queue.takeAll(taken, hiddenSeconds, new AbortController().signal);
  const own = new Set(sortLetters(taken.values(), stack, { event: eventIds }).wanted.map(({ message }) => message));
  for (const message of taken.values()) {
    if (own.has(message)) await queue.delete(message);
    else await queue.release(message);
  }
};
