import { type EventFilter, isShown, type ListedEvent } from "./listed-event.ts";

/** The newest events, as the list shows them. */
export type EventList = ReturnType<typeof makeEventList>;

/** Makes an empty list that keeps so many events. */
export const makeEventList = (kept = 20_000) => {
  // In the order in which they came.
  const events = new Map<string, ListedEvent>();
  const listeners = new Set<(event: ListedEvent) => void>();
  const newestFirst = () => [...events.values()].toReversed();
  return {
    /** Adds an event, or replaces the one with its key. */
    add: (event: ListedEvent): void => {
      events.set(event.key, event);
      const [oldest] = events.keys();
      if (events.size > kept && oldest !== undefined) events.delete(oldest);
      for (const listener of listeners) listener(event);
    },
    /** The events that a filter takes, the newest first, after so many of them. */
    page: (filter: EventFilter, from: number, limit: number) => {
      const shown = newestFirst().filter((event) => isShown(event, filter));
      return { events: shown.slice(from, from + limit), more: shown.length > from + limit };
    },
    /** All rows of an event, the newest first. */
    of: (eventId: string) => newestFirst().filter((event) => event.eventId === eventId),
    /** All values that a column of the list has, sorted, to choose a filter from. */
    valuesOf: (column: "type" | "outcome") =>
      [...new Set([...events.values()].map((event) => event[column]))].toSorted(),
    /** How many events are kept. */
    size: () => events.size,
    /** Why the list is not current, for a person; null while it is. */
    problem: null as string | null,
    /** Calls this with each event that is added or replaced, until the returned function is called. */
    subscribe: (listener: (event: ListedEvent) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
