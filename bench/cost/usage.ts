import type { Envelope } from "../../emulator/eventbridge/envelope.ts";
import type { FaultPlan } from "../../emulator/faults/faults.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import { loadStack, configOf } from "../../local/program.ts";
import { type Runner, startRunner } from "../../local/runner.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import { figures } from "../capacity/figures.ts";
import type { Usage } from "./cost.ts";
import { type CountingProxy, type SeenCall, startCountingProxy } from "./counting-proxy.ts";
import { envelopes } from "../events.ts";

/** What events took of AWS, all of them together, as the runner has counted it. */
export interface Taken {
  events: number;
  bytes: number;
  /** Events that were put on the bus for other services, the calls that put them, and the bytes of all of them. */
  published: { calls: number; events: number; bytes: number };
  states: number;
  tries: number;
  /** Calls of each Lambda, by its name. */
  calls: Record<string, number>;
  waitedMilliseconds: number;
  readUnits: number;
  writeUnits: number;
  logBytes: { lambdas: number; machines: number };
  messages: number;
  /** The calls of DynamoDB. */
  seen: SeenCall[];
}

/** A runner before a DynamoDB that counts. */
export interface Counting {
  graph: Graph;
  /** Takes events one after the other, and says what they took. */
  take(events: Json[]): Promise<Taken>;
  stop(): Promise<void>;
}

/** How a counting runner is set up. */
export interface CountingArgs {
  /** Where DynamoDB is. */
  endpoint: string;
  /** Settings of the dev stack, in place of its own. */
  settings?: Record<string, unknown>;
  faults?: FaultPlan;
}

/** Starts a runner whose every call of DynamoDB is counted. */
export const startCounting = async ({ endpoint, settings = {}, faults }: CountingArgs): Promise<Counting> => {
  const proxy = await startCountingProxy(endpoint);
  const { config, ...rest } = configOf("dev");
  const own = Object.entries(settings).map(([key, value]) => [`${rest.project}:${key}`, `${value}`]);
  const graph = await loadStack({ ...rest, config: { ...config, ...Object.fromEntries(own) } });
  const clock = new VirtualClock();
  const onBus: Envelope[] = [];
  const onPublished = (event: Envelope) => void onBus.push(event);
  const runner = await startRunner({ graph, clock, faults, dynamodbEndpoint: proxy.url, onPublished });
  return {
    graph,
    take: (events) => take(events, { runner, clock, proxy, onBus }),
    stop: async () => {
      await runner.stop();
      proxy.stop();
    },
  };
};

interface Around {
  runner: Runner;
  clock: VirtualClock;
  proxy: CountingProxy;
  /** What was published so far. */
  onBus: Envelope[];
}

const take = async (events: Json[], { runner, clock, proxy, onBus }: Around): Promise<Taken> => {
  const all = envelopes(events, runner.graph);
  const [calls, logs, now] = [callsOf(runner), logsOf(runner), clock.now()];
  const queued = lettersOf(runner);
  proxy.take();
  const published = onBus.length;
  const taken = { states: 0, tasks: 0, puts: 0, newUsers: 0 };
  for (const event of all) {
    const { states, written } = await runner.take(event);
    taken.states += states.length;
    taken.tasks += states.filter((state) => isLambda(runner, state)).length;
    taken.puts += states.filter((state) => state === "PublishChanges").length;
    // A user's item is in an index with its first subscription, of which only its keys are there.
    taken.newUsers += event.detail.type === "customer.subscription.created" ? written.length : 0;
  }
  const seen = proxy.take();
  const links = seen.filter(({ action, body }) => action === "UpdateItem" && body.includes('"CUSTOMER#'));
  // A payment's row is in an index with all that it has, and so is each change of it.
  const indexed = seen.filter(
    ({ action, body, isDone }) => isDone && action === "UpdateItem" && body.includes('"INVOICE#'),
  );
  const indexUnits = indexed.reduce((sum, { units }) => sum + units, 0);
  const unitsOf = (isRead: boolean) =>
    seen.reduce((sum, { action, units }) => sum + ((action !== "UpdateItem") === isRead ? units : 0), 0);
  const called = difference(callsOf(runner), calls);
  const tries = Object.values(called).reduce((sum, times) => sum + times, 0) - taken.tasks;
  return {
    events: events.length,
    bytes: Buffer.byteLength(JSON.stringify(all)),
    published: {
      calls: taken.puts,
      events: onBus.length - published,
      bytes: Buffer.byteLength(
        onBus
          .slice(published)
          .map((event) => JSON.stringify(event))
          .join(""),
      ),
    },
    states: taken.states,
    tries,
    calls: called,
    waitedMilliseconds: clock.now() - now,
    readUnits: unitsOf(true),
    writeUnits: unitsOf(false) + indexUnits + taken.newUsers + links.length,
    logBytes: difference(logsOf(runner), logs),
    messages: lettersOf(runner) - queued,
    seen,
  };
};

/** What one of these events took on average, with calls that take so long and are of that size. */
export const usageOf = (taken: Taken, sizes: Record<string, { milliseconds: number; megabytes: number }>): Usage => {
  const each = (sum: number): number => sum / taken.events;
  const { lambdas, machines } = taken.logBytes;
  return {
    bytes: each(taken.bytes),
    // Stripe's, and the one that it forwards to.
    buses: 2,
    published: {
      events: each(taken.published.events),
      bytes: taken.published.bytes / Math.max(1, taken.published.events),
    },
    transitions: each(taken.states + taken.tries),
    statesMilliseconds: each(taken.waitedMilliseconds + taken.states * figures.stepMilliseconds),
    calls: Object.entries(taken.calls).flatMap(([name, times]) => {
      if (times === 0) return [];
      const size = sizes[name];
      if (!size) throw new Error(`It was not measured how long ${name} takes`);
      return [{ times: each(times), ...size }];
    }),
    readUnits: each(taken.readUnits),
    writeUnits: each(taken.writeUnits),
    logBytes: { lambdas: each(lambdas), machines: each(machines) },
    messages: each(taken.messages),
  };
};

const difference = <T extends Record<string, number>>(after: T, before: Record<string, number>): T =>
  Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)])) as T;

const functionsOf = ({ graph }: Runner) => ofType(graph, "aws:lambda/function:Function");

// Lambda `write-payment` is called by state `WritePayment`.
const isLambda = (runner: Runner, state: string): boolean => {
  const name = state.replaceAll(/(?!^)[A-Z]/g, "-$&").toLowerCase();
  return functionsOf(runner).some((lambda) => lambda.name === name);
};

const callsOf = (runner: Runner): Record<string, number> => {
  const all = runner.cloudwatch.metrics.all().filter(({ metric }) => metric.metricName === "Invocations");
  return Object.fromEntries(
    functionsOf(runner).map(({ name, inputs }) => {
      const own = all.find(({ metric }) => metric.dimensions["FunctionName"] === inputs["name"]);
      return [name, own?.sum ?? 0];
    }),
  );
};

const logsOf = ({ graph, logs }: Runner) => {
  const groups = Object.values<string>(Object(graph.outputs["logGroups"]));
  const bytesIn = (prefix: string): number =>
    groups
      .filter((group) => group.startsWith(prefix))
      .flatMap((group) => logs.eventsOf(group) ?? [])
      .reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
  return { lambdas: bytesIn("/aws/lambda/"), machines: bytesIn("/aws/vendedlogs/") };
};

const lettersOf = ({ queues }: Runner): number => queues.messagesIn("deadLetterQueue").length;
