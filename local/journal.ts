import type { Delivery } from "./event-bus.ts";

/** What Lambdas logged, and how the executions of each event went. */
export interface Journal {
  /** Takes a line of a Lambda's log. */
  log(functionName: string, line: string): void;
  /** Takes what became of an event. */
  record(eventId: string, deliveries: Delivery[]): void;
  lines: { functionName: string; line: string }[];
  /** The executions of an event, by its id. */
  executions: Map<string, Delivery[]>;
}

// More would fill the memory in a long run.
const mostKept = 1000;

/** Makes an empty journal, which keeps the newest thousand of each. */
export const makeJournal = (): Journal => {
  const lines: Journal["lines"] = [];
  const executions: Journal["executions"] = new Map();
  return {
    lines,
    executions,
    log: (functionName, line) => {
      lines.push({ functionName, line });
      if (lines.length > mostKept) lines.shift();
    },
    record: (eventId, deliveries) => {
      executions.delete(eventId);
      executions.set(eventId, deliveries);
      const [oldest] = executions.keys();
      if (executions.size > mostKept && oldest !== undefined) executions.delete(oldest);
    },
  };
};
