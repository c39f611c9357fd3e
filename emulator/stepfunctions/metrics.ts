import type { MetricId } from "../cloudwatch/known-metrics.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Clock } from "../time/clock.ts";
import { startStopwatch } from "../time/stopwatch.ts";
import type { Execution } from "./machine.ts";

/** What Step Functions publishes for a start that it throttles, for the whole account. */
export const startsThrottled: MetricId = {
  namespace: "AWS/States",
  metricName: "ThrottledEvents",
  dimensions: { APIName: "StartExecution" },
};

/** Runs one execution of a state machine, and publishes what Step Functions publishes for it. */
export const measuredExecution = async (
  { metrics, clock }: { metrics: Metrics; clock: Clock },
  machineArn: string,
  run: () => Promise<Execution>,
): Promise<Execution> => {
  const send = (metricName: string, value: number) =>
    metrics.put({ namespace: "AWS/States", metricName, dimensions: { StateMachineArn: machineArn } }, value);
  const elapsed = startStopwatch(clock);
  send("ExecutionsStarted", 1);
  const execution = await run();
  send(endings[execution.status], 1);
  send("ExecutionTime", elapsed());
  return execution;
};

const endings = {
  SUCCEEDED: "ExecutionsSucceeded",
  FAILED: "ExecutionsFailed",
  TIMED_OUT: "ExecutionsTimedOut",
  ABORTED: "ExecutionsAborted",
} as const;
