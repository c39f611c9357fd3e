import { createHash } from "node:crypto";
import {
  array,
  enums,
  integer,
  literal,
  max,
  min,
  object,
  optional,
  record,
  size,
  string,
  type Struct,
} from "superstruct";
import { awsCall, type AwsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import { InvalidReceiptHandle, MessageNotInFlight, MessageTooLarge } from "./errors.ts";
import type { Message, Queue, Received } from "./queue.ts";
import type { Queues } from "./queues.ts";

const seconds = max(min(integer(), 0), 43_200);

const Receive = object({
  QueueUrl: string(),
  MaxNumberOfMessages: optional(max(min(integer(), 1), 10)),
  VisibilityTimeout: optional(seconds),
  // There is nothing to wait for: every message of the queue is there at once.
  WaitTimeSeconds: optional(integer()),
  MessageAttributeNames: optional(array(literal("All"))),
  MessageSystemAttributeNames: optional(array(literal("SentTimestamp"))),
});

const Send = object({
  QueueUrl: string(),
  MessageBody: string(),
  MessageAttributes: optional(record(string(), object({ DataType: literal("String"), StringValue: string() }))),
});

const Delete = object({ QueueUrl: string(), ReceiptHandle: string() });

const ChangeVisibility = object({ QueueUrl: string(), ReceiptHandle: string(), VisibilityTimeout: seconds });

const ChangeVisibilityBatch = object({
  QueueUrl: string(),
  Entries: size(array(object({ Id: string(), ReceiptHandle: string(), VisibilityTimeout: seconds })), 1, 10),
});

const counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;

const Attributes = object({ QueueUrl: string(), AttributeNames: array(enums(counts)) });

/** What the calls are made on. */
export interface QueueCallsArgs {
  queues: Queues;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** SQS's calls on these queues: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/. */
export const queueCalls = ({ queues, now }: QueueCallsArgs): AwsCalls => {
  const queueOf = ({ QueueUrl: url }: { QueueUrl: string }): Queue => {
    const queue = queues.all.find((candidate) => candidate.url === url);
    if (!queue) throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    return queue;
  };
  const call = <T extends { QueueUrl: string }, S>(
    struct: Struct<T, S>,
    answer: (queue: Queue, input: T) => object,
  ): AwsCall =>
    awsCall(
      struct,
      (input) => queueOf(input).arn,
      (input) => answer(queueOf(input), input),
    );

  return {
    "AmazonSQS.ReceiveMessage": call(Receive, (queue, { MaxNumberOfMessages = 1, VisibilityTimeout, ...wanted }) => {
      const received = queue.receive(MaxNumberOfMessages, now(), VisibilityTimeout);
      // Attributes are returned only on request.
      const { MessageAttributeNames: texts = [], MessageSystemAttributeNames: times = [] } = wanted;
      const messages = received.map((one) => asMessage(one, texts.length > 0, times.length > 0));
      return messages.length > 0 ? { Messages: messages } : {};
    }),
    "AmazonSQS.SendMessage": call(Send, (queue, { MessageBody, MessageAttributes = {} }) => {
      const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]);
      const message = withAwsErrors(() => queue.send(MessageBody, now(), Object.fromEntries(attributes)));
      return { MessageId: message.messageId, MD5OfMessageBody: md5(MessageBody) };
    }),
    "AmazonSQS.DeleteMessage": call(Delete, (queue, { ReceiptHandle }) => {
      withAwsErrors(() => queue.delete(ReceiptHandle));
      return {};
    }),
    "AmazonSQS.ChangeMessageVisibility": call(ChangeVisibility, (queue, { ReceiptHandle, VisibilityTimeout }) => {
      withAwsErrors(() => queue.changeVisibility(ReceiptHandle, now(), VisibilityTimeout));
      return {};
    }),
    "AmazonSQS.ChangeMessageVisibilityBatch": call(ChangeVisibilityBatch, (queue, { Entries }) => {
      const failures = Entries.map(({ ReceiptHandle, VisibilityTimeout }) =>
        failureOf(() => queue.changeVisibility(ReceiptHandle, now(), VisibilityTimeout)),
      );
      const results = Entries.map(({ Id }, index) => ({ Id, ...failures[index] }));
      const isFailed = (result: object) => "Code" in result;
      return { Successful: results.filter((one) => !isFailed(one)), Failed: results.filter(isFailed) };
    }),
    "AmazonSQS.GetQueueAttributes": call(Attributes, (queue, { AttributeNames }) => {
      const inFlight = queue.inFlight(now());
      const values = { [counts[0]]: `${queue.messages.length - inFlight}`, [counts[1]]: `${inFlight}` };
      return { Attributes: Object.fromEntries(AttributeNames.map((name) => [name, values[name]])) };
    }),
  };
};

const withAwsErrors = <T>(run: () => T): T => {
  try {
    return run();
  } catch (error) {
    if (error instanceof InvalidReceiptHandle)
      throw new AwsError("ReceiptHandleIsInvalid", error.message, { cause: error });
    if (error instanceof MessageNotInFlight) throw new AwsError("MessageNotInflight", error.message, { cause: error });
    if (error instanceof MessageTooLarge) throw new AwsError("InvalidParameterValue", error.message, { cause: error });
    throw error;
  }
};

// Of an entry of a batch, whose others are done all the same.
const failureOf = (run: () => void): { Code: string; Message: string; SenderFault: true } | null => {
  try {
    withAwsErrors(run);
    return null;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { Code: error.name, Message: error.message, SenderFault: true };
  }
};

const asMessage = (received: Received, hasTexts: boolean, hasTime: boolean): object => {
  const { messageId, receiptHandle, body } = received;
  const { Attributes: times, MessageAttributes: texts } = attributesOf(received);
  return {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    Body: body,
    MD5OfBody: md5(body),
    ...(hasTime && { Attributes: times }),
    ...(hasTexts && Object.keys(texts).length > 0 && { MessageAttributes: texts }),
  };
};

/** The attributes of a message as SQS's API returns them: its time in milliseconds since 1970, and the sender's texts. */
export const attributesOf = ({ attributes, sentAt }: Message) => ({
  Attributes: { SentTimestamp: `${Math.round(sentAt)}` },
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  ),
});

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
