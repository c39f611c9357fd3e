import { createHash } from "node:crypto";
import { array, enums, integer, literal, max, min, object, optional, record, string, type Struct } from "superstruct";
import type { AwsApiArgs, AwsCall } from "../aws-api.ts";
import { AwsError, inputOf } from "../protocol/aws-call.ts";
import { NotAHandle, NotInFlight, type Queue, type Received, TooLarge } from "./queue.ts";

const seconds = max(min(integer(), 0), 43_200);

const Receive = object({
  QueueUrl: string(),
  MaxNumberOfMessages: optional(max(min(integer(), 1), 10)),
  VisibilityTimeout: optional(seconds),
  // There is nothing to wait for: what is in the queue is there at once.
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

const Hide = object({ QueueUrl: string(), ReceiptHandle: string(), VisibilityTimeout: seconds });

const counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;

const Attributes = object({ QueueUrl: string(), AttributeNames: array(enums(counts)) });

/** SQS's calls on these queues: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/. */
export const queueCalls = ({ queues, now }: AwsApiArgs): Record<string, AwsCall> => {
  const queueOf = ({ QueueUrl: url }: { QueueUrl: string }): Queue => {
    const queue = queues.all.find((candidate) => candidate.url === url);
    if (!queue) throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    return queue;
  };
  const call = <T extends { QueueUrl: string }, S>(
    struct: Struct<T, S>,
    answer: (queue: Queue, input: T) => object,
  ): AwsCall => ({
    resource: (value) => queueOf(inputOf(value, struct)).arn,
    answer: (value) => {
      const input = inputOf(value, struct);
      return answer(queueOf(input), input);
    },
  });

  return {
    "AmazonSQS.ReceiveMessage": call(Receive, (queue, { MaxNumberOfMessages = 1, VisibilityTimeout, ...wanted }) => {
      const received = queue.receive(MaxNumberOfMessages, now(), VisibilityTimeout);
      // Attributes come to whoever asks for them.
      const { MessageAttributeNames: texts = [], MessageSystemAttributeNames: times = [] } = wanted;
      const messages = received.map((one) => asMessage(one, texts.length > 0, times.length > 0));
      return messages.length > 0 ? { Messages: messages } : {};
    }),
    "AmazonSQS.SendMessage": call(Send, (queue, { MessageBody, MessageAttributes = {} }) => {
      const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]);
      const message = named(() => queue.send(MessageBody, now(), Object.fromEntries(attributes)));
      queues.keep();
      return { MessageId: message.messageId, MD5OfMessageBody: md5(MessageBody) };
    }),
    "AmazonSQS.DeleteMessage": call(Delete, (queue, { ReceiptHandle }) => {
      named(() => queue.delete(ReceiptHandle));
      queues.keep();
      return {};
    }),
    "AmazonSQS.ChangeMessageVisibility": call(Hide, (queue, { ReceiptHandle, VisibilityTimeout }) => {
      named(() => queue.hide(ReceiptHandle, now(), VisibilityTimeout));
      return {};
    }),
    "AmazonSQS.GetQueueAttributes": call(Attributes, (queue, { AttributeNames }) => {
      const hidden = queue.hidden(now());
      const values = { [counts[0]]: `${queue.messages.length - hidden}`, [counts[1]]: `${hidden}` };
      return { Attributes: Object.fromEntries(AttributeNames.map((name) => [name, values[name]])) };
    }),
  };
};

// What a queue throws, under AWS's names.
const named = <T>(run: () => T): T => {
  try {
    return run();
  } catch (error) {
    if (error instanceof NotAHandle) throw new AwsError("ReceiptHandleIsInvalid", error.message);
    if (error instanceof NotInFlight) throw new AwsError("MessageNotInflight", error.message);
    if (error instanceof TooLarge) throw new AwsError("InvalidParameterValue", error.message);
    throw error;
  }
};

const asMessage = (received: Received, hasTexts: boolean, hasTime: boolean): object => {
  const { messageId, receiptHandle, body, attributes, sentAt } = received;
  const texts = Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]);
  return {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    Body: body,
    MD5OfBody: md5(body),
    ...(hasTime && { Attributes: { SentTimestamp: `${Math.round(sentAt)}` } }),
    ...(hasTexts && texts.length > 0 && { MessageAttributes: Object.fromEntries(texts) }),
  };
};

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
