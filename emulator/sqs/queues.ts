import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { array, number, object, record, string, type } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { parseJson } from "../graph/json.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
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
  /** Writes their messages to the data directory, if there is one. */
  keep(): void;
  /** The messages of the queue that the program exports under this name. */
  messagesIn(output: string): QueueMessage[];
}

const QueueInputs = type({ name: string(), maxMessageSize: number(), visibilityTimeoutSeconds: number() });

/** Makes the queues of a graph, with the messages that an earlier run left in the data directory. */
export const makeQueues = (graph: Graph, dataDirectory: string | undefined): Queues => {
  const fileOf = (name: string) => (dataDirectory === undefined ? null : join(dataDirectory, `${name}.json`));

  const all = ofType(graph, "aws:sqs/queue:Queue").map(({ name: logicalName, inputs, outputs }) => {
    const { name, maxMessageSize, ...rest } = validateInputs(inputs, QueueInputs, `queue ${logicalName}`);
    const { visibilityTimeoutSeconds } = rest;
    const [arn, url] = [`${outputs["arn"]}`, `${outputs["url"]}`];
    const queue = makeQueue({ name, arn, url, maxMessageBytes: maxMessageSize, visibilityTimeoutSeconds });
    const file = fileOf(name);
    if (file !== null && existsSync(file)) queue.messages.push(...readMessages(file));
    return queue;
  });

  return {
    all,
    keep: () => {
      for (const { name, messages } of all) {
        const file = fileOf(name);
        if (file !== null) writeFileSync(file, JSON.stringify(messages));
      }
    },
    messagesIn: (output) => {
      const { arn } = Object(graph.outputs[output]);
      return all.filter((queue) => queue.arn === arn).flatMap(({ messages }) => messages.map(readable));
    },
  };
};

const Messages = array(
  object({ messageId: string(), body: string(), attributes: record(string(), string()), sentAt: number() }),
);

const readMessages = (file: string): Message[] =>
  validateInputs(
    parseJson(readFileSync(file, "utf8")),
    Messages,
    (path, { message }) => new EmulatorError(`${file} does not hold a queue's messages, at ${path}: ${message}`),
  );

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
