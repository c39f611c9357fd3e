import type { Delivery } from "./event-bus.ts";

/** What Lambdas logged and counted, and how the executions of each event went. */
export interface Journal {
  /** Takes a line of a Lambda's log. */
  log(functionName: string, line: string): void;
  /** Takes what became of an event. */
  record(eventId: string, deliveries: Delivery[]): void;
  lines: { functionName: string; line: string }[];
  /** How often each metric was counted, by `<namespace> <name>`. */
  metrics: Map<string, number>;
  /** The executions of an event, by its id. */
  executions: Map<string, Delivery[]>;
}

// More would fill the memory in a long run.
const mostKept = 1000;

/** Makes an empty journal, which keeps the newest thousand of each. */
export const makeJournal = (): Journal => {
  const lines: Journal["lines"] = [];
  const metrics: Journal["metrics"] = new Map();
  const executions: Journal["executions"] = new Map();
  return {
    lines,
    metrics,
    executions,
    log: (functionName, line) => {
      lines.push({ functionName, line });
      if (lines.length > mostKept) lines.shift();
      for (const [name, value] of metricsIn(line)) metrics.set(name, (metrics.get(name) ?? 0) + value);
    },
    record: (eventId, deliveries) => {
      executions.delete(eventId);
      executions.set(eventId, deliveries);
      const [oldest] = executions.keys();
      if (executions.size > mostKept && oldest !== undefined) executions.delete(oldest);
    },
  };
};

interface EmbeddedMetrics {
  _aws?: { CloudWatchMetrics: { Namespace: string; Metrics: { Name: string }[] }[] };
  [name: string]: unknown;
}

// CloudWatch reads a metric only from the root of a line.
const metricsIn = (line: string): [string, number][] => {
  if (!line.includes('"_aws"')) return [];
  const parsed = jsonOf(line);
  return (parsed._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Metrics }) =>
    Metrics.map(({ Name }): [string, number] => [`${Namespace} ${Name}`, Number(parsed[Name])]),
  );
};

// A line that is no JSON is text, and counts nothing.
const jsonOf = (line: string): EmbeddedMetrics => {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
};
