import { type AlarmChange, type Alarms, alarmsOf } from "./alarms.ts";
import type { Clock } from "../time/clock.ts";
import type { Graph } from "../graph/load.ts";
import { makeMetrics, type Metrics } from "./metrics.ts";
import { makeQueueMetrics } from "../sqs/metrics.ts";
import type { Queue } from "../sqs/queue.ts";

/** CloudWatch, as far as it watches the program: the metrics that are sent, and the alarms on them. */
export interface Watch {
  metrics: Metrics;
  states: Alarms["states"];
  /** The names of the alarms that are on. */
  on(): string[];
  /** Judges the alarms at each minute that has begun since it was last done, and tells of those that went off or are over. */
  check(): void;
}

/** What is watched. */
export interface WatchArgs {
  graph: Graph;
  queues: Queue[];
  clock: Clock;
  /** Is told of each alarm that goes off or is over. */
  onAlarm?: ((change: AlarmChange) => void) | undefined;
}

// What is sent while an event is under way is judged once it is done: within the hour that it is tried for.
const slackMinutes = 60;

/** Begins to watch; refuses alarms that the runner would not judge as CloudWatch does. */
export const makeWatch = ({ graph, queues, clock, onAlarm = () => {} }: WatchArgs): Watch => {
  const alarms = alarmsOf(graph);
  const metrics = makeMetrics(clock, alarms.minutes + slackMinutes);
  const sendQueues = makeQueueMetrics(queues, metrics);
  const now = () => Math.floor(clock.now() / 60_000);
  let judged = now();
  return {
    metrics,
    states: alarms.states,
    on: () => [...alarms.states].flatMap(([name, state]) => (state === "ALARM" ? [name] : [])),
    check: () => {
      const minute = now();
      while (judged < minute) {
        judged += 1;
        sendQueues(judged);
        for (const change of alarms.judge(metrics, judged)) onAlarm(change);
      }
    },
  };
};
