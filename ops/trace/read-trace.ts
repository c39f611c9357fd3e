import { type EventLogsArgs, readEventLogs } from "./event-logs.ts";
import { type ExecutionTrace, tracesOf } from "./execution-trace.ts";

/** An event's way through its executions. */
export interface Trace {
  eventId: string;
  /** Stripe's type of the event; null if the logs have nothing of it. */
  type: string | null;
  /** When Stripe created the event, in unix seconds. */
  created: number | null;
  /** In the order of their start. */
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
