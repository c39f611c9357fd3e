import type { Hono } from "hono";
import { urlOf } from "../../console/http/listen.ts";
import { makeSwitchingClock } from "../../emulator/time/switching-clock.ts";
import { listOutcomes, localConsole } from "../../local/console/local-console.ts";
import { listen } from "../../local/http/server.ts";
import type { Outcome } from "../../local/print/outcome.ts";
import { type Runner, type RunnerArgs, startRunner } from "../../local/runner.ts";
import { answersOf } from "../../local/serve.ts";
import { openSession, type Session } from "../../local/session.ts";
import { graphOf } from "./stack.ts";

/** A runner of the dev stack that serves the console's pages as `npm start` does. */
export interface ServedConsole extends Runner {
  url: string;
  /** Its session, which `play` plays the sample life in. */
  session: Session;
  /** Hands it an event as `POST /events` does. */
  post(event: unknown): Promise<Outcome>;
  /** The text of a page, with its status. */
  read(path: string): Promise<{ status: number; html: string }>;
}

/** Starts a runner with its console, at a free port if none is given; it has to be stopped. The lines that it prints are seen where a test fails. */
export const startConsole = async (args: Partial<RunnerArgs> = {}, port = 0): Promise<ServedConsole> => {
  const clock = makeSwitchingClock();
  const runner = await startRunner({
    graph: graphOf("dev"),
    clock,
    onReplayed: (outcome) => session.print(outcome),
    onExecution: (outcome) => session.printBackground(outcome),
    ...args,
  });
  const outcomes = listOutcomes(runner, clock, args.items === undefined);
  const session = openSession(runner, {}, outcomes.add);
  const answers = answersOf(session, runner, clock);
  const ending = new AbortController();
  const pages = Promise.withResolvers<Hono>();
  const server = await listen(port, answers, pages.promise);
  const url = urlOf(server);
  pages.resolve(
    localConsole({ url, runner, clock, outcomes, take: (value) => answers.take(value), ending: ending.signal }),
  );
  return {
    ...runner,
    url,
    session,
    post: (event) => answers.take(event),
    read: async (path) => {
      const response = await fetch(new URL(path, url));
      return { status: response.status, html: await response.text() };
    },
    stop: async () => {
      ending.abort();
      server.closeAllConnections();
      server.close();
      await session.idle();
      await runner.stop();
    },
  };
};
