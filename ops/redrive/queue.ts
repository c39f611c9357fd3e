import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** An SQS queue of dead letters: the dead-letter queue or the parking-lot queue. */
export interface Queue {
  /** The approximate number of messages. */
  count(): Promise<number>;
  /** The approximate number of messages that are invisible for now, as another consumer has received them. */
  countHidden(): Promise<number>;
  /** Receives all messages into a map by their ids, invisible to other consumers for that long; stops when the signal is aborted. */
  takeAll(taken: Map<string, Message>, visibilityTimeoutSeconds: number, signal: AbortSignal): Promise<void>;
  delete(message: Message): Promise<void>;
  /** Makes up to ten messages visible to other consumers again, at once, and returns of how many that failed. */
  release(messages: Message[]): Promise<number>;
  /** Keeps a message that was received invisible to other consumers for so long from now on. */
  hide(message: Message, seconds: number): Promise<void>;
  /** Sends a copy of a message, with these text attributes added. */
  send(message: Message, attributes?: Record<string, string>): Promise<void>;
}

/** The queue with this URL. */
export const openQueue = (sqs: SQSClient, url: string): Queue => {
  const receive = async (visibilityTimeoutSeconds: number): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: visibilityTimeoutSeconds,
      // Long polling asks all of SQS's servers; short polling may miss messages.
      WaitTimeSeconds: 2,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp"],
    });
    return (await sqs.send(command)).Messages ?? [];
  };

  const attribute = async (name: "ApproximateNumberOfMessages" | "ApproximateNumberOfMessagesNotVisible") => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [name] }));
    return Number(Attributes?.[name]);
  };

  const hide: Queue["hide"] = async ({ ReceiptHandle }, VisibilityTimeout) => {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout }));
  };

  return {
    count: () => attribute("ApproximateNumberOfMessages"),
    countHidden: () => attribute("ApproximateNumberOfMessagesNotVisible"),
    takeAll: async (taken, visibilityTimeoutSeconds, signal) => {
      while (!signal.aborted) {
        const messages = await receive(visibilityTimeoutSeconds);
        if (messages.length === 0) return;
        // SQS delivers at least once; the newest receipt handle is the one that deletes a message.
        for (const message of messages) taken.set(`${message.MessageId}`, message);
      }
    },
    delete: async ({ ReceiptHandle }) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    },
    release: async (messages) => {
      const Entries = messages.map(({ ReceiptHandle }, index) => ({
        Id: `${index}`,
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      const { Failed = [] } = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
      return Failed.length;
    },
    hide,
    send: async ({ Body, MessageAttributes = {} }, attributes = {}) => {
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
