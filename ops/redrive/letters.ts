import type { Message } from "@aws-sdk/client-sqs";
import { type DeadLetter, readDeadLetter } from "./dead-letter.ts";
import type { RedriveOptions } from "../redrive-options.ts";
import type { Stack } from "../command/stack.ts";

/** A message and what it says. */
export interface Letter {
  message: Message;
  letter: DeadLetter;
}

/** What was taken from a queue, sorted. */
export interface Letters {
  /** What is asked for, the oldest first. */
  wanted: Letter[];
  /** What cannot be read, with the reason; nobody can ask for it by what it says. */
  unreadable: { message: Message; problem: string }[];
  /** How many can be read, but are not asked for. */
  others: number;
}

/** What a redrive asks for. */
export type Filter = Pick<RedriveOptions, "type" | "error" | "event" | "since">;

/** Reads messages, and sorts them by what is asked for. */
export const sortLetters = (messages: Iterable<Message>, stack: Stack, filter: Filter): Letters => {
  const letters: Letters = { wanted: [], unreadable: [], others: 0 };
  const { type, error, event, since } = filter;
  const asksForAll = [type, error, event, since].every((value) => value === undefined);
  for (const message of messages) {
    const letter = readDeadLetter(message, stack);
    if ("problem" in letter) {
      if (asksForAll) letters.unreadable.push({ message, ...letter });
      else letters.others += 1;
    } else if (isWanted(letter, filter)) letters.wanted.push({ message, letter });
    else letters.others += 1;
  }
  letters.wanted.sort((a, b) => a.letter.at.getTime() - b.letter.at.getTime());
  return letters;
};

const isWanted = (letter: DeadLetter, { type, error, event, since }: Filter): boolean =>
  (type?.includes(letter.type) ?? true) &&
  (error?.includes(letter.errorName) ?? true) &&
  (event?.includes(letter.eventId) ?? true) &&
  (since === undefined || letter.at >= since);
