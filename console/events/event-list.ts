import { type EventFilter, isShown, type ListedEvent } from "./listed-event.ts";

/** The newest events, as the list shows them. */
export interface EventList {
  /** Adds an event, or replaces the one with its key. */
  add(event: ListedEvent): void;
  /** The events that a filter takes, the newest first, after so many of them. */
  page(filter: EventFilter, from: number, limit: number): { events: ListedEvent[]; more: boolean };
  /** All rows of an event, the newest first. */
  of(eventId: string): ListedEvent[];
  /** All values that a column of the list has, sorted, to choose a filter from. */
  valuesOf(column: "type" | "outcome"): string[];
  /** How many events are kept. */
  size(): number;
  /** The number of the newest change: each event that is added or replaced is one. */
  changes(): number;
  /** The events that were added or replaced after that change, the last change last. */
  changedSince(change: number): ListedEvent[];
  /** Why the list is not current, for a person; null while it is. */
  problem: string | null;
  /** Calls this after each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** Makes an empty list that keeps so many events. */
export const makeEventList = (kept = 20_000): EventList => {
  // The last change last.
  const events = new Map<string, { event: ListedEvent; change: number }>();
  const listeners = new Set<() => void>();
  let changes = 0;
  const newestFirst = () =>
    [...events.values()]
      .map(({ event }) => event)
      .toReversed()
      .toSorted((a, b) => b.at - a.at);
  return {
    add: (event) => {
      changes += 1;
      events.delete(event.key);
      events.set(event.key, { event, change: changes });
      const [oldest] = events.keys();
      if (events.size > kept && oldest !== undefined) events.delete(oldest);
      for (const listener of listeners) listener();
    },
    page: (filter, from, limit) => {
      const shown = newestFirst().filter((event) => isShown(event, filter));
      return { events: shown.slice(from, from + limit), more: shown.length > from + limit };
    },
    of: (eventId) => newestFirst().filter((event) => event.eventId === eventId),
    valuesOf: (column) => [...new Set([...events.values()].map(({ event }) => event[column]))].toSorted(),
    size: () => events.size,
    changes: () => changes,
    changedSince: (since) => {
      const all = [...events.values()];
      return all.slice(1 + all.findLastIndex(({ change }) => change <= since)).map(({ event }) => event);
    },
    problem: null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
