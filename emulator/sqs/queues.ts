import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { number, string, type } from "superstruct";
import { checked } from "../graph/checked.ts";
import { type Graph, ofType } from "../graph/load.ts";
import { makeQueue, type Message, type Queue } from "./queue.ts";

/** A message of a queue, its body read. */
export interface Letter {
  body: unknown;
  attributes: Record<string, string>;
  sentAt: string;
}

/** The queues of a graph. */
export interface Queues {
  all: Queue[];
  /** Writes their messages to the data directory, where there is one. */
  keep(): void;
  /** The messages of the queue that the program exports under this name. */
  lettersIn(output: string): Letter[];
}

const QueueInputs = type({ name: string(), maxMessageSize: number(), visibilityTimeoutSeconds: number() });

/** Makes the queues of a graph, with the messages that the data directory has of an earlier run. */
export const makeQueues = (graph: Graph, dataDirectory: string | undefined): Queues => {
  const fileOf = (name: string) => (dataDirectory === undefined ? null : join(dataDirectory, `${name}.json`));

  const all = ofType(graph, "aws:sqs/queue:Queue").map(({ name: logicalName, inputs, outputs }) => {
    const { name, maxMessageSize, ...rest } = checked(inputs, QueueInputs, `queue ${logicalName}`);
    const { visibilityTimeoutSeconds } = rest;
    const [arn, url] = [`${outputs["arn"]}`, `${outputs["url"]}`];
    const queue = makeQueue({ name, arn, url, maxMessageBytes: maxMessageSize, visibilityTimeoutSeconds });
    const file = fileOf(name);
    if (file !== null && existsSync(file)) queue.messages.push(...JSON.parse(readFileSync(file, "utf8")));
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
    lettersIn: (output) => {
      const { arn } = Object(graph.outputs[output]);
      return all.filter((queue) => queue.arn === arn).flatMap(({ messages }) => messages.map(readable));
    },
  };
};

const readable = ({ body, attributes, sentAt }: Message): Letter => ({
  body: readBody(body),
  attributes,
  sentAt: new Date(sentAt).toISOString(),
});

// Whoever calls the API may send what is no JSON.
const readBody = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};
