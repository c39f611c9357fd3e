import type { Message } from "@aws-sdk/client-sqs";
import type { Stack } from "../command/stack.ts";
import { type DeadLetter, readDeadLetter, type UnreadableMessage } from "./dead-letter.ts";

/** Which dead letters to redrive; a filter that is not set takes all. */
export interface Filters {
  /** Stripe event types, or names of Standard state machines. */
  type?: string[];
  error?: string[];
  /** Event ids, or what else a dead letter is called. */
  event?: string[];
  /** The ids of messages. */
  message?: string[];
  /** Only messages that were sent to the queue since then. */
  since?: Date;
}

/** The messages of a queue, sorted by what the filters take. */
export interface Selection {
  /** What the filters take, the oldest first. */
  selected: DeadLetter[];
  /** What cannot be redriven; empty with a filter, which takes only what can be read. */
  unreadable: UnreadableMessage[];
  /** What the filters leave out. */
  others: (DeadLetter | UnreadableMessage)[];
}

/** Reads messages, and sorts them by these filters. */
export const selectDeadLetters = (messages: Iterable<Message>, stack: Stack, filters: Filters): Selection => {
  const selection: Selection = { selected: [], unreadable: [], others: [] };
  for (const message of messages) {
    const deadLetter = readDeadLetter(message, stack);
    if (isReadable(deadLetter) && isSelected(deadLetter, filters)) selection.selected.push(deadLetter);
    else if (isReadable(deadLetter) || hasFilter(filters)) selection.others.push(deadLetter);
    else selection.unreadable.push(deadLetter);
  }
  selection.selected.sort((a, b) => a.at.getTime() - b.at.getTime());
  return selection;
};

/** Whether any filter is set. */
export const hasFilter = ({ type, error, event, message, since }: Filters): boolean =>
  [type, error, event, message, since].some((value) => value !== undefined);

/** Whether a message of the queue could be read. */
export const isReadable = (message: DeadLetter | UnreadableMessage): message is DeadLetter => "eventId" in message;

const isSelected = (deadLetter: DeadLetter, { type, error, event, message, since }: Filters): boolean =>
  (type?.includes(deadLetter.type) ?? true) &&
  (error?.includes(deadLetter.errorName) ?? true) &&
  (event?.includes(deadLetter.eventId) ?? true) &&
  (message?.includes(`${deadLetter.message.MessageId}`) ?? true) &&
  (since === undefined || deadLetter.at >= since);
