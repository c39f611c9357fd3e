import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";

/** An event of a log group: a line, and when it was written, in milliseconds since 1970. */
export interface LogEvent {
  timestamp: number;
  message: string;
}

/** What the Lambdas and state machines of a graph have logged, by log group. */
export interface LogGroups {
  /** Keeps a function that returns log events, called only when the group is read: to write out every event would take time. */
  keep(group: string, events: () => LogEvent[]): void;
  /** The events of a log group, in the order of their times; null if there is no such group. */
  eventsOf(group: string): LogEvent[] | null;
  /** The name of the log group of that ARN. */
  nameOf(arn: string): string;
  /** The ARN of the log group of that name, whether or not there is one. */
  arnOf(name: string): string;
}

interface Entry {
  group: string;
  events: () => LogEvent[];
}

// A line of a Lambda or a whole execution is one entry; more would fill the memory in a long run.
const maxKept = 5000;

/** Makes the log groups of a graph, which together keep their newest 5,000 entries. */
export const makeLogGroups = (graph: Graph): LogGroups => {
  const groups = ofType(graph, "aws:cloudwatch/logGroup:LogGroup");
  const names = new Map(groups.map(({ inputs, outputs }) => [`${outputs["arn"]}`, `${inputs["name"]}`]));
  const known = new Set(names.values());
  const entries: Entry[] = [];
  // A ring buffer: the next entry takes the place of the oldest.
  let next = 0;

  return {
    keep: (group, events) => {
      entries[next] = { group, events };
      next = (next + 1) % maxKept;
    },
    eventsOf: (group) => {
      if (!known.has(group)) return null;
      const all = [...entries.slice(next), ...entries.slice(0, next)];
      const own = all.filter((entry) => entry.group === group).flatMap(({ events }) => events());
      return own.toSorted((a, b) => a.timestamp - b.timestamp);
    },
    arnOf: (name) => `arn:aws:logs:${graph.region}:${graph.account}:log-group:${name}`,
    nameOf: (arn) => {
      const name = names.get(arn);
      if (name === undefined) throw new EmulatorError(`There is no log group ${arn}`);
      return name;
    },
  };
};
