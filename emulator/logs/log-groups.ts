import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";

/** An event of a log group: a line, and when it was written, in milliseconds since 1970. */
export interface LogEvent {
  timestamp: number;
  message: string;
}

/** What all events of an entry have in common, so that a search need not write out those that cannot match. */
export interface Common {
  /** The field of their JSON, and its text. */
  field: string;
  text: string;
  /** None of them was written later, in milliseconds since 1970. */
  until: number;
}

/** A field of an event's JSON, and its text; null for any text. */
export interface Term {
  field: string;
  text: string | null;
}

/** Which events are searched: those that one of the terms is true of, and from when on. */
export interface Wanted {
  terms: Term[];
  since: number;
}

/** What the Lambdas and state machines of a graph have logged, by log group. */
export interface LogGroups {
  /** Keeps a function that returns log events, called only when the group is read: to write out every event would take time. */
  keep(group: string, events: () => LogEvent[], common?: Common): void;
  /** The events of a log group, or at least the wanted ones, in the order of their times; null if there is no such group. */
  eventsOf(group: string, wanted?: Wanted): LogEvent[] | null;
  /** The name of the log group of that ARN. */
  nameOf(arn: string): string;
  /** The ARN of the log group of that name, whether or not there is one. */
  arnOf(name: string): string;
}

interface Entry {
  group: string;
  events: () => LogEvent[];
  common: Common | undefined;
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
    keep: (group, events, common) => {
      entries[next] = { group, events, common };
      next = (next + 1) % maxKept;
    },
    eventsOf: (group, wanted) => {
      if (!known.has(group)) return null;
      const all = [...entries.slice(next), ...entries.slice(0, next)];
      const own = all
        .filter((entry) => entry.group === group && mayMatch(entry, wanted))
        .flatMap(({ events }) => events());
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

const mayMatch = ({ common }: Entry, wanted: Wanted | undefined): boolean => {
  if (!common || !wanted) return true;
  if (common.until < wanted.since) return false;
  return wanted.terms.some(({ field, text }) => field !== common.field || text === null || text === common.text);
};
