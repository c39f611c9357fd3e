import type { Hono, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Filters } from "../../ops/redrive/selection.ts";
import type { ConsoleArgs } from "../console-args.ts";
import { deadLettersPage } from "../dead-letters/queue-parts.ts";
import { makeQueueWork, type Progress, type QueueName } from "../dead-letters/queue-work.ts";
import { runPage } from "../dead-letters/run-page.ts";
import type { SendPage } from "../html/page.ts";
import { formLimit, formOf } from "../http/request.ts";
import { makeRuns } from "../runs.ts";

const place = "/dead-letters";

const kept = 20;

/** Adds the list of dead letters, what redrives and parks them, and the runs of that. */
export const addDeadLetterPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  const { now, canWrite } = args;
  const work = makeQueueWork(args);
  const runs = makeRuns<Progress>(kept, now);
  const current = () => runs.all.find(({ isDone }) => !isDone);
  const mayWrite: MiddlewareHandler = async (_, next) => {
    if (!canWrite) throw new HTTPException(403, { message: "This console only reads: start it with --write" });
    await next();
  };
  // Starts a run unless another goes on, and returns the address of its page.
  const start = (title: string, use: (progress: Progress) => Promise<void>): string => {
    const other = current();
    const message = `Another run goes on (${place}/runs/${other?.number}): wait for its end`;
    if (other) throw new HTTPException(409, { message });
    return `${place}/runs/${runs.start(title, { total: null, results: [], remarks: [] }, use).run.number}`;
  };

  app.get(place, async (c) => {
    const queues = current() ? null : { dead: await work.read("dead"), parked: await work.read("parked") };
    const content = deadLettersPage({ queues, runs: runs.all, shownMessage: c.req.query("show"), canWrite });
    return send(c, "Dead letters", content);
  });
  app.post(`${place}/redrive`, mayWrite, formLimit, async (c) => {
    const { queue, ...fields } = await formOf(c);
    const name = queue === "parked" ? "parked" : "dead";
    const message = "The form says neither which dead letters to redrive, nor that it is all";
    if (!["message", "error", "all"].some((field) => field in fields)) throw new HTTPException(400, { message });
    return c.redirect(
      start(titleOf(name, fields), (run) => work.redrive(name, filtersOf(fields), run)),
      303,
    );
  });
  app.post(`${place}/park`, mayWrite, formLimit, async (c) => {
    const { message } = await formOf(c);
    if (message === undefined) throw new HTTPException(400, { message: "The form names no message to park" });
    return c.redirect(
      start(`Park message ${message}`, (run) => work.park(message, run)),
      303,
    );
  });
  app.get(`${place}/runs/:number`, (c) => {
    const number = c.req.param("number");
    const run = runs.all.find((one) => `${one.number}` === number);
    const message = `There is no run ${number}: this console keeps its newest ${kept} while it runs`;
    if (!run) throw new HTTPException(404, { message });
    return send(c, run.title, runPage(run));
  });
};

// A filter that is not set takes all.
const filtersOf = ({ type, error, message }: Record<string, string>): Filters => ({
  ...(type !== undefined && { type: [type] }),
  ...(error !== undefined && { error: [error] }),
  ...(message !== undefined && { message: [message] }),
});

const titleOf = (queue: QueueName, { type, error, message }: Record<string, string>): string => {
  const what = message === undefined ? "all dead letters" : `message ${message}`;
  const which = [type && `of ${type}`, error && `with ${error}`, queue === "parked" && "of the parking lot"];
  return ["Redrive", what, ...which].filter(Boolean).join(" ");
};
