import { isDeepStrictEqual } from "node:util";
import type { Envelope } from "../../../emulator/eventbridge/envelope.ts";
import type { Detail } from "../../../lambdas/publishing/billing-event.ts";
import type { Dump } from "../../../local/runner.ts";
import { type Published, publishedIn, type Row } from "./published-rows.ts";

/** What a run has published, held against its rows. */
export interface PublishedResult {
  published: number;
  /** Of them those that were on the bus before. */
  publishedAgain: number;
  /** Changes of rows that no event tells of. */
  missing: string[];
  /** Events that tell of no change of a row. */
  untrue: string[];
  /** How many changes still wait to be published. */
  waiting: number;
}

/** Holds all events that were on the bus against the rows as they are in the end. */
export const comparePublished = (
  events: readonly Pick<Envelope, "detail-type" | "detail">[],
  dump: Pick<Dump, "core" | "payments">,
): PublishedResult => {
  // Only this program puts events on its bus, so the cast holds.
  const told = events.map(({ "detail-type": type, detail }) => ({ type, ...(detail as Detail) }));
  const bySubject = Map.groupBy(told, ({ subject }) => subject);
  const rows = publishedIn(dump);
  const results = [...rows].map(([subject, row]) => compareSubject(subject, row, bySubject.get(subject) ?? []));
  const foreign = [...bySubject.keys()].filter((subject) => !rows.has(subject));
  const once = new Set(told.map(({ type, subject, version }) => `${type} ${subject} ${version}`));
  return {
    published: told.length,
    publishedAgain: told.length - once.size,
    missing: results.flatMap(({ missing }) => missing),
    untrue: [...foreign.map((subject) => `${subject}: no row`), ...results.flatMap(({ untrue }) => untrue)],
    waiting: [...rows.values()].reduce((sum, { waiting }) => sum + waiting, 0),
  };
};

type Told = Detail & { type: string };

// Each event goes on from the state that the one before it tells, the first from nothing, and the last ends in the row: so nothing that
// shows has happened in between, and nothing is told that the row never was.
const compareSubject = (subject: string, row: Published, events: Told[]) => {
  const [missing, untrue]: [string[], string[]] = [[], []];
  const byVersion = Map.groupBy(events, ({ version }) => version);
  const [earliest] = events.toSorted((a, b) => a.version - b.version);
  let state = row.before(earliest);
  for (let version = 1; version <= row.versions; version += 1) {
    const told = byVersion.get(version) ?? [];
    const [event] = told;
    if (!event) {
      if (row.isEachSeen) missing.push(`${subject}: version ${version} is not on the bus`);
      continue;
    }
    if (!told.every((other) => isDeepStrictEqual(saidBy(other), saidBy(event))))
      untrue.push(`${subject}: version ${version} is told in two ways`);
    const after = stateOf(event);
    for (const { changes } of told) {
      if (changes && !isChange(changes, state, after))
        untrue.push(`${subject}: version ${version} does not go on from the one before it`);
    }
    state = after;
  }
  for (const version of byVersion.keys()) {
    if (version < 1 || version > row.versions) untrue.push(`${subject}: the row has no version ${version}`);
  }
  if (row.versions === 0 && row.isEachSeen) missing.push(`${subject}: no change of it was to be published`);
  const last = visible(state);
  if (!isDeepStrictEqual(last, visible(row.state(Object.keys(last)))))
    missing.push(`${subject}: the row is not what its last event says`);
  return { missing, untrue };
};

// What of it is the same each time that it is told; after a crash what it changed may not be known any more.
const saidBy = ({ changes: _, type, ...said }: Told) =>
  said.subject.startsWith("reversals/") ? said : { type, ...said };

const stateOf = ({ subject, user_id, state }: Told): Row =>
  subject.startsWith("reversals/") ? { user_id, ...state } : { ...state };

const isChange = (changes: NonNullable<Detail["changes"]>, before: Row, after: Row): boolean =>
  Object.entries(visible(after)).every(([name, to]) => {
    const change = changes[name] ?? { from: to, to };
    return isDeepStrictEqual([lasting(before[name] ?? null), to], [lasting(change.from), lasting(change.to)]);
  });

// When Stripe last said something is no change by itself.
const visible = ({ updated_at: _, ...state }: Row): Row =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [name, lasting(value) ?? null]));

const lasting = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(({ updated_at: _, ...one }: Row) => one) : value;
