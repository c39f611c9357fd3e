import { readFileSync, writeFileSync } from "node:fs";
import type { Hono } from "hono";
import { array, string, type } from "superstruct";
import { readFaultPlan } from "../emulator/faults/fault-plan.ts";
import { readJson } from "../emulator/graph/json.ts";
import { validateInputs } from "../emulator/graph/validate-inputs.ts";
import { makeSwitchingClock, type SwitchingClock } from "../emulator/time/switching-clock.ts";
import { UserError } from "../ops/command/errors.ts";
import { escapeText } from "../ops/terminal/escape.ts";
import { targetText } from "../ops/command/target-options.ts";
import { listOutcomes, localConsole } from "./console/local-console.ts";
import { deadLettersText } from "./print/dead-letters.ts";
import { trackRequests } from "./http/drain.ts";
import { type Ending, listenForEnd } from "./ending.ts";
import { play, type PlayOptions } from "./play.ts";
import { alarmLineOf, rowsOf } from "./print/print.ts";
import { loadStack } from "./program.ts";
import { postTo } from "./published/post-events.ts";
import { type Runner, startRunner } from "./runner.ts";
import { answersOf, serve } from "./serve.ts";
import { urlOf } from "../console/http/listen.ts";
import { type HttpArgs, listen } from "./http/server.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import type { StripeSource } from "./stripe-api/local-stripe.ts";
import { readStripeFile } from "./stripe-api/stripe-file.ts";
import { sandboxKey } from "./stripe-api/sandbox-key.ts";

/** The options of `npm start`. */
export interface Options extends PlayOptions, SessionOptions {
  exit?: boolean;
  dump?: string;
  stack: string;
  port: number;
  data?: string;
  dynamodb?: string;
  faults?: string;
  /** A file of what Stripe has, or `api` for Stripe itself. */
  stripe?: string;
  /** The URL to which the published events are posted. */
  listen?: string;
}

/**
 * Does what the options say, and returns the exit code: 0, 1 if an event was dead-lettered, 2 if one could not be read.
 *
 * Once `stdoutClosed` is aborted, it plays all and listens no longer; upon Ctrl-C it finishes what it has begun, and the exit code is
 * 130 if it had not played all.
 */
export const start = async (options: Options, stdoutClosed = new AbortController().signal): Promise<number> => {
  const answering = Promise.withResolvers<HttpArgs>();
  const pages = Promise.withResolvers<Hono>();
  // First, as the port may be in use; an event that comes before all is played waits.
  const server = options.exit ? null : await listen(options.port, answering.promise, pages.promise);
  const ending = listenForEnd(stdoutClosed);
  try {
    const drain = server && trackRequests(server);
    return await run({
      options,
      ending,
      url: server && urlOf(server),
      onReady: (answers, ownPages) => {
        answering.resolve(answers);
        pages.resolve(ownPages);
      },
      serveNow: async (session, runner, clock) => {
        if (!server || !drain) return;
        await serve({ server, session, runner, clock, json: options.json, ending: ending.signal, drain });
      },
    });
  } finally {
    ending.release();
    server?.closeAllConnections();
    server?.close();
  }
};

interface RunArgs {
  options: Options;
  ending: Ending;
  /** Where it listens; null if it does not. */
  url: string | null;
  /** Gets what is answered to requests and the console's pages, before anything is played. */
  onReady: (answers: HttpArgs, pages: Hono) => void;
  /** Serves once all is played. */
  serveNow: (session: Session, runner: Runner, clock: SwitchingClock) => Promise<void>;
}

