import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Hono } from "hono";
import { readTrace } from "../../ops/trace/read-trace.ts";
import type { ConsoleArgs } from "../console-args.ts";
import { publishedSection, rowsSection } from "../event/changes.ts";
import { latestStates, latestWay, olderExecutions, stripeEvent } from "../event/executions.ts";
import { nothingLogged, type OneEvent, overview } from "../event/overview.ts";
import { hasFailedToPublish, publishedBy } from "../event/published-events.ts";
import type { SendPage } from "../html/page.ts";
import { type Content, inAddress } from "../html/text.ts";
import { sinceOf } from "../http/request.ts";

/** Adds the page of one event, and the search box's way to it and to a customer's. */
export const addEventPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  // All Lambdas' logs are searched at once, and AWS allows an account 5 searches a second.
  const logs = new CloudWatchLogsClient({ ...args.target.config, maxAttempts: 8 });
  app.get("/find", (c) => c.redirect(addressOf((c.req.query("id") ?? "").trim())));
  app.get("/events/:id", async (c) => {
    const id = c.req.param("id");
    const since = sinceOf(c, "1d");
    const trace = isSearchable(id) ? await readTrace(id, { logs, stack: args.target.stack, since }) : null;
    const changes = args.workbench?.rowsOf(id) ?? [];
    const event = { id, since, trace, rows: args.events.of(id), changes };
    const isKnown = event.rows.length > 0 || (trace?.executions.length ?? 0) > 0;
    return send(c, id, eventPage(event, args), isKnown ? 200 : 404);
  });
};

const addressOf = (id: string): string => {
  if (id === "") return "/";
  return `/${id.startsWith("evt_") ? "events" : "customers"}/${inAddress(id)}`;
};

// Others would need an escape in the filter pattern, where an asterisk stands for any text; Stripe's ids have none of it.
const isSearchable = (id: string): boolean => /^[\w.:-]{1,255}$/.test(id);

const eventPage = (event: OneEvent, args: ConsoleArgs): Content => {
  const executions = (event.trace?.executions ?? []).toReversed();
  const [latest, ...older] = executions;
  const written = executions.flatMap(({ states }) => states.flatMap((state) => state.written));
  const rows = rowsSection(event.changes, written);
  if (!latest) return [overview(event, args), nothingLogged(event, args), event.changes.length > 0 && rows];
  return [
    overview(event, args),
    latestWay(latest, args.graph),
    rows,
    publishedSection(publishedBy(executions), hasFailedToPublish(latest)),
    latestStates(latest),
    stripeEvent(executions),
    olderExecutions(older, args.graph),
  ];
};
