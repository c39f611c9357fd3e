import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { array, string, type } from "superstruct";
import { checked } from "../emulator/graph/checked.ts";
import { makeAwsApi } from "../emulator/aws-api.ts";
import { counted } from "../ops/terminal/counted.ts";
import { type Clock, realClock, VirtualClock } from "../emulator/time/clock.ts";
import { toEnvelope } from "./stripe-envelope.ts";
import { readFaultPlan } from "../emulator/faults/fault-plan.ts";
import type { FaultPlan } from "../emulator/faults/faults.ts";
import { type Graph, loadGraph } from "../emulator/graph/load.ts";
import { type HttpArgs, listen, urlOf } from "./server.ts";
import type { Options } from "./options.ts";
import { play } from "./play.ts";
import { alarmLineOf, rowsOf } from "./print.ts";
import { type Runner, startRunner } from "./runner.ts";
import { openSession, type Session } from "./session.ts";
import { stackConfig } from "../emulator/graph/stack-config.ts";
import { toldExecutions } from "./told-executions.ts";

/**
 * Does what the options say, and returns the exit code: 0, 1 if an event was dead-lettered, 2 if one could not be read.
 *
 * Once `unread` is aborted nobody reads what it prints: it does what it has begun, and listens no longer.
 */
export const start = async (options: Options, unread = new AbortController().signal): Promise<number> => {
  const answering = Promise.withResolvers<HttpArgs>();
  // First of all, as another runner may be there; whoever asks already waits until all is played.
  const server = options.exit ? null : await listen(options.port, answering.promise);
  try {
    return await run(options, async (session, runner, clock) => {
      if (!server || unread.aborted) return;
      answering.resolve(answersOf(session, runner, clock));
      await serve({ server, session, runner, clock, json: options.json, unread });
    });
  } finally {
    server?.closeAllConnections();
    server?.close();
  }
};

type Serve = (session: Session, runner: Runner, clock: Clock) => Promise<void>;

const run = async (options: Options, serveNow: Serve): Promise<number> => {
  // What is replayed happened long ago, and nobody waits for it; what is posted happens now.
  let time: Clock = new VirtualClock();
  const clock: Clock = {
    now: () => time.now(),
    sleep: (milliseconds) => time.sleep(milliseconds),
    within: (work) => time.within(work),
    busy: (work) => time.busy(work),
  };
  const graph = loadGraph(stackConfig(options.stack));
  const faults = options.faults === undefined ? undefined : readFaults(options.faults, await graph);
  const seed = typeof options.seed === "string" ? readSeed(options.seed) : [];
  const say = options.json ? console.error : console.log;
  const runner = await startRunner({
    graph,
    clock,
    seed,
    dataDirectory: options.data,
    dynamodbEndpoint: options.dynamodb,
    faults,
    onAlarm: (change) => say(alarmLineOf(change)),
    onReplayed: (outcome) => session.print(outcome),
  });
  const session = openSession(runner, options);
  try {
    const problems = await play(session, options);
    // Alarms are judged by the minute.
    await clock.sleep(60_000);
    runner.watch.check();
    if (session.hasOutcomes() || problems === 0) await tell(session, runner, options);
    // It never goes back, though what was waited for took no time.
    const ahead = clock.now() - Date.now();
    time = { ...realClock, now: () => Date.now() + ahead };
    await serveNow(session, runner, clock);
    if (problems > 0) return 2;
    return session.hasDeadLetters() ? 1 : 0;
  } finally {
    try {
      if (options.dump !== undefined) await writeDump(runner, options.dump);
    } finally {
      await runner.stop();
    }
  }
};

const tell = async (session: Session, runner: Runner, { json }: Options): Promise<void> => {
  const summary = await session.summary();
  if (json) console.error(summary);
  else console.log(`\n${rowsOf(await runner.dump())}\n\n${summary}`);
};

const Items = array(type({ PK: string(), SK: string() }));

const readSeed = (file: string): Record<string, unknown>[] => {
  try {
    return checked(JSON.parse(readFileSync(file, "utf8")), Items, file);
  } catch (error) {
    throw new Error(`--seed: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
};

const readFaults = (file: string, graph: Graph): FaultPlan => {
  try {
    return readFaultPlan(JSON.parse(readFileSync(file, "utf8")), file, graph);
  } catch (error) {
    throw new Error(`--faults: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
};

const writeDump = async (runner: Runner, file: string): Promise<void> => {
  const dump = await runner.dump();
  try {
    writeFileSync(file, `${JSON.stringify(dump, null, 2)}\n`);
  } catch (error) {
    throw new Error(`--dump: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
};

const answersOf = (session: Session, runner: Runner, clock: Clock): HttpArgs => ({
  take: async (value) => {
    const event = toEnvelope(value, session.arrival);
    await session.prepare([event]);
    return session.take(event);
  },
  webhookSecret: process.env["STRIPE_WEBHOOK_SECRET"],
  aws: makeAwsApi({
    ...runner,
    executions: toldExecutions(runner.executions, (outcome) => session.print(outcome)),
    take: (event) => session.take(event),
    now: () => clock.now(),
  }),
  outputs: runner.outputs,
});

interface ServeArgs {
  server: Server;
  session: Session;
  runner: Runner;
  clock: Clock;
  json: boolean | undefined;
  unread: AbortSignal;
}

const serve = async ({ server, session, runner, clock, json, unread }: ServeArgs): Promise<void> => {
  const say = json ? console.error : console.log;
  const ahead = counted(Math.round((clock.now() - Date.now()) / 60_000), "minute");
  say(`
Listening on ${urlOf(server)} for POST /events and POST /webhook; Ctrl-C ends it
Its clock is ${ahead} ahead, by the waits that it skipped`);
  const watching = setInterval(() => runner.watch.check(), 1000);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), once(unread, "abort")]);
  clearInterval(watching);
  server.closeAllConnections();
  server.close();
  await session.idle();
};
