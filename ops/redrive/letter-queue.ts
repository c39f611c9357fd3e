import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** A queue of dead letters, as an operator works on it. */
export interface LetterQueue {
  /** About how many messages it has. */
  count(): Promise<number>;
  /** Takes all messages that are there, by their ids, and hides them from everybody else for that long; ends early when it is told to. */
  takeAll(taken: Map<string, Message>, hiddenSeconds: number, signal: AbortSignal): Promise<void>;
  delete(message: Message): Promise<void>;
  /** Shows a message to everybody again, at once. */
  release(message: Message): Promise<void>;
  /** Sends it a message as it is, but for these text attributes. */
  put(message: Message, attributes?: Record<string, string>): Promise<void>;
}

/** The queue at this address. */
export const letterQueue = (sqs: SQSClient, url: string): LetterQueue => {
  const take = async (hiddenSeconds: number): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: hiddenSeconds,
      // With a wait SQS asks all of its servers; without one it may miss messages.
      WaitTimeSeconds: 2,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp"],
    });
    return (await sqs.send(command)).Messages ?? [];
  };

  return {
    count: async () => {
      const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["ApproximateNumberOfMessages"] });
      return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages);
    },
    takeAll: async (taken, hiddenSeconds, signal) => {
      while (!signal.aborted) {
        const messages = await take(hiddenSeconds);
        if (messages.length === 0) return;
        // SQS may hand the same message out twice; the newer handle is the one that deletes it.
        for (const message of messages) taken.set(`${message.MessageId}`, message);
      }
    },
    delete: async ({ ReceiptHandle }) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    },
    release: async ({ ReceiptHandle }) => {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
    },
    put: async ({ Body, MessageAttributes = {} }, attributes = {}) => {
      const own = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]);
      const texts = Object.entries({ ...Object.fromEntries(own), ...attributes }).map(([name, StringValue]) => [
        name,
        { DataType: "String", StringValue },
      ]);
      const command = { QueueUrl: url, MessageBody: Body, MessageAttributes: Object.fromEntries(texts) };
      await sqs.send(new SendMessageCommand(command));
    },
  };
};
