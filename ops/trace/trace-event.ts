import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { readEventLogs, type EventLogsArgs } from "./event-logs.ts";
import { type ExecutionTrace, tracesOf } from "./execution-trace.ts";
import { placeOf } from "../command/target.ts";
import { placeText } from "../command/target-options.ts";
import type { TraceOptions } from "../trace-options.ts";
import { traceText } from "./trace-text.ts";

/** The way of an event. */
export interface Trace {
  eventId: string;
  /** Stripe's type of it; null if nothing is known of it. */
  type: string | null;
  /** When Stripe made it, in unix seconds. */
  created: number | null;
  /** In the order in which they began. */
  executions: ExecutionTrace[];
}

/** Traces an event through the logs of a stack. */
export const readTrace = async (eventId: string, args: EventLogsArgs): Promise<Trace> => {
  const logs = await readEventLogs(eventId, args);
  const received = logs.flatMap(({ lines }) => lines);
  return {
    eventId,
    type: received.find(({ type }) => type)?.type ?? null,
    created: received.find(({ created }) => created)?.created ?? null,
    executions: tracesOf(logs),
  };
};

/** Prints the way of an event, and returns the exit code: 0, or 1 if nothing is known of it. */
export const traceEvent = async (eventId: string, options: TraceOptions): Promise<number> => {
  const { name, stack, config } = await placeOf(options);
  const logs = new CloudWatchLogsClient(config);
  const trace = await readTrace(eventId, { logs, stack, since: options.since });
  if (options.json) console.log(JSON.stringify(trace, null, 2));
  else if (trace.executions.length > 0) console.log([traceText(trace), ...nextOf(trace, options)].join("\n\n"));
  if (trace.executions.length > 0) return 0;
  console.error(nothingOf(eventId, name, options));
  return 1;
};

// What failed for good is in the dead-letter queue, unless something else became of it since.
const nextOf = ({ eventId, executions }: Trace, options: TraceOptions): string[] => {
  const isDone = executions.at(-1)?.status !== "FAILED";
  return isDone
    ? []
    : [`Is it in the dead-letter queue? npm run redrive -- ${placeText(options)} --event ${eventId} --dry-run`];
};

const nothingOf = (eventId: string, name: string, options: TraceOptions): string => {
  const redrive = `npm run redrive -- ${placeText(options)} --event ${eventId} --dry-run`;
  return `No Lambda of ${name} has logged anything of ${eventId} since ${options.since.toISOString()}. Then
- it is older than that (--since 7d), or than the logs are kept (logRetentionDays);
- or EventBridge, or the state machine, could not hand it on: ${redrive};
- or it has not come: Stripe's Workbench → Events says whether and when it was sent, and of which type; a type that no rule takes is not logged;
- or it has come, and all else failed: it is in the bus's archive (docs/failures.md).`;
};
