import { namespace } from "../lambdas/runtime/metric.ts";
import { type Arrival, type Envelope, ownerOfEvent } from "./stripe-envelope.ts";
import type { Graph } from "../emulator/graph/load.ts";
import type { Options } from "./options.ts";
import type { Outcome } from "./outcome.ts";
import { lineOf, summaryOf } from "./print.ts";
import type { Runner } from "./runner.ts";
import { makeSchedule } from "../emulator/time/keyed-queue.ts";

/** A runner at work for somebody: events in, a line for each out. */
export interface Session {
  /** How events arrive here. */
  arrival: Arrival;
  /** Gives each customer of these events a user, where that is asked for. */
  prepare(events: Iterable<Envelope>): Promise<void>;
  /** Takes an event in, in order for each customer and 16 customers side by side, and prints its line. */
  take(event: Envelope): Promise<Outcome>;
  /** Counts an outcome, and prints its line. */
  print(outcome: Outcome): void;
  /** What to do with each outcome instead of printing its line; null prints again. */
  onOutcome(show: ((outcome: Outcome) => void) | null): void;
  hasOutcomes(): boolean;
  hasDeadLetters(): boolean;
  /** How many events had each outcome, what Lambdas counted, which alarms are on, and which faults never struck. */
  summary(): Promise<string>;
  /** Waits until all that was taken in is done. */
  idle(): Promise<void>;
}

const sideBySide = 16;

/** Opens a session with a runner. */
export const openSession = (runner: Runner, options: Options): Session => {
  const { graph } = runner;
  const schedule = makeSchedule(sideBySide);
  const counts = new Map<string, number>();
  const pending = new Set<Promise<Outcome>>();
  const since = performance.now();
  let madeUp = 0;
  let show: ((outcome: Outcome) => void) | null = null;

  const print = (outcome: Outcome): void => {
    counts.set(outcome.outcome, (counts.get(outcome.outcome) ?? 0) + 1);
    if (options.json) console.log(JSON.stringify(outcome));
    if (show) show(outcome);
    else if (!options.json) console.log(lineOf(outcome));
  };

  const prepare = async (events: Iterable<Envelope>): Promise<void> => {
    if (options.seed !== undefined) return;
    madeUp += await runner.makeUpUsers(events);
  };

  const run = async (event: Envelope): Promise<Outcome> => {
    const outcome = await runner.take(event);
    print(outcome);
    return outcome;
  };

  return {
    arrival: {
      eventSource: eventSourceOf(graph),
      keepSource: options.keepSource ?? false,
      account: graph.account,
      region: graph.region,
    },
    prepare,
    take: async (event) => {
      const outcome = schedule(ownerOfEvent(event)?.customerId ?? event.detail.id, () => run(event));
      pending.add(outcome);
      try {
        return await outcome;
      } finally {
        pending.delete(outcome);
      }
    },
    print,
    onOutcome: (next) => {
      show = next;
    },
    hasOutcomes: () => counts.size > 0,
    hasDeadLetters: () => ["dead-letter", "refused", "lost"].some((outcome) => counts.has(outcome)),
    summary: async () => {
      const seconds = (performance.now() - since) / 1000;
      return summaryOf({ counts, seconds, madeUp, ...watchedBy(runner), unstruck: await runner.unstruck() });
    },
    idle: async () => {
      await Promise.allSettled(pending);
    },
  };
};

// What Lambdas count themselves, by namespace and name, and the alarms that are on.
const watchedBy = ({ watch }: Runner) => {
  const metrics = new Map<string, number>();
  for (const { metric, sum } of watch.metrics.all()) {
    const name = `${metric.namespace} ${metric.metricName}`;
    if (metric.namespace === namespace && sum > 0) metrics.set(name, (metrics.get(name) ?? 0) + sum);
  }
  return { metrics, alarms: watch.on() };
};

const eventSourceOf = ({ resources }: Graph): string => {
  const rule = resources.find((resource) => resource.type === "aws:cloudwatch/eventRule:EventRule");
  const { source } = JSON.parse(String(rule?.inputs["eventPattern"]));
  return String(source[0]);
};
