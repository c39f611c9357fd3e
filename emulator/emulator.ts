import type { AlarmChange } from "./cloudwatch/alarms.ts";
import { type CloudWatch, makeCloudWatch } from "./cloudwatch/cloudwatch.ts";
import type { MetricFamily } from "./cloudwatch/known-metrics.ts";
import { callersOf, usesOf } from "./dynamodb/callers.ts";
import type { Table } from "./dynamodb/create-tables.ts";
import { type DynamoDB, forkDynamoDB, startDynamoDB } from "./dynamodb/dynamodb.ts";
import { makeArchives } from "./eventbridge/archives.ts";
import { type EventBuses, makeEventBuses } from "./eventbridge/buses.ts";
import type { Delivery } from "./eventbridge/delivery.ts";
import { publishCalls } from "./eventbridge/api.ts";
import type { Envelope } from "./eventbridge/envelope.ts";
import { makePutEvents } from "./eventbridge/put-events.ts";
import { makeReplays, type Replays } from "./eventbridge/replays.ts";
import { startMachines } from "./eventbridge/start-target.ts";
import { type ReplaceableFaults, replaceableFaults } from "./faults/fault-plan.ts";
import { type EventIdOf, type FaultPlan, makeFaults } from "./faults/faults.ts";
import type { EmulatorError } from "./graph/errors.ts";
import { firstFailure } from "./graph/first-failure.ts";
import type { Graph } from "./graph/graph.ts";
import { type Permissions, permissionsOf, type Use } from "./iam/permissions.ts";
import { startAwsEndpoint } from "./lambda/aws-endpoint.ts";
import { loggingTo } from "./lambda/function-logs.ts";
import { startFunctions } from "./lambda/functions.ts";
import { type LogGroups, makeLogGroups } from "./logs/log-groups.ts";
import { makeScheduler, type Scheduler } from "./scheduler/scheduler.ts";
import { openMessageStore } from "./sqs/message-store.ts";
import { makeQueueMetrics } from "./sqs/metrics.ts";
import { makeQueues, type Queues } from "./sqs/queues.ts";
import { parameterCalls } from "./ssm/api.ts";
import { parametersOf } from "./ssm/parameters.ts";
import type { Executions, ExecutionsArgs } from "./stepfunctions/executions.ts";
import { makeMachines } from "./stepfunctions/machines.ts";
import type { Clock } from "./time/clock.ts";

/** How the emulator is set up: for a program, and for a run. */
export interface EmulatorArgs {
  /** The program's resources; DynamoDB's process starts while they are loaded. */
  graph: Graph | Promise<Graph>;
  /** The id by which a fault plan names an event. */
  eventIdOf: EventIdOf;
  /** The metrics that the Lambdas publish. */
  ownMetrics: readonly MetricFamily[];
  /** The logical name of the policy whose holder may call the emulator's API. */
  operatorPolicy: string;
  /** The tables that the program uses and does not make. */
  otherTables: (graph: Graph) => Table[];
  clock: Clock;
  /** A directory that keeps tables and queues between runs; without it they are gone at the end. */
  dataDirectory?: string | undefined;
  /** The address of a DynamoDB that keeps the tables, one that checks no signatures; without it the emulator runs its own. */
  dynamodbEndpoint?: string | undefined;
  /** The faults to inject. */
  faults?: FaultPlan | undefined;
  /** The values of parameters, by logical or physical name; without one, a parameter has that of the program. */
  parameters?: Record<string, string> | undefined;
  /** What each Lambda has in its environment besides what the graph says. */
  lambdaEnvironment?: Record<string, string> | undefined;
  /** The largest number of containers of each Lambda; where calls often wait, more are faster. */
  containers?: number | undefined;
  /** Gets each alarm that goes off or is over. */
  onAlarm?: ((change: AlarmChange) => void) | undefined;
  /** Gets each execution that ran in the background, at its end, and the name of its state machine. */
  onExecution?: ExecutionsArgs["onEnd"];
  /** The logical name of the bus that events arrive on where no partner bus is; without it, it is the first one. */
  entryBus?: string | undefined;
  /** Gets each event that a state machine or a Lambda puts on a bus, and the name of the bus. */
  onPublished?: ((event: Envelope, busName: string) => void) | undefined;
  /** Gets the reason, once, when the emulator can store nothing any more: whatever is under way must not be acknowledged. */
  onFailure?: ((error: EmulatorError) => void) | undefined;
  /** Gets the deliveries of each event that a replay put and a rule matched, and when that began on the clock of `performance`. */
  onReplayed?: ((event: Envelope, deliveries: Delivery[], since: number) => void) | undefined;
}

