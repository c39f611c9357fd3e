import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Clock } from "../time/clock.ts";
import { startStopwatch } from "../time/stopwatch.ts";
import { LambdaError } from "./errors.ts";

const send = (metrics: Metrics, functionName: string, metricName: string, value: number): void =>
  metrics.put({ namespace: "AWS/Lambda", metricName, dimensions: { FunctionName: functionName } }, value);

/** Publishes what Lambda publishes for a throttled call. */
export const countThrottle = (metrics: Metrics, functionName: string): void =>
  send(metrics, functionName, "Throttles", 1);

/** Runs one call of a Lambda, and publishes what Lambda publishes for it. */
export const measuredCall = async <T>(
  { metrics, clock }: { metrics: Metrics; clock: Clock },
  functionName: string,
  call: () => Promise<T>,
): Promise<T> => {
  const elapsed = startStopwatch(clock);
  let errors = 0;
  try {
    return await call();
  } catch (error) {
    if (error instanceof LambdaError) errors = 1;
    throw error;
  } finally {
    const values = { Invocations: 1, Errors: errors, Throttles: 0, Duration: elapsed() };
    for (const [name, value] of Object.entries(values)) send(metrics, functionName, name, value);
  }
};
