import { type Graph, ofType } from "../graph/load.ts";

/** An event of a log group: a line, and when it was written, in milliseconds since 1970. */
export interface LogEvent {
  timestamp: number;
  message: string;
}

/** What the Lambdas and state machines of a graph have logged, by log group. */
export interface LogGroups {
  /** Keeps what `events` tells once somebody asks for it; to write it out for nobody would cost every event its time. */
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

// A line of a Lambda or all of an execution is one; more would fill the memory in a long run.
const mostKept = 5000;

/** Makes the log groups of a graph, which together keep their newest 5,000 entries. */
export const makeLogGroups = (graph: Graph): LogGroups => {
  const groups = ofType(graph, "aws:cloudwatch/logGroup:LogGroup");
  const names = new Map(groups.map(({ inputs, outputs }) => [`${outputs["arn"]}`, `${inputs["name"]}`]));
  const known = new Set(names.values());
  const entries: Entry[] = [];
  // Where the next entry goes, once all places are taken: in that of the oldest.
  let next = 0;

  return {
    keep: (group, events) => {
      entries[next] = { group, events };
      next = (next + 1) % mostKept;
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
      if (name === undefined) throw new Error(`There is no log group ${arn}`);
      return name;
    },
  };
};
