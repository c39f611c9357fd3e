import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Target } from "../command/target.ts";

/** How many messages a queue has, approximately. */
export interface QueueDepth {
  /** Those that a consumer can receive. */
  visible: number;
  /** Those that a consumer has received, and has neither deleted nor released yet. */
  inFlight: number;
}

/** Reads how many dead letters and parked messages a stack has. */
export const readQueues = async ({
  stack,
  config,
}: Target): Promise<{ deadLetters: QueueDepth; parked: QueueDepth }> => {
  const sqs = new SQSClient(config);
  const depthOf = async (QueueUrl: string): Promise<QueueDepth> => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] }));
    return { visible: Number(Attributes?.[counts[0]]), inFlight: Number(Attributes?.[counts[1]]) };
  };
  try {
    const urls = [stack.deadLetterQueue.url, stack.parkedQueue.url] as const;
    const [deadLetters, parked] = await Promise.all([depthOf(urls[0]), depthOf(urls[1])]);
    return { deadLetters, parked };
  } finally {
    sqs.destroy();
  }
};

const counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
