import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { array, string, type } from "superstruct";
import { checked } from "./checked.ts";
import { makeAwsApi } from "./aws-api.ts";
import { type Clock, realClock, VirtualClock } from "./clock.ts";
import { toEnvelope } from "./event.ts";
import { type FaultPlan, readFaultPlan } from "./faults.ts";
import { loadGraph } from "./graph.ts";
import { listen } from "./http.ts";
import type { Options } from "./options.ts";
import { play } from "./play.ts";
import { alarmLineOf, rowsOf } from "./print.ts";
import { type Runner, startRunner } from "./runner.ts";
import { openSession, type Session } from "./session.ts";
import { stackConfig } from "./stack-config.ts";

/** Does what the options say, and returns the exit code: 0, 1 if an event was dead-lettered, 2 if one could not be read. */
export const start = async (options: Options): Promise<number> => {
  // What is replayed happened long ago, and nobody waits for it; what is posted happens now.
  let time: Clock = new VirtualClock();
  const clock: Clock = {
    now: () => time.now(),
    sleep: (milliseconds) => time.sleep(milliseconds),
    within: (run) => time.within(run),
    busy: (work) => time.busy(work),
  };
  const faults = options.faults === undefined ? undefined : readFaults(options.faults);
  const seed = typeof options.seed === "string" ? readSeed(options.seed) : [];
  const say = options.json ? console.error : console.log;
  const runner = await startRunner({
    graph: loadGraph(stackConfig(options.stack)),
    clock,
    seed,
    dataDirectory: options.data,
    dynamodbEndpoint: options.dynamodb,
    faults,
    onAlarm: (change) => say(alarmLineOf(change)),
  });
  const session = openSession(runner, options);
  try {
    const unread = await play(session, options);
    // Alarms are judged by the minute.
    await clock.sleep(60_000);
    runner.watch.check();
    if (options.json) console.error(session.summary());
    else console.log(`\n${rowsOf(await runner.dump())}\n\n${session.summary()}`);
    if (!options.exit) {
      // It never goes back, though what was waited for took no time.
      const ahead = clock.now() - Date.now();
      time = { ...realClock, now: () => Date.now() + ahead };
      await serve(session, runner, clock, options);
    }
    if (unread > 0) return 2;
    return session.hasDeadLetters() ? 1 : 0;
  } finally {
    try {
      if (options.dump !== undefined) await writeDump(runner, options.dump);
    } finally {
      await runner.stop();
    }
  }
};

const Items = array(type({ PK: string(), SK: string() }));

const readSeed = (file: string): Record<string, unknown>[] => {
  try {
    return checked(JSON.parse(readFileSync(file, "utf8")), Items, file);
  } catch (error) {
    throw new Error(`--seed: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
};

const readFaults = (file: string): FaultPlan => {
  try {
    return readFaultPlan(JSON.parse(readFileSync(file, "utf8")), file);
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

const serve = async (session: Session, runner: Runner, clock: Clock, { port, json }: Options): Promise<void> => {
  const webhookSecret = process.env["STRIPE_WEBHOOK_SECRET"];
  const take = async (value: unknown) => {
    const event = toEnvelope(value, session.arrival);
    await session.prepare([event]);
    return session.take(event);
  };
  const aws = makeAwsApi({ ...runner, take: (event) => session.take(event), now: () => clock.now() });
  const server = await listen({ port, take, webhookSecret, aws, outputs: runner.outputs });
  const say = json ? console.error : console.log;
  say(`\nListening on ${urlOf(server)} for POST /events and POST /webhook; Ctrl-C ends it`);
  const watching = setInterval(() => runner.watch.check(), 1000);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  clearInterval(watching);
  server.closeAllConnections();
  server.close();
  await session.idle();
};

const urlOf = (server: Server): string => {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
};
