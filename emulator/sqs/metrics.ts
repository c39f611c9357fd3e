import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Queue } from "./queue.ts";
import { addValue, noStatistics, type Statistics } from "../cloudwatch/statistics.ts";

// SQS publishes nothing for a queue that was empty for longer than that:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
const activeMinutes = 6 * 60;

/** Makes the function that publishes the metrics of these queues as they are at the beginning of a minute. */
export const makeQueueMetrics = (queues: Queue[]): ((metrics: Metrics, minute: number) => void) => {
  const activeUntil = new Map<string, number>();
  return (metrics, minute) => {
    const now = minute * 60_000;
    for (const queue of queues) {
      const { name } = queue;
      const dimensions = { QueueName: name };
      const sent = queue.messages.filter(({ sentAt }) => sentAt < now);
      if (sent.length > 0) activeUntil.set(name, minute + activeMinutes);
      if ((activeUntil.get(name) ?? 0) < minute) continue;
      const oldest = Math.min(now, ...sent.map(({ sentAt }) => sentAt));
      const put = (metricName: string, value: number) =>
        metrics.merge({ metric: { namespace: "AWS/SQS", metricName, dimensions }, statistics: one(value) }, minute - 1);
      put("ApproximateNumberOfMessagesVisible", sent.length - queue.inFlight(now));
      put("ApproximateAgeOfOldestMessage", Math.round((now - oldest) / 1000));
    }
  };
};

const one = (value: number): Statistics => {
  const statistics = noStatistics();
  addValue(statistics, value);
  return statistics;
};
