import type { Hono, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { messageForUser } from "../../ops/command/errors.ts";
import type { Filters } from "../../ops/redrive/selection.ts";
import type { ConsoleArgs } from "../console-args.ts";
import { formLimit, formOf } from "../html/form.ts";
import type { SendPage } from "../html/page.ts";
import { deadLettersPage } from "../pages/dead-letters.ts";
import { redriveRunPage } from "../pages/redrive-run.ts";
import { makeQueueWork } from "./queue-work.ts";
import { makeRuns } from "./runs.ts";

const place = "/dead-letters";

/** Adds the list of dead letters, what redrives and parks them, and the runs of that. */
export const addDeadLetterPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  const { target, ending, now, canWrite } = args;
  const work = makeQueueWork(target, ending);
  const runs = makeRuns(now, (error) => messageForUser(error) ?? `${error}`);
  const mayWrite: MiddlewareHandler = async (_, next) => {
    if (!canWrite) throw new HTTPException(403, { message: "This console only reads: start it with --write" });
    await next();
  };
  const started = ({ run, isNew }: ReturnType<typeof runs.start>): string => {
    if (isNew) return `${place}/runs/${run.number}`;
    const message = `Another run goes on (${place}/runs/${run.number}): wait for its end`;
    throw new HTTPException(409, { message });
  };

  app.get(place, async (c) => {
    const isIdle = runs.all().every(({ isDone }) => isDone);
    const queues = isIdle ? { dead: await work.read("dead"), parked: await work.read("parked") } : null;
    const content = deadLettersPage({ queues, runs: runs.all(), shownMessage: c.req.query("show"), canWrite });
    return send(c, { title: "Dead letters", place, content });
  });
  app.post(`${place}/redrive`, mayWrite, formLimit, async (c) => {
    const { queue, ...fields } = await formOf(c);
    const name = queue === "parked" ? "parked" : "dead";
    if (!["message", "error", "all"].some((field) => field in fields))
      throw new HTTPException(400, {
        message: "The form says neither which dead letters to redrive, nor that it is all",
      });
    const run = runs.start(titleOf(name, fields), (one) => work.redrive(name, filtersOf(fields), one));
    return c.redirect(started(run), 303);
  });
  app.post(`${place}/park`, mayWrite, formLimit, async (c) => {
    const { message } = await formOf(c);
    if (message === undefined) throw new HTTPException(400, { message: "The form names no message to park" });
    const run = runs.start(`Park message ${message}`, (one) => work.park(message, one));
    return c.redirect(started(run), 303);
  });
  app.get(`${place}/runs/:number`, (c) => {
    const run = runs.of(Number(c.req.param("number")));
    const message = `There is no run ${c.req.param("number")}: this console keeps its newest 20 while it runs`;
    if (!run) throw new HTTPException(404, { message });
    return send(c, { title: run.title, place, content: redriveRunPage(run) });
  });
};

// A filter that is not set takes all.
const filtersOf = ({ type, error, message }: Record<string, string>): Filters => ({
  ...(type !== undefined && { type: [type] }),
  ...(error !== undefined && { error: [error] }),
  ...(message !== undefined && { message: [message] }),
});

const titleOf = (queue: "dead" | "parked", { type, error, message }: Record<string, string>): string => {
  const what =
    message === undefined
      ? ["all dead letters", type && `of ${type}`, error && `with ${error}`].filter(Boolean).join(" ")
      : `message ${message}`;
  return `Redrive ${what}${queue === "parked" ? " of the parking lot" : ""}`;
};
