import { type Emulator, type EmulatorArgs, startEmulator } from "../emulator/emulator.ts";
import type { Graph } from "../emulator/graph/graph.ts";
import type { QueueMessage } from "../emulator/sqs/queues.ts";
import { backgroundOutcomeOf } from "./print/background-outcome.ts";
import { type Outcome, outcomeOf } from "./print/outcome.ts";
import { makePlaceholderUsers } from "./placeholder-users.ts";
import { billingBusName, product, tableNames } from "./product.ts";
import { makePublishedEvents, type PublishedEvents } from "./published/published-events.ts";
import { type LocalStripe, startStripe, type StripeSource } from "./stripe-api/local-stripe.ts";
import type { StripeEnvelope } from "./stripe-envelope.ts";

/** How a runner is set up. */
export interface RunnerArgs extends Omit<EmulatorArgs, keyof typeof product | "onReplayed" | "onExecution"> {
  /** Which Stripe the Lambdas ask; without it one that learns from the events what it has. */
  stripe?: StripeSource | undefined;
  /** Items that the core table starts with. */
  items?: Record<string, unknown>[];
  /** Gets the outcome of each event that a replay put and a rule matched. */
  onReplayed?: (outcome: Outcome) => void;
  /** Gets the outcome of each heal and each reconciliation. */
  onExecution?: (outcome: Outcome) => void;
}

/** The items of all tables and the messages of all queues, as plain objects. */
export interface Dump {
  core: Record<string, unknown>[];
  payments: Record<string, unknown>[];
  deadLetters: QueueMessage[];
  /** Dead letters that a redrive has moved to the parking-lot queue. */
  parked: QueueMessage[];
}

/** This product on the emulator. */
export interface Runner extends Emulator {
  /** What the program exports, and the address of DynamoDB, which has one of its own in AWS too. */
  outputs: object;
  /** What was published and is on no line yet. */
  published: PublishedEvents;
  /** Handles an event, and returns its outcome once all is done. */
  take(event: StripeEnvelope): Promise<Outcome>;
  /** Learns what these events say, whether or not they are ever taken: what Stripe has, and which users they name for their customers. */
  learn(events: Iterable<StripeEnvelope>): void;
  /** Gives each new customer of these events a user; returns how many got a placeholder, as no event names their user. */
  addPlaceholderUsers(events: Iterable<StripeEnvelope>): Promise<number>;
  dump(): Promise<Dump>;
  /** How often each call to DynamoDB was made so far, by `<function> <action> <resource>`. */
  calls(): Promise<Record<string, number>>;
  /** How often each call to the runner's Stripe was made so far, by its method, path and status. */
  stripeCalls(): Record<string, number>;
}

/** Starts this product on this machine, until it is stopped. */
export const startRunner = async ({ stripe: source = {}, ...args }: RunnerArgs): Promise<Runner> => {
  const stripe = await startStripe(source, () => args.clock.now());
  try {
    return await startWith(stripe, args);
  } catch (error) {
    stripe.stop();
    throw error;
  }
};

const startWith = async (stripe: LocalStripe, args: Omit<RunnerArgs, "stripe">): Promise<Runner> => {
  const published = makePublishedEvents();
  const emulator = await startEmulator({
    ...product,
    ...args,
    ...stripe.emulatorArgs,
    onPublished: (event, busName) => {
      if (busName === billingBusName(emulator.graph)) published.add(event);
      args.onPublished?.(event, busName);
    },
    onExecution: (execution, machine) => {
      const outcome = backgroundOutcomeOf(execution, logicalName(machine, emulator.graph), published);
      if (outcome) args.onExecution?.(outcome);
    },
    // Only what `take` was given is in an archive.
    onReplayed: (event, deliveries, since) =>
      args.onReplayed?.({ ...outcomeOf(event as StripeEnvelope, deliveries, since, published), again: "replayed" }),
  });
  const { graph, dynamodb, queues } = emulator;
  const { core, payments } = tableNames(graph);
  try {
    await Promise.all((args.items ?? []).map((item) => dynamodb.add(core, item)));
  } catch (error) {
    await emulator.stop();
    throw error;
  }
  const users = makePlaceholderUsers((item) => dynamodb.add(core, item));
  return {
    ...emulator,
    outputs: { ...graph.outputs, dynamodb: dynamodb.endpoint },
    published,
    take: async (event) => {
      stripe.learn(event);
      const since = performance.now();
      const outcome = outcomeOf(event, await emulator.put(event), since, published);
      const isForeign = outcome.outcome === "unmatched" && event.source !== graph.outputs["eventSource"];
      return isForeign ? { ...outcome, source: event.source } : outcome;
    },
    learn: (events) => {
      for (const event of events) {
        stripe.learn(event);
        users.learn([event]);
      }
    },
    addPlaceholderUsers: (events) => users.add(events),
    dump: async () => ({
      core: await dynamodb.items(core),
      payments: await dynamodb.items(payments),
      deadLetters: queues.messagesIn("deadLetterQueue"),
      parked: queues.messagesIn("parkedQueue"),
    }),
    calls: () => dynamodb.calls(),
    stripeCalls: () => stripe.calls(),
    stop: async () => {
      await emulator.stop();
      stripe.stop();
    },
  };
};

const logicalName = (machine: string, { outputs }: Graph): string => {
  const arns: [string, unknown][] = Object.entries(Object(outputs["stateMachines"]));
  return arns.find(([, arn]) => `${arn}`.endsWith(`:${machine}`))?.[0] ?? machine;
};
