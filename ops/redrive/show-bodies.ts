import type { Message } from "@aws-sdk/client-sqs";
import { parseJson } from "../../emulator/graph/json.ts";
import type { Stack } from "../command/stack.ts";
import { escapeLines } from "../terminal/escape.ts";
import { indentedJson } from "../terminal/indented-json.ts";
import { isReadable } from "./selection.ts";
import { readDeadLetter } from "./dead-letter.ts";

/** Prints the whole body of each message of an event, or of the message with that id, and returns the exit code: 1 if there is none. */
export const showBodies = (id: string, messages: Iterable<Message>, stack: Stack): number => {
  const found = [...messages].filter((message) => {
    const deadLetter = readDeadLetter(message, stack);
    return message.MessageId === id || (isReadable(deadLetter) && deadLetter.eventId === id);
  });
  for (const { Body = "" } of found) console.log(bodyText(Body));
  if (found.length > 0) return 0;
  console.error(`There is no dead letter of ${id}: --dry-run --json lists the ids of all`);
  return 1;
};

/** The body of a message as text: indented where it is JSON; as it came where it is not, or is nested too deep for that. */
export const bodyText = (body: string): string => {
  const value = parseJson(body);
  if (value === undefined) return escapeLines(body);
  try {
    return escapeLines(indentedJson(value));
  } catch (error) {
    if (error instanceof RangeError) return escapeLines(body);
    throw error;
  }
};
