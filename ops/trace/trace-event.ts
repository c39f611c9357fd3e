import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { findTarget } from "../command/target.ts";
import { type TargetOptions, targetText } from "../command/target-options.ts";
import { escapeLines, escapeText } from "../terminal/escape.ts";
import { wrapCommand, wrapText } from "../terminal/fit.ts";
import { formatTime } from "../terminal/format-time.ts";
import { readTrace, type Trace } from "./read-trace.ts";
import { traceText } from "./trace-text.ts";

/** What `npm run trace` was asked to do. */
export interface TraceOptions extends TargetOptions {
  /** Since when the logs are searched. */
  since: Date;
  json?: boolean;
}

/** Prints the trace of an event, and returns the exit code: 0, or 1 if the logs have nothing of it. */
export const traceEvent = async (eventId: string, options: TraceOptions): Promise<number> => {
  const { name, stack, config } = await findTarget(options);
  const logs = new CloudWatchLogsClient(config);
  const trace = await readTrace(eventId, { logs, stack, since: options.since });
  if (options.json) console.log(escapeLines(JSON.stringify(trace, null, 2)));
  else if (trace.executions.length > 0) console.log([traceText(trace), ...nextStep(trace, options)].join("\n\n"));
  if (trace.executions.length > 0) return 0;
  console.error(wrapText(nothingFound(escapeText(eventId), name, options), 2));
  return 1;
};

// What failed for good is in the dead-letter queue, unless it was redriven or deleted since.
const nextStep = ({ eventId, executions }: Trace, options: TraceOptions): string[] => {
  if (executions.at(-1)?.status !== "FAILED") return [];
  const redrive = `npm run redrive -- --dry-run ${targetText(options)} --event ${escapeText(eventId)}`;
  return [`Is it in the dead-letter queue?\n  ${wrapCommand(redrive, 2)}`];
};

const nothingFound = (eventId: string, name: string, options: TraceOptions): string => {
  const redrive = `npm run redrive -- --dry-run ${targetText(options)} --event ${eventId}`;
  return `The Lambdas of ${name} have logged nothing of ${eventId} since ${formatTime(options.since)}. Possible reasons:
- It is older than that (--since 7d), or older than the logs' retention (logRetentionDays).
- EventBridge or the state machine could not start it, and it is a dead letter: ${redrive}
- It did not arrive: Stripe's Workbench → Events shows when it was sent, and its type. An event of a type or source that no rule matches is not logged.
- It arrived and could not even be dead-lettered: it is in the bus's archive (npm run replay).`;
};