const run = async ({ options, ending, url, onReady, serveNow }: RunArgs): Promise<number> => {
  // Played events happened long ago, so that waits are skipped; posted ones happen now.
  const clock = makeSwitchingClock();
  const graph = loadStack(options.stack);
  const { faults: file } = options;
  const faults =
    file === undefined ? undefined : readFaultPlan(read("--faults", file), `--faults: ${file}`, await graph);
  const listener =
    options.listen === undefined ? null : postTo(options.listen, (line) => session.say(escapeText(line)));
  const runner = await startRunner({
    graph,
    clock,
    stripe: options.stripe === undefined ? undefined : stripeOf(options.stripe),
    items: typeof options.items === "string" ? readItems(options.items) : [],
    dataDirectory: options.data,
    dynamodbEndpoint: options.dynamodb,
    faults,
    onFailure: ending.fail,
    onAlarm: (change) => session.say(alarmLineOf(change)),
    onPublished: (event) => listener?.post(event),
    onReplayed: (outcome) => session.print(outcome),
    onExecution: (outcome) => session.printBackground(outcome),
  });
  const startsEmpty = [options.items, options.data, options.dynamodb].every((from) => typeof from !== "string");
  const outcomes = listOutcomes(runner, clock, startsEmpty);
  const session = openSession(runner, options, url === null ? undefined : outcomes.add);
  const played = Promise.withResolvers<void>();
  if (url !== null) {
    const answers = answersOf(session, runner, clock, played.promise);
    const consoleArgs = { url, runner, clock, outcomes, ending: ending.signal };
    onReady(answers, localConsole({ ...consoleArgs, take: (value) => answers.take(value) }));
  }
  try {
    const problems = await Promise.race([
      play(session, options, () => ending.isInterrupted() || ending.hasFailed()),
      ending.failure,
    ]);
    // A Stripe that was given knows more than the events, so that what waits asks it; by the events alone no gap could be closed.
    if (options.stripe !== undefined && !ending.isInterrupted()) await Promise.race([session.drain(), ending.failure]);
    // Alarms are evaluated by the minute.
    await clock.sleep(60_000);
    runner.cloudwatch.check();
    const isCut = ending.isInterrupted();
    if (session.hasOutcomes() || problems === 0) await printResult(session, runner, url, options.json);
    clock.switchToRealTime();
    runner.scheduler.start();
    played.resolve();
    await Promise.race([serveNow(session, runner, clock), ending.failure]);
    if (isCut) return 130;
    if (problems > 0) return 2;
    return session.hasDeadLetters() ? 1 : 0;
  } finally {
    try {
      if (options.dump !== undefined && !ending.hasFailed()) await writeDump(runner, options.dump);
    } finally {
      await runner.stop();
      await listener?.end();
    }
  }
};

const printResult = async (session: Session, runner: Runner, url: string | null, json = false): Promise<void> => {
  const summary = await session.summary();
  if (json) {
    console.error(summary);
    return;
  }
  const howToRedrive =
    url === null
      ? "To redrive them: npm start without --exit, and npm run redrive -- --local"
      : `To redrive them: npm run redrive -- ${targetText({ local: url })}`;
  console.log(`\n${rowsOf(await runner.dump())}\n\n${deadLettersText(runner, howToRedrive)}\n\n${summary}`);
};

const stripeOf = (option: string): StripeSource =>
  option === "api"
    ? { apiKey: sandboxKey(process.env["STRIPE_API_KEY"]) }
    : readStripeFile(read("--stripe", option), `--stripe: ${option}`);

const Items = array(type({ PK: string(), SK: string() }));

const readItems = (file: string): Record<string, unknown>[] =>
  validateInputs(
    read("--items", file),
    Items,
    (path, { message }) => new UserError(`--items: ${file}, at ${path}: ${message}`),
  );

const read = (option: string, file: string): unknown => {
  try {
    return readJson(readFileSync(file, "utf8"));
  } catch (error) {
    throw optionError(option, error);
  }
};

const writeDump = async (runner: Runner, file: string): Promise<void> => {
  const dump = await runner.dump();
  try {
    writeFileSync(file, `${JSON.stringify(dump, null, 2)}\n`);
  } catch (error) {
    throw optionError("--dump", error);
  }
};

const optionError = (option: string, cause: unknown): UserError =>
  new UserError(`${option}: ${cause instanceof Error ? cause.message : cause}`, { cause });
