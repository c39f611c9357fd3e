import { type AlarmChange, type Alarms, alarmsOf } from "./alarms.ts";
import { awsMetrics, type MetricFamily } from "./known-metrics.ts";
import type { Clock } from "../time/clock.ts";
import type { Graph } from "../graph/graph.ts";
import { makeMetrics, type Metrics } from "./metrics.ts";

/** CloudWatch, as far as it monitors the program: the metrics that are published, and the alarms on them. */
export interface CloudWatch {
  metrics: Metrics;
  /** By name. */
  alarms: Alarms["all"];
  /** The names of the alarms in state `ALARM`. */
  alarming(): string[];
  /** Evaluates the alarms at each minute that has begun since the last time, and reports those that went off or are over. */
  check(): void;
}

/** What CloudWatch is set up with. */
export interface CloudWatchArgs {
  graph: Graph;
  clock: Clock;
  /** The metrics that the program itself publishes, by the log lines of its Lambdas. */
  ownMetrics: readonly MetricFamily[];
  /** Publishes the metrics of what is sampled each minute, such as queues. */
  sample: (metrics: Metrics, minute: number) => void;
  /** Gets each alarm that goes off or is over. */
  onAlarm?: ((change: AlarmChange) => void) | undefined;
}

// What is published while an event is on its way is evaluated once it is done: within the hour of its retries.
const slackMinutes = 60;

/** Starts to monitor; refuses alarms that the emulator does not evaluate as CloudWatch does. */
export const makeCloudWatch = (args: CloudWatchArgs): CloudWatch => {
  const { graph, clock, ownMetrics, sample, onAlarm = () => {} } = args;
  const alarms = alarmsOf(graph, [...awsMetrics, ...ownMetrics]);
  const metrics = makeMetrics(clock, alarms.minutes + slackMinutes);
  const now = () => Math.floor(clock.now() / 60_000);
  let evaluated = now();
  return {
    metrics,
    alarms: alarms.all,
    alarming: () => [...alarms.all.values()].flatMap(({ name, state }) => (state === "ALARM" ? [name] : [])),
    check: () => {
      const minute = now();
      while (evaluated < minute) {
        evaluated += 1;
        sample(metrics, evaluated);
        for (const change of alarms.evaluate(metrics, evaluated)) onAlarm(change);
      }
    },
  };
};
