import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeMetrics } from "../../../emulator/cloudwatch/metrics.ts";
import { makeQueueMetrics } from "../../../emulator/sqs/metrics.ts";
import { makeQueue } from "../../../emulator/sqs/queue.ts";
import { VirtualClock } from "../../../emulator/time/clock.ts";

const test = suite("the metrics of a queue");

const minute = 60_000;

test("say how many messages can be received and how old the first is, until it was empty for six hours", () => {
  const metrics = makeMetrics(new VirtualClock(0), 1000);
  const queue = makeQueue({ name: "q", arn: "", url: "", maxMessageBytes: 100, visibilityTimeoutSeconds: 60 });
  const sample = makeQueueMetrics([queue]);
  const send = (endMinute: number) => sample(metrics, endMinute);
  const at = (endMinute: number) =>
    ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"].map((metricName) => {
      const metric = { namespace: "AWS/SQS", metricName, dimensions: { QueueName: "q" } };
      return metrics.values(metric, { statistic: "Maximum", periods: 1, periodMinutes: 1, endMinute })[0];
    });
  send(1);
  assert.equal(at(1), [null, null]);
  queue.send("a", 1.5 * minute);
  queue.send("b", 1.5 * minute);
  send(2);
  const [received] = queue.receive(1, 2.5 * minute);
  send(3);
  assert.equal(
    [at(2), at(3)],
    [
      [2, 30],
      [1, 90],
    ],
  );
  for (const { receiptHandle } of [received, ...queue.receive(1, 3 * minute)].flatMap((one) => one ?? []))
    queue.delete(receiptHandle);
  send(4);
  send(3 + 6 * 60);
  send(4 + 6 * 60);
  assert.equal(
    [at(4), at(3 + 6 * 60), at(4 + 6 * 60)],
    [
      [0, 0],
      [0, 0],
      [null, null],
    ],
  );
});

test.run();
