import type { AlarmChange } from "../emulator/cloudwatch/alarms.ts";
import { makeArchives } from "../emulator/eventbridge/archives.ts";
import { usesOf } from "../emulator/dynamodb/callers.ts";
import type { Clock } from "../emulator/time/clock.ts";
import type { Delivery } from "../emulator/eventbridge/delivery.ts";
import { type DynamoDB, forkDynamoDB } from "../emulator/dynamodb/dynamodb.ts";
import { tableNames } from "../emulator/dynamodb/create-tables.ts";
import { makeEventBuses } from "../emulator/eventbridge/buses.ts";
import { datapointsIn } from "../emulator/cloudwatch/embedded-metrics.ts";
import type { Envelope } from "./stripe-envelope.ts";
import { type Executions, makeExecutions } from "../emulator/stepfunctions/executions.ts";
import { type FaultPlan, makeStrike, noFaults, type Strike, unstruckOf } from "../emulator/faults/faults.ts";
import type { Graph } from "../emulator/graph/load.ts";
import { type LogGroups, makeLogGroups } from "../emulator/logs/log-groups.ts";
import { withLogs } from "../emulator/stepfunctions/logging.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { makeMadeUpUsers } from "./made-up-users.ts";
import type { Metrics } from "../emulator/cloudwatch/metrics.ts";
import { type Permissions, permissionsOf, type Use } from "../emulator/iam/permissions.ts";
import { type Letter, makeQueues, type Queues } from "../emulator/sqs/queues.ts";
import { makeReplays, type Replays } from "../emulator/eventbridge/replays.ts";
import { makeMachines, startFunctions } from "../emulator/stepfunctions/machines.ts";
import { startTables } from "./start-tables.ts";
import { makeWatch, type Watch } from "../emulator/cloudwatch/cloudwatch.ts";

/** How a runner is set up. */
export interface RunnerArgs {
  /** What is run; DynamoDB starts while it is loaded. */
  graph: Graph | Promise<Graph>;
  clock: Clock;
  /** Items that the core table starts with. */
  seed?: Record<string, unknown>[];
  /** A directory that keeps tables and queues between runs; without it they are gone at the end. */
  dataDirectory?: string | undefined;
  /** Where a DynamoDB is that keeps the tables, one that checks no signatures; without it there is one in a process of its own. */
  dynamodbEndpoint?: string | undefined;
  /** What is to go wrong. */
  faults?: FaultPlan | undefined;
  /** How many containers of each Lambda there are at most; where calls often wait, more are faster. */
  containers?: number;
  /** Is told of each alarm that goes off or is over. */
  onAlarm?: (change: AlarmChange) => void;
  /** Is told what became of each event that a replay brought to a rule. */
  onReplayed?: (outcome: Outcome) => void;
}

/** All that a runner holds: the tables' items and the queue's messages, as plain objects. */
export interface Dump {
  core: Record<string, unknown>[];
  payments: Record<string, unknown>[];
  deadLetters: Letter[];
  /** Dead letters that a redrive has put aside. */
  parked: Letter[];
}

