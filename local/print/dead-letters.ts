import type { Message } from "@aws-sdk/client-sqs";
import { styleText } from "node:util";
import { attributesOf } from "../../emulator/sqs/api.ts";
import type { Queue } from "../../emulator/sqs/queue.ts";
import { stackOf } from "../../ops/command/stack.ts";
import { listingText } from "../../ops/redrive/listing.ts";
import { selectDeadLetters } from "../../ops/redrive/selection.ts";
import type { Runner } from "../runner.ts";

/** The runner's dead letters, listed as a redrive lists them, and how to redrive them. */
export const deadLettersText = (
  { queues, outputs }: Pick<Runner, "queues" | "outputs">,
  howToRedrive: string,
): string => {
  const stack = stackOf(outputs, "the runner");
  const messages = queues.all.flatMap((queue) => (queue.arn === stack.deadLetterQueue.arn ? messagesOf(queue) : []));
  const heading = styleText("bold", `Dead letters (${messages.length})`);
  if (messages.length === 0) return heading;
  return [heading, listingText(selectDeadLetters(messages, stack, {})), `  ${howToRedrive}`].join("\n");
};

// As SQS's API returns them.
const messagesOf = ({ messages }: Queue): Message[] =>
  messages.map((message) => ({ MessageId: message.messageId, Body: message.body, ...attributesOf(message) }));
