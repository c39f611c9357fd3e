import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import type { Stack } from "../command/stack.ts";
import { openQueue } from "./queue.ts";
import { selectDeadLetters } from "./selection.ts";

const visibilityTimeoutSeconds = 60;

/** Deletes the dead letters of these events, and makes all other messages visible again. */
export const deleteDeadLetters = async (sqs: SQSClient, stack: Stack, eventIds: string[]): Promise<void> => {
  const queue = openQueue(sqs, stack.deadLetterQueue.url);
  const taken = new Map<string, Message>();
  await queue.takeAll(taken, visibilityTimeoutSeconds, new AbortController().signal);
  const { selected } = selectDeadLetters(taken.values(), stack, { event: eventIds });
  const own = new Set(selected.map(({ message }) => message));
  for (const message of taken.values()) {
    if (own.has(message)) await queue.delete(message);
    else await queue.release([message]);
  }
};
