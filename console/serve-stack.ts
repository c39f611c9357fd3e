import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { Hono } from "hono";
import type { Graph } from "../emulator/graph/graph.ts";
import type { Target } from "../ops/command/target.ts";
import { makeConsole } from "./console.ts";
import { makeEventList } from "./events/event-list.ts";
import { listenOnLoopback, type NodeEnv, refuseForeign, urlOf } from "./http/listen.ts";
import { type PollArgs, pollLogs } from "./logs/poll-logs.ts";

/** Which stack is shown, and how. */
export interface ServeStackArgs extends Pick<PollArgs, "perSecond"> {
  target: Target;
  /** The options that name it on a command line. */
  targetText: string;
  /** What the program makes for it. */
  graph: Graph;
  /** Whether the pages may change anything. */
  write: boolean;
  port: number;
}

// What the list begins with.
const firstMilliseconds = 60 * 60_000;

/** Serves the console over a deployed stack on 127.0.0.1, and fills its list from the stack's logs; `end` ends it. */
export const serveStack = async ({ target, targetText, graph, write, port, perSecond }: ServeStackArgs) => {
  const events = makeEventList();
  const ending = new AbortController();
  const app = new Hono<NodeEnv>();
  app.use(refuseForeign);
  const { signal } = ending;
  app.route("/", makeConsole({ target, targetText, graph, events, now: Date.now, canWrite: write, ending: signal }));
  const server = await listenOnLoopback(app, port);
  const since = Date.now() - firstMilliseconds;
  const logs = new CloudWatchLogsClient(target.config);
  const polling = pollLogs({ logs, stack: target.stack, events, since, signal, ...(perSecond && { perSecond }) });
  return {
    url: urlOf(server),
    events,
    end: async (): Promise<void> => {
      ending.abort();
      server.close();
      server.closeAllConnections();
      await polling;
      logs.destroy();
    },
  };
};
