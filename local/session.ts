import { makeKeyedQueue } from "../emulator/time/keyed-queue.ts";
import { namespace } from "../lambdas/runtime/metric.ts";
import type { Outcome } from "./print/outcome.ts";
import { openOutput } from "./print/output.ts";
import { lostLineOf, summaryOf } from "./print/print.ts";
import type { Runner } from "./runner.ts";
import { type Arrival, ownerOfEvent, type StripeEnvelope } from "./stripe-envelope.ts";

/** A runner at work: events in, a line for each out. */
export interface Session {
  /** How events arrive here. */
  arrival: Arrival;
  /** Gives each customer of these events a user, unless the users are given. */
  prepare(events: Iterable<StripeEnvelope>): Promise<void>;
  /** Learns what these events say, so that a customer whose event is taken before has the user that one of them names. */
  learn(events: Iterable<StripeEnvelope>): void;
  /** Handles an event, in order for each customer and 16 customers concurrently, and prints its line. */
  take(event: StripeEnvelope): Promise<Outcome>;
  /** Prepares and takes all of these events, but for those that have not begun once `isCut`. */
  takeAll(events: StripeEnvelope[], isCut: () => boolean): Promise<void>;
  /** Counts an outcome, and prints its line. */
  print(outcome: Outcome): void;
  /** Counts the outcome of a heal or a reconciliation, and prints its line. */
  printBackground(outcome: Outcome): void;
  /** Learns what an event says that never arrives, and prints its line. */
  lose(event: StripeEnvelope): void;
  /** Lets the time pass that heals wait for, and waits for them. */
  drain(): Promise<void>;
  /** Prints a line about something else than an event. */
  say: (line: string) => void;
  /** Calls this for each outcome, and keeps the lines of failures and others, which would tear a progress bar; null prints them. */
  showProgress: (onOutcome: (() => void) | null) => void;
  hasOutcomes(): boolean;
  hasDeadLetters(): boolean;
  /** How many events had each outcome, how many were published, the Lambdas' metrics, the alarms that are on, and the faults that were not injected. */
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

/** Opens a session with a runner, which calls `onOutcome` with each outcome besides printing it, and waits for it before the customer's next event. */
export const openSession = (
  runner: Runner,
  options: SessionOptions,
  onOutcome: (outcome: Outcome) => Promise<void> = async () => {},
): Session => {
  const queue = makeKeyedQueue(concurrency);
  const pending = new Set<Promise<Outcome>>();
  const users = openUsers(runner, options.items !== undefined);
  const output = openOutput(options.json);
  const totals = openTotals(runner, users.placeholders);

  const print = async (outcome: Outcome): Promise<void> => {
    totals.count(outcome);
    output.print(outcome);
    await onOutcome(outcome);
  };

  const run = async (event: StripeEnvelope): Promise<Outcome> => {
    const outcome = await runner.take(event);
    await print(outcome);
    return outcome;
  };

  return {
    arrival: arrivalOf(runner, options),
    prepare: users.prepare,
    learn: (events) => runner.learn(events),
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
      const take = async (event: StripeEnvelope): Promise<void> => {
        if (isCut()) return;
        await users.prepare([event]);
        await run(event);
      };
      await Promise.all(events.map((event) => queue(keyOf(event), () => take(event))));
    },
    ...output,
    print,
    printBackground: (outcome) => {
      totals.countBackground(outcome);
      output.printLine(outcome);
      void onOutcome(outcome);
    },
    lose: (event) => {
      runner.learn([event]);
      output.say(lostLineOf(event));
    },
    drain: () => runner.executions.idle(),
    ...totals,
    idle: () => settled(pending),
  };
};

// Counts outcomes, those of events and those of what runs in the background.
const openTotals = (runner: Runner, placeholders: () => number) => {
  const counts = new Map<string, number>();
  const background = new Map<string, number>();
  const published = new Map<string, number>();
  const since = performance.now();
  const count = (outcomes: Map<string, number>, outcome: Outcome): void => {
    countIn(outcomes, outcome.outcome);
    for (const event of outcome.published) countIn(published, event.type);
  };
  return {
    count: (outcome: Outcome): void => count(counts, outcome),
    countBackground: (outcome: Outcome): void => count(background, outcome),
    hasOutcomes: () => counts.size > 0,
    hasDeadLetters: () =>
      ["dead-letter", "refused", "lost"].some((outcome) => counts.has(outcome) || background.has(outcome)),
    summary: async () => {
      const seconds = (performance.now() - since) / 1000;
      const untriggered = await runner.untriggeredFaults();
      const [metrics, alarms] = [ownMetricsOf(runner), runner.cloudwatch.alarming()];
      const totals = { counts, background, published, seconds, metrics, placeholders: placeholders() };
      return summaryOf({ ...totals, alarms, untriggered });
    },
  };
};

const countIn = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

const arrivalOf = ({ graph }: Runner, { keepSource = false }: SessionOptions): Arrival => ({
  eventSource: `${graph.outputs["eventSource"]}`,
  keepSource,
  account: graph.account,
  region: graph.region,
});

// Gives customers users, unless they are given, and counts the placeholders.
const openUsers = (runner: Runner, areGiven: boolean) => {
  let placeholders = 0;
  return {
    placeholders: () => placeholders,
    prepare: async (events: Iterable<StripeEnvelope>): Promise<void> => {
      if (areGiven) return;
      // Not `+=` with `await`, which would add to what it was before.
      const added = await runner.addPlaceholderUsers(events);
      placeholders += added;
    },
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
