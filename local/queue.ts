import { randomUUID } from "node:crypto";

/** A message in a queue, as SQS hands it out. */
export interface Message {
  messageId: string;
  body: string;
  /** Text attributes, such as EventBridge's `ERROR_CODE`. */
  attributes: Record<string, string>;
  /** Milliseconds since 1970. */
  sentAt: number;
}

/** An SQS queue in memory. */
export interface Queue {
  name: string;
  arn: string;
  url: string;
  messages: Message[];
  /** Puts a message into the queue; throws for one that SQS would not take. */
  send(body: string, sentAt: number, attributes?: Record<string, string>): void;
}

/** Makes an empty queue. */
export const makeQueue = (name: string, arn: string, url: string, maxMessageBytes: number): Queue => {
  const messages: Message[] = [];
  return {
    name,
    arn,
    url,
    messages,
    send: (body, sentAt, attributes = {}) => {
      const size = Buffer.byteLength(body);
      if (size > maxMessageBytes) {
        throw new Error(
          `One or more parameters are invalid: the message has ${size} bytes, and may have ${maxMessageBytes}`,
        );
      }
      messages.push({ messageId: randomUUID(), body, attributes, sentAt });
    },
  };
};
