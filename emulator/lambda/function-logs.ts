import { datapointsIn } from "../cloudwatch/embedded-metrics.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { LogGroups } from "../logs/log-groups.ts";
import type { Clock } from "../time/clock.ts";

/** Writes the lines of Lambdas to their log groups, and publishes the metrics that are embedded in them. */
export const loggingTo =
  ({ logs, metrics, clock }: { logs: LogGroups; metrics: Metrics; clock: Clock }) =>
  (group: string, line: string): void => {
    const timestamp = Math.round(clock.now());
    logs.keep(group, () => [{ timestamp, message: line }]);
    for (const { metric, value } of datapointsIn(line)) metrics.put(metric, value);
  };