/** The program's graph, running. */
export interface Runner {
  graph: Graph;
  /** What the program exports, and the address of its DynamoDB, which has one of its own in AWS too. */
  outputs: object;
  /** Takes an event in and says what became of it, once all is done. */
  take(event: Envelope): Promise<Outcome>;
  /** Gives each customer of these events that is new a user; returns for how many one was made up, as no event names it. */
  makeUpUsers(events: Iterable<Envelope>): Promise<number>;
  dump(): Promise<Dump>;
  queues: Queues;
  executions: Executions;
  replays: Replays;
  /** How often each call to DynamoDB was made so far, by `<function> <action> <resource>`. */
  calls(): Promise<Record<string, number>>;
  permissions: Permissions;
  /** All that was asked of the graph's policies so far. */
  uses(): Promise<Use[]>;
  /** Metrics, and the alarms on them. */
  watch: Watch;
  /** What Lambdas and state machines logged. */
  logs: LogGroups;
  /** The faults of the plan that have not struck so far, by their numbers from 1, each with its hop and kind. */
  unstruck(): Promise<string[]>;
  /** Lets nothing go wrong any more. */
  stopFaults(): void;
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

const assemble = async (args: RunnerArgs, stops: Stop[]): Promise<Runner> => {
  const { graph: loading, clock, dataDirectory, faults, containers, onAlarm } = args;
  const child = forkDynamoDB();
  stops.push(() => child.kill());
  const graph = await loading;
  const permissions = permissionsOf(graph);
  const logs = makeLogGroups(graph);
  const tables = tableNames(graph);
  const queues = makeQueues(graph, dataDirectory);
  const dynamodb = await startTables(child, graph, permissions, args);
  stops.push(() => dynamodb.stop());
  const watch = makeWatch({ graph, queues: queues.all, clock, onAlarm });
  const { metrics } = watch;

  const struck = new Set<number>();
  let strike = faults ? makeStrike(faults, struck) : noFaults;
  const strikeNow: Strike = (...chance) => strike(...chance);
  const services = { graph, permissions, clock, strike: strikeNow, metrics, containers };
  const functions = startFunctions(services, dynamodb.endpoint, printTo(logs, metrics, clock));
  stops.push(() => Promise.all(functions.map((lambda) => lambda.stop())));
  const machines = withLogs(makeMachines(services, functions, queues.all), services, logs);
  const executions = makeExecutions(machines, services);
  const archives = makeArchives(graph, clock);
  const buses = makeEventBuses({ ...services, queues: queues.all, archives, startTarget: executions.deliver });
  const madeUp = makeMadeUpUsers((item) => dynamodb.add(tables.core, item));
  const replays = makeReplays(archives, clock, async (event, { archive, ruleArns }) => {
    const outcome = await take(event, () => buses.replay(event, archive, ruleArns), { watch, queues });
    // What the rules of a replay do not take comes by them, and is no event that came again.
    if (outcome.outcome !== "unmatched") args.onReplayed?.({ ...outcome, again: "replayed" });
  });

  return {
    graph,
    outputs: { ...graph.outputs, dynamodb: dynamodb.endpoint },
    watch,
    logs,
    take: (event) => take(event, () => buses.put(event), { watch, queues }),
    makeUpUsers: (events) => madeUp.add(events),
    dump: () => dumpOf(dynamodb, tables, queues),
    queues,
    executions,
    replays,
    calls: () => dynamodb.calls(),
    permissions,
    uses: () => usesOf(dynamodb, graph, permissions),
    unstruck: async () => unstruckOf(faults, [...struck, ...(await dynamodb.struck())]),
    stopFaults: () => {
      strike = noFaults;
      dynamodb.stopFaults();
    },
    stop: async () => {
      await replays.stop();
      await executions.idle();
      queues.keep();
      await stopAll(stops);
    },
  };
};

const take = async (
  event: Envelope,
  deliver: () => Promise<Delivery[]>,
  { watch, queues }: Pick<Runner, "watch" | "queues">,
): Promise<Outcome> => {
  const since = performance.now();
  watch.check();
  const deliveries = await deliver();
  watch.check();
  const outcome = outcomeOf(event, deliveries, since);
  if (outcome.error) queues.keep();
  return outcome;
};

const printTo = (logs: LogGroups, metrics: Metrics, clock: Clock) => (group: string, line: string) => {
  const timestamp = Math.round(clock.now());
  logs.keep(group, () => [{ timestamp, message: line }]);
  for (const { metric, value } of datapointsIn(line)) metrics.put(metric, value);
};

const dumpOf = async (
  dynamodb: DynamoDB,
  { core, payments }: ReturnType<typeof tableNames>,
  queues: Queues,
): Promise<Dump> => ({
  core: await dynamodb.items(core),
  payments: await dynamodb.items(payments),
  deadLetters: queues.lettersIn("deadLetterQueue"),
  parked: queues.lettersIn("parkedQueue"),
});
