import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { number, string, type } from "superstruct";
import { checked } from "./checked.ts";
import type { Clock } from "./clock.ts";
import { forkDynamoDB, startDynamoDB, tableNames } from "./dynamodb.ts";
import { DeliveryError, makeEventBuses } from "./event-bus.ts";
import type { DynamoDBArgs } from "./dynamodb-process.ts";
import type { Envelope } from "./event.ts";
import { type Graph, ofType } from "./graph.ts";
import { makeJournal, type Journal } from "./journal.ts";
import { type Outcome, resultOf } from "./outcome.ts";
import { makeMadeUpUsers } from "./made-up-users.ts";
import { type Permissions, permissionsOf } from "./permissions.ts";
import { makeQueue, type Message, type Queue } from "./queue.ts";
import { makeMachines, startFunctions } from "./services.ts";

/** How a runner is set up. */
export interface RunnerArgs {
  /** What is run; DynamoDB starts while it is loaded. */
  graph: Graph | Promise<Graph>;
  clock: Clock;
  /** Items that the core table starts with. */
  seed?: Record<string, unknown>[];
  /** A directory that keeps tables and queues between runs; without it they are gone at the end. */
  dataDirectory?: string | undefined;
}

/** All that a runner holds: the tables' items and the queue's messages, as plain objects. */
export interface Dump {
  core: Record<string, unknown>[];
  payments: Record<string, unknown>[];
  deadLetters: { body: unknown; attributes: Record<string, string>; sentAt: string }[];
}

/** The program's graph, running. */
export interface Runner {
  graph: Graph;
  /** Takes an event in and says what became of it, once all is done. */
  take(event: Envelope): Promise<Outcome>;
  /** Makes up a user for each customer of these events that is new; returns how many. */
  makeUpUsers(events: Envelope[]): Promise<number>;
  dump(): Promise<Dump>;
  /** How often each call to DynamoDB was made so far, by `<function> <action> <resource>`. */
  calls(): Promise<Record<string, number>>;
  /** Logs, metrics and executions, newest last. */
  journal: Journal;
  stop(): Promise<void>;
}

/** Starts everything that a graph needs on this machine. */
export const startRunner = async (args: RunnerArgs): Promise<Runner> => {
  const stops: Stop[] = [];
  try {
    return await assemble(args, stops);
  } catch (error) {
    await stopAll(stops);
    throw error;
  }
};

type Stop = () => unknown;

const stopAll = async (stops: Stop[]): Promise<void> => {
  for (const stop of stops.toReversed()) await stop();
};

const assemble = async (
  { graph: loading, clock, seed = [], dataDirectory }: RunnerArgs,
  stops: Stop[],
): Promise<Runner> => {
  const child = forkDynamoDB();
  stops.push(() => child.kill());
  const graph = await loading;
  const permissions = permissionsOf(graph);
  const journal = makeJournal();
  const tables = tableNames(graph);
  const queues = queuesOf(graph, dataDirectory);
  if (dataDirectory !== undefined) mkdirSync(dataDirectory, { recursive: true });
  const dynamodb = await startDynamoDB(child, graph, {
    ...(dataDirectory !== undefined && { path: join(dataDirectory, "tables") }),
    tableArn: `arn:aws:dynamodb:${graph.region}:${graph.account}:table`,
    callers: callersOf(graph, permissions),
  });
  stops.push(() => dynamodb.stop());
  await Promise.all(seed.map((item) => dynamodb.add(tables.core, item)));

  const functions = startFunctions({ graph, permissions, clock }, dynamodb.endpoint, (name, line) =>
    journal.log(name, line),
  );
  stops.push(() => Promise.all(functions.map((lambda) => lambda.stop())));
  const machines = makeMachines({ graph, permissions, clock }, functions, queues);
  let started = 0;
  const startTarget = async (arn: string, event: unknown) => {
    const machine = machines.find((candidate) => candidate.arn === arn);
    if (!machine) throw new DeliveryError("NO_RESOURCE", `There is no state machine ${arn}`, false);
    started += 1;
    return machine.run(`execution-${started}`, event);
  };
  const buses = makeEventBuses({ graph, permissions, queues, startTarget, clock });
  const madeUp = makeMadeUpUsers((item) => dynamodb.add(tables.core, item));

  return {
    graph,
    journal,
    take: async (event) => {
      const since = performance.now();
      const deliveries = await buses.put(event);
      const result = resultOf(deliveries);
      journal.record(event.detail.id, deliveries);
      if (dataDirectory !== undefined && result.error) keep(queues, dataDirectory);
      const ms = Math.round(10 * (performance.now() - since)) / 10;
      return { eventId: event.detail.id, type: event.detail.type, ...result, ms };
    },
    makeUpUsers: (events) => madeUp.add(events),
    dump: async () => ({
      core: await dynamodb.items(tables.core),
      payments: await dynamodb.items(tables.payments),
      deadLetters: queues.flatMap(({ messages }) => messages.map(readable)),
    }),
    calls: () => dynamodb.calls(),
    stop: async () => {
      if (dataDirectory !== undefined) keep(queues, dataDirectory);
      await stopAll(stops);
    },
  };
};

const readable = ({ body, attributes, sentAt }: Message): Dump["deadLetters"][number] => ({
  body: JSON.parse(body),
  attributes,
  sentAt: new Date(sentAt).toISOString(),
});

// Whose calls DynamoDB lets through: each Lambda's access key is its name.
const callersOf = (graph: Graph, permissions: Permissions): DynamoDBArgs["callers"] =>
  Object.fromEntries(
    ofType(graph, "aws:lambda/function:Function").map(({ inputs }) => {
      const role = `${inputs["role"]}`;
      return [`${inputs["name"]}`, { role, statements: permissions.statementsOf(role) }];
    }),
  );

const QueueInputs = type({ name: string(), maxMessageSize: number() });

const queuesOf = (graph: Graph, dataDirectory: string | undefined): Queue[] =>
  ofType(graph, "aws:sqs/queue:Queue").map(({ name, inputs, outputs }) => {
    const { maxMessageSize } = checked(inputs, QueueInputs, `queue ${name}`);
    const queue = makeQueue(`${inputs["name"]}`, `${outputs["arn"]}`, `${outputs["url"]}`, maxMessageSize);
    const file = dataDirectory === undefined ? undefined : join(dataDirectory, `${queue.name}.json`);
    if (file !== undefined && existsSync(file)) queue.messages.push(...JSON.parse(readFileSync(file, "utf8")));
    return queue;
  });

const keep = (queues: Queue[], dataDirectory: string): void => {
  for (const { name, messages } of queues) {
    writeFileSync(join(dataDirectory, `${name}.json`), JSON.stringify(messages));
  }
};
