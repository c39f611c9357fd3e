import { makeKeyedQueue } from "../emulator/time/keyed-queue.ts";
import { namespace } from "../lambdas/runtime/metric.ts";
import { escapeText } from "../ops/terminal/escape.ts";
import type { Outcome } from "./outcome.ts";
import { lineOf, summaryOf } from "./print.ts";
import type { Runner } from "./runner.ts";
import { type Arrival, ownerOfEvent, type StripeEnvelope } from "./stripe-envelope.ts";

/** A runner at work: events in, a line for each out. */
export interface Session {
  /** How events arrive here. */
  arrival: Arrival;
  /** Gives each customer of these events a user, unless the users are given. */
  prepare(events: Iterable<StripeEnvelope>): Promise<void>;
  /** Handles an event, in order for each customer and 16 customers concurrently, and prints its line. */
  take(event: StripeEnvelope): Promise<Outcome>;
  /** Takes all of these events, but for those that have not begun once `isCut`. */
  takeAll(events: StripeEnvelope[], isCut: () => boolean): Promise<void>;
  /** Counts an outcome, and prints its line. */
  print(outcome: Outcome): void;
  /** Sets what is done with each outcome instead of printing its line; null prints again. */
  onOutcome(show: ((outcome: Outcome) => void) | null): void;
  hasOutcomes(): boolean;
  hasDeadLetters(): boolean;
  /** How many events had each outcome, the Lambdas' metrics, the alarms that are on, and the faults that were not injected. */
  summary(): Promise<string>;
  /** Waits until all events are handled. */
  idle(): Promise<void>;
}

/** What a session can be asked for. */
export interface SessionOptions {
  json?: boolean;
  /** A file of items that the core table starts with, false for none; without it each customer gets a user. */
  items?: string | false;
  keepSource?: boolean;
}

const concurrency = 16;

/** Opens a session with a runner. */
export const openSession = (runner: Runner, options: SessionOptions): Session => {
  const { graph } = runner;
  const queue = makeKeyedQueue(concurrency);
  const counts = new Map<string, number>();
  const pending = new Set<Promise<Outcome>>();
  const since = performance.now();
  let placeholders = 0;
  let show: ((outcome: Outcome) => void) | null = null;

  const print = (outcome: Outcome): void => {
    counts.set(outcome.outcome, (counts.get(outcome.outcome) ?? 0) + 1);
    if (options.json) console.log(escapeText(JSON.stringify(outcome)));
    if (show) show(outcome);
    else if (!options.json) console.log(lineOf(outcome));
  };

  const run = async (event: StripeEnvelope): Promise<Outcome> => {
    const outcome = await runner.take(event);
    print(outcome);
    return outcome;
  };

  return {
    arrival: {
      eventSource: `${graph.outputs["eventSource"]}`,
      keepSource: options.keepSource ?? false,
      account: graph.account,
      region: graph.region,
    },
    prepare: async (events) => {
      if (options.items === undefined) placeholders += await runner.addPlaceholderUsers(events);
    },
    take: async (event) => {
      const outcome = queue(keyOf(event), () => run(event));
      pending.add(outcome);
      try {
        return await outcome;
      } finally {
        pending.delete(outcome);
      }
    },
    takeAll: async (events, isCut) => {
      await Promise.all(events.map((event) => queue(keyOf(event), async () => isCut() || run(event))));
    },
    print,
    onOutcome: (next) => {
      show = next;
    },
    hasOutcomes: () => counts.size > 0,
    hasDeadLetters: () => ["dead-letter", "refused", "lost"].some((outcome) => counts.has(outcome)),
    summary: async () => {
      const seconds = (performance.now() - since) / 1000;
      const untriggered = await runner.untriggeredFaults();
      const alarms = runner.cloudwatch.alarming();
      return summaryOf({ counts, seconds, metrics: ownMetricsOf(runner), placeholders, alarms, untriggered });
    },
    idle: () => settled(pending),
  };
};

const keyOf = (event: StripeEnvelope): string => ownerOfEvent(event)?.customerId ?? event.detail.id;

const settled = async (pending: Iterable<Promise<unknown>>): Promise<void> => {
  await Promise.allSettled(pending);
};

// The sums of the Lambdas' own metrics, by namespace and name.
const ownMetricsOf = ({ cloudwatch }: Runner): Map<string, number> => {
  const metrics = new Map<string, number>();
  for (const { metric, sum } of cloudwatch.metrics.all()) {
    const name = `${metric.namespace} ${metric.metricName}`;
    if (metric.namespace === namespace && sum > 0) metrics.set(name, (metrics.get(name) ?? 0) + sum);
  }
  return metrics;
};
