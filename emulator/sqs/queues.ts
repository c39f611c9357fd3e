import { number, string, type } from "superstruct";
import { type Graph, ofType } from "../graph/graph.ts";
import { parseJson } from "../graph/json.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { MessageStore } from "./message-store.ts";
import { makeQueue, type Message, type Queue } from "./queue.ts";

/** A message of a queue, as a person reads it. */
export interface QueueMessage {
  /** Parsed, if it is JSON. */
  body: unknown;
  attributes: Record<string, string>;
  sentAt: string;
}

/** The queues of a graph. */
export interface Queues {
  all: Queue[];
  /** When the newest message was sent, in milliseconds since 1970; 0 if there is none. */
  newestSentAt(): number;
  /** The messages of the queue that the program exports under this name. */
  messagesIn(output: string): QueueMessage[];
}

const QueueInputs = type({ name: string(), maxMessageSize: number(), visibilityTimeoutSeconds: number() });

/** Makes the queues of a graph, with the messages that an earlier run left in the store; without one they are in memory only. */
export const makeQueues = (graph: Graph, store: MessageStore | null): Queues => {
  const all = ofType(graph, "aws:sqs/queue:Queue").map(({ name: logicalName, inputs, outputs }) => {
    const { name, maxMessageSize, ...rest } = validateInputs(inputs, QueueInputs, `queue ${logicalName}`);
    const { visibilityTimeoutSeconds } = rest;
    const [arn, url] = [`${outputs["arn"]}`, `${outputs["url"]}`];
    return makeQueue({
      name,
      arn,
      url,
      maxMessageBytes: maxMessageSize,
      visibilityTimeoutSeconds,
      messages: store?.messagesOf(name) ?? [],
      onSend: (message) => store?.add(name, message),
      onDelete: ({ messageId }) => store?.delete(messageId),
    });
  });

  return {
    all,
    newestSentAt: () =>
      all.flatMap(({ messages }) => messages).reduce((newest, { sentAt }) => Math.max(newest, sentAt), 0),
    messagesIn: (output) => {
      const { arn } = Object(graph.outputs[output]);
      return all.filter((queue) => queue.arn === arn).flatMap(({ messages }) => messages.map(readable));
    },
  };
};

const readable = ({ body, attributes, sentAt }: Message): QueueMessage => ({
  body: readBody(body),
  attributes,
  sentAt: new Date(sentAt).toISOString(),
});

// The API takes any text.
const readBody = (text: string): unknown => {
  const body = parseJson(text);
  return body === undefined ? text : body;
};
