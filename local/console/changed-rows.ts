import type { RowChange } from "../../console/console-args.ts";
import type { Outcome } from "../print/outcome.ts";

type Row = Record<string, unknown>;

/** What each of the newest events has made of its rows. */
export interface ChangedRows {
  /** Reads the rows that an event has written, and compares them with what was read of them last. */
  add(outcome: Pick<Outcome, "eventId" | "outcome" | "written" | "retries">): Promise<void>;
  of(eventId: string): RowChange[];
}

/** How rows are read and kept. */
export interface ChangedRowsArgs {
  /** Reads a row by `<table> <PK> <SK>`; null where there is none. */
  read: (key: string) => Promise<Row | null>;
  /** Whether all rows are written in this run. */
  startsEmpty: boolean;
  /** The number of events, and of rows, that are kept. */
  kept?: number;
}

// Of a row whose key is here a state was seen, be it kept or not; a key takes 100 bytes.
const mostKeys = 100_000;

/** Follows what events make of their rows. */
export const followRows = ({ read, startsEmpty, kept = 2000 }: ChangedRowsArgs): ChangedRows => {
  const changes = new Map<string, RowChange[]>();
  const newest = new Map<string, Row>();
  const keys = new Set<string>();
  let isComplete = startsEmpty;
  const lastOf = (key: string): RowChange["before"] =>
    newest.get(key) ?? (isComplete && !keys.has(key) ? null : "unknown");
  return {
    of: (eventId) => changes.get(eventId) ?? [],
    add: async ({ eventId, outcome, written, retries }) => {
      // It names none of the rows that it has written; nor does a Lambda that failed once it had written, and was called again.
      if (outcome === "reconciled" || (retries > 0 && written.length === 0)) {
        newest.clear();
        isComplete = false;
      }
      for (const key of new Set(written)) {
        // The event is handled: if DynamoDB answers no more, the runner ends by itself.
        const after = await read(key).catch(() => null);
        if (after === null) continue;
        keep(changes, eventId, [...(changes.get(eventId) ?? []), { key, before: lastOf(key), after }], kept);
        keep(newest, key, after, kept);
        if (keys.size < mostKeys) keys.add(key);
        else isComplete = false;
      }
    },
  };
};

// Puts a value in as the newest, in the place of the oldest.
const keep = <T>(values: Map<string, T>, key: string, value: T, kept: number): void => {
  values.delete(key);
  values.set(key, value);
  const [oldest] = values.keys();
  if (values.size > kept && oldest !== undefined) values.delete(oldest);
};

/** The parts of `<table> <PK> <SK>`, of which only the middle one may have spaces, as a user's id may. */
export const partsOfKey = (key: string): { table: string; hash: string; range: string } => {
  const [from, to] = [key.indexOf(" "), key.lastIndexOf(" ")];
  return { table: key.slice(0, from), hash: key.slice(from + 1, to), range: key.slice(to + 1) };
};
