import type { Clock } from "../time/clock.ts";
import { LambdaError } from "../lambda/container.ts";
import type { Execution } from "./machine.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";

/** Runs one call of a Lambda, and sends what Lambda sends of it. */
export const measuredCall = async <T>(
  { metrics, clock }: { metrics: Metrics; clock: Clock },
  functionName: string,
  call: () => Promise<T>,
): Promise<T> => {
  const send = (metricName: string, value: number) =>
    metrics.put({ namespace: "AWS/Lambda", metricName, dimensions: { FunctionName: functionName } }, value);
  const elapsed = stopwatch(clock);
  let errors = 0;
  try {
    return await call();
  } catch (error) {
    if (error instanceof LambdaError) errors = 1;
    throw error;
  } finally {
    send("Invocations", 1);
    send("Errors", errors);
    send("Throttles", 0);
    send("Duration", elapsed());
  }
};

/** Runs one execution of a state machine, and sends what Step Functions sends of it. */
export const measuredExecution = async (
  { metrics, clock }: { metrics: Metrics; clock: Clock },
  machineArn: string,
  run: () => Promise<Execution>,
): Promise<Execution> => {
  const send = (metricName: string, value: number) =>
    metrics.put({ namespace: "AWS/States", metricName, dimensions: { StateMachineArn: machineArn } }, value);
  const elapsed = stopwatch(clock);
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
} as const;

// Work takes no virtual time, and waiting hardly any real time: whichever is longer is how long it would have taken.
const stopwatch = (clock: Clock): (() => number) => {
  const [work, waiting] = [performance.now(), clock.now()];
  return () => Math.max(performance.now() - work, clock.now() - waiting);
};
