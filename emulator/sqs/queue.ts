import { randomUUID } from "node:crypto";
import { InvalidReceiptHandle, MessageNotInFlight, MessageTooLarge } from "./errors.ts";

/** A message in a queue. */
export interface Message {
  messageId: string;
  body: string;
  /** Text attributes, such as EventBridge's `ERROR_CODE`. */
  attributes: Record<string, string>;
  /** Milliseconds since 1970. */
  sentAt: number;
}

/** A received message, with the handle to delete it by. */
export interface Received extends Message {
  receiptHandle: string;
}

/** An SQS queue in memory. */
export interface Queue {
  name: string;
  arn: string;
  url: string;
  /** All messages, those in flight too. */
  messages: Message[];
  /** Adds a message; throws a `MessageTooLarge` for one that SQS would refuse. */
  send(body: string, sentAt: number, attributes?: Record<string, string>): Message;
  /** Receives up to `maxMessages` messages and hides them, by default for the queue's own visibility timeout. */
  receive(maxMessages: number, now: number, visibilityTimeoutSeconds?: number): Received[];
  /** Deletes a message by its newest handle; an older one deletes nothing, as in SQS. */
  delete(receiptHandle: string): void;
  /** Hides a message in flight for that long from now on. */
  changeVisibility(receiptHandle: string, now: number, visibilityTimeoutSeconds: number): void;
  /** How many messages are in flight. */
  inFlight(now: number): number;
}

/** How a queue is configured. */
export interface QueueArgs {
  name: string;
  arn: string;
  url: string;
  maxMessageBytes: number;
  visibilityTimeoutSeconds: number;
  /** What it holds from an earlier run. */
  messages?: Message[];
  /** Called before a message is there; it is not sent if this throws. */
  onSend?: (message: Message) => void;
  /** Called before a message is gone; it is not deleted if this throws. */
  onDelete?: (message: Message) => void;
}

interface Flight {
  receiptHandle: string;
  until: number;
}

/** Makes a queue. */
export const makeQueue = ({ name, arn, url, maxMessageBytes, onSend, onDelete, ...defaults }: QueueArgs): Queue => {
  const messages = [...(defaults.messages ?? [])];
  const flights = new Map<string, Flight>();
  const isHidden = ({ messageId }: Message, now: number) => (flights.get(messageId)?.until ?? 0) > now;

  const flightOf = (receiptHandle: string): { messageId: string; flight: Flight | undefined } => {
    const [messageId, receipt] = receiptHandle.split("/");
    if (!messageId || !receipt)
      throw new InvalidReceiptHandle(`The input receipt handle "${receiptHandle}" is not valid`);
    const flight = flights.get(messageId);
    return { messageId, flight: flight?.receiptHandle === receiptHandle ? flight : undefined };
  };

  return {
    name,
    arn,
    url,
    messages,
    send: (body, sentAt, attributes = {}) => {
      const size = Buffer.byteLength(body);
      if (size > maxMessageBytes) {
        throw new MessageTooLarge(
          `One or more parameters are invalid: the message has ${size} bytes, and may have ${maxMessageBytes}`,
        );
      }
      const message = { messageId: randomUUID(), body, attributes, sentAt };
      onSend?.(message);
      messages.push(message);
      return message;
    },
    receive: (maxMessages, now, visibilityTimeoutSeconds = defaults.visibilityTimeoutSeconds) => {
      const visible = messages.filter((message) => !isHidden(message, now)).slice(0, maxMessages);
      return visible.map((message) => {
        const receiptHandle = `${message.messageId}/${randomUUID()}`;
        flights.set(message.messageId, { receiptHandle, until: now + 1000 * visibilityTimeoutSeconds });
        return { ...message, receiptHandle };
      });
    },
    delete: (receiptHandle) => {
      const { messageId, flight } = flightOf(receiptHandle);
      const index = flight ? messages.findIndex((message) => message.messageId === messageId) : -1;
      const message = messages[index];
      if (!message) return;
      onDelete?.(message);
      messages.splice(index, 1);
      flights.delete(messageId);
    },
    changeVisibility: (receiptHandle, now, visibilityTimeoutSeconds) => {
      const { flight } = flightOf(receiptHandle);
      if (!flight || flight.until <= now)
        throw new MessageNotInFlight("The message is not available for visibility timeout change");
      flight.until = now + 1000 * visibilityTimeoutSeconds;
    },
    inFlight: (now) => messages.filter((message) => isHidden(message, now)).length,
  };
};