/** AWS on this machine, running a program's graph. */
export interface Emulator extends ReplaceableFaults {
  graph: Graph;
  dynamodb: DynamoDB;
  queues: Queues;
  executions: Executions;
  scheduler: Scheduler;
  replays: Replays;
  permissions: Permissions;
  cloudwatch: CloudWatch;
  logs: LogGroups;
  /** Puts an event on its bus, and returns its deliveries once all are done. */
  put(event: Envelope): Promise<Delivery[]>;
  /** All requests that the graph's policies decided so far. */
  uses(): Promise<Use[]>;
  /** The faults of the plan that were not injected so far, by their numbers from 1, each with its hop and kind. */
  untriggeredFaults(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts everything that a graph needs; refuses what it would not run exactly as AWS does. */
export const startEmulator = async (args: EmulatorArgs): Promise<Emulator> => {
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

const assemble = async (args: EmulatorArgs, stops: Stop[]): Promise<Emulator> => {
  const { clock, eventIdOf, dataDirectory } = args;
  const { onFailure, hasFailed, acknowledged } = firstFailure(args.onFailure);
  // First, as the directory may be in use.
  const store = dataDirectory === undefined ? null : openMessageStore(dataDirectory, onFailure);
  stops.push(() => store?.close());
  const child = forkDynamoDB();
  stops.push(() => child.kill());
  const graph = await args.graph;
  const permissions = permissionsOf(graph, args.operatorPolicy);
  const logs = makeLogGroups(graph);
  const queues = makeQueues(graph, store);
  // An earlier run may have skipped waits, so that its messages are of a time that has not come yet.
  await clock.sleep(Math.max(0, queues.newestSentAt() - clock.now()));
  const tables = { otherTables: args.otherTables(graph), callers: callersOf(graph, permissions) };
  const dynamodb = await startDynamoDB(child, { ...args, ...tables, graph, onFailure });
  stops.push(() => dynamodb.stop());
  const cloudwatch = makeCloudWatch({ ...args, graph, sample: makeQueueMetrics(queues.all) });
  const { metrics } = cloudwatch;
  const faults = makeFaults(args.faults);

  const services = { graph, permissions, logs, queues: queues.all, clock, metrics, inject: faults.inject, eventIdOf };
  // The buses deliver to machines, which put events on the buses.
  const putEvents = makePutEvents({ ...services, publish: (...event) => buses.publish(...event) });
  const calls = { ...parameterCalls(parametersOf(graph, args.parameters), graph), ...publishCalls(putEvents, graph) };
  const aws = await startAwsEndpoint({ ...services, calls });
  stops.push(() => aws.stop());
  const endpoints = { dynamodbEndpoint: dynamodb.endpoint, awsEndpoint: aws.url };
  const functions = startFunctions({ ...args, ...services, ...endpoints, onLog: loggingTo(services) });
  stops.push(() => Promise.all(functions.map((lambda) => lambda.stop())));
  const onEnd = observedEnd(cloudwatch, args.onExecution);
  const executions = makeMachines({ ...services, functions, putEvents, onEnd });
  const scheduler = makeScheduler({ ...services, executions });
  stops.push(() => scheduler.stop());
  const archives = makeArchives(graph, clock);
  const { follow } = executions;
  const buses = makeEventBuses({ ...args, ...services, archives, follow, startTarget: startMachines(executions) });
  const replays = makeReplays(archives, clock, replaying(buses, cloudwatch, args.onReplayed));

  const parts = { graph, dynamodb, queues, executions, scheduler, replays, permissions, cloudwatch, logs };
  return {
    ...parts,
    put: (event) => acknowledged(() => observed(() => buses.put(event), cloudwatch)),
    uses: () => usesOf(dynamodb, graph, permissions),
    untriggeredFaults: async () => faults.untriggered(await dynamodb.triggered()),
    ...replaceableFaults(faults, graph, (plan) => dynamodb.setFaults(plan)),
    stop: async () => {
      // What waits for a broken part may wait for long.
      if (!hasFailed()) {
        await replays.stop();
        await executions.stop();
      }
      await stopAll(stops);
    },
  };
};

const replaying =
  (buses: EventBuses, cloudwatch: CloudWatch, report: EmulatorArgs["onReplayed"]): Parameters<typeof makeReplays>[2] =>
  async (event, { archive, ruleArns }) => {
    const since = performance.now();
    const deliveries = await observed(() => buses.replay(event, archive, ruleArns), cloudwatch);
    // An archive also has the events that the rules of a replay do not match.
    if (deliveries.length > 0) report?.(event, deliveries, since);
  };

// Evaluates alarms before and after a delivery, as virtual time may have passed.
const observed = async (deliver: () => Promise<Delivery[]>, cloudwatch: CloudWatch): Promise<Delivery[]> => {
  cloudwatch.check();
  const deliveries = await deliver();
  cloudwatch.check();
  return deliveries;
};

// Time passes for executions in the background too.
const observedEnd =
  (cloudwatch: CloudWatch, report: ExecutionsArgs["onEnd"] = () => {}): ExecutionsArgs["onEnd"] =>
  (...ended) => {
    cloudwatch.check();
    report(...ended);
  };
