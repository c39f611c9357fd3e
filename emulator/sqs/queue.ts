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

/** A message that was handed out, with the handle to delete it by. */
export interface Received extends Message {
  receiptHandle: string;
}

/** A message has more bytes than the queue takes. */
export class TooLarge extends Error {}

/** A receipt handle is none of this queue's. */
export class NotAHandle extends Error {}

/** A message is no longer hidden, so that nothing can be said of for how long. */
export class NotInFlight extends Error {}

/** An SQS queue in memory. */
export interface Queue {
  name: string;
  arn: string;
  url: string;
  /** All of them, the hidden ones too. */
  messages: Message[];
  /** Puts a message into the queue; throws for one that SQS would not take. */
  send(body: string, sentAt: number, attributes?: Record<string, string>): Message;
  /** Hands out up to `most` messages and hides them, by default for the queue's own time. */
  receive(most: number, now: number, hiddenSeconds?: number): Received[];
  /** Deletes a message by its newest handle; an older one deletes nothing, and is no mistake. */
  delete(receiptHandle: string): void;
  /** Hides a message for that long from now on. */
  hide(receiptHandle: string, now: number, hiddenSeconds: number): void;
  /** How many messages are hidden. */
  hidden(now: number): number;
}

/** What a queue is made of. */
export interface QueueArgs {
  name: string;
  arn: string;
  url: string;
  maxMessageBytes: number;
  visibilityTimeoutSeconds: number;
}

interface Flight {
  receiptHandle: string;
  until: number;
}

/** Makes an empty queue. */
export const makeQueue = ({ name, arn, url, maxMessageBytes, visibilityTimeoutSeconds }: QueueArgs): Queue => {
  const messages: Message[] = [];
  const flights = new Map<string, Flight>();
  const isHidden = ({ messageId }: Message, now: number) => (flights.get(messageId)?.until ?? 0) > now;

  const flightOf = (receiptHandle: string): { messageId: string; flight: Flight | undefined } => {
    const [messageId, receipt] = receiptHandle.split("/");
    if (!messageId || !receipt) throw new NotAHandle(`The input receipt handle "${receiptHandle}" is not valid`);
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
        throw new TooLarge(
          `One or more parameters are invalid: the message has ${size} bytes, and may have ${maxMessageBytes}`,
        );
      }
      const message = { messageId: randomUUID(), body, attributes, sentAt };
      messages.push(message);
      return message;
    },
    receive: (most, now, hiddenSeconds = visibilityTimeoutSeconds) => {
      const visible = messages.filter((message) => !isHidden(message, now)).slice(0, most);
      return visible.map((message) => {
        const receiptHandle = `${message.messageId}/${randomUUID()}`;
        flights.set(message.messageId, { receiptHandle, until: now + 1000 * hiddenSeconds });
        return { ...message, receiptHandle };
      });
    },
    delete: (receiptHandle) => {
      const { messageId, flight } = flightOf(receiptHandle);
      const index = flight ? messages.findIndex((message) => message.messageId === messageId) : -1;
      if (index < 0) return;
      messages.splice(index, 1);
      flights.delete(messageId);
    },
    hide: (receiptHandle, now, hiddenSeconds) => {
      const { flight } = flightOf(receiptHandle);
      if (!flight || flight.until <= now)
        throw new NotInFlight("The message is not available for visibility timeout change");
      flight.until = now + 1000 * hiddenSeconds;
    },
    hidden: (now) => messages.filter((message) => isHidden(message, now)).length,
  };
};
