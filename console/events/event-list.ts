/** One event in the console's list, or one heal or reconciliation. */
export interface ListedEvent {
  /** Tells its row from all others: the same event again is another row. */
  key: string;
  /** `evt_…`; of a heal the subscription's id, of a reconciliation the name of its execution. */
  eventId: string;
  /** Stripe's type of the event, or the name of a Standard state machine. */
  type: string;
  /** The Stripe customer, `cus_…`; null where the event names none. */
  customerId: string | null;
  /** The user; null where none is known. */
  userId: string | null;
  /** When it was handled, in milliseconds since 1970. */
  at: number;
  /** Such as `applied`; `running` until its end is known. */
  outcome: string;
  /** How long it took, in milliseconds; null until that is known. */
  ms: number | null;
  /** How often it was delivered again, or a state ran again. */
  retries: number;
  /** What failed; null where nothing did. */
  error: { name: string; message: string } | null;
  /** How an operator had it handled again. */
  again?: "redriven" | "replayed" | undefined;
}

/** Which events of the list are shown; a filter that is not set takes all. */
export interface EventFilter {
  type?: string;
  outcome?: string;
  /** A part of the customer's id, or of the user's. */
  customer?: string;
  /** A part of the event's id. */
  id?: string;
}

/** Whether a filter takes an event. */
export const isShown = (event: ListedEvent, { type, outcome, customer, id }: EventFilter): boolean =>
  (type === undefined || event.type === type) &&
  (outcome === undefined || event.outcome === outcome) &&
  (customer === undefined || [event.customerId, event.userId].some((one) => one?.includes(customer))) &&
  (id === undefined || event.eventId.includes(id));

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
  const newestFirst = (isWanted: (event: ListedEvent) => boolean) =>
    [...events.values()]
      .flatMap(({ event }) => (isWanted(event) ? event : []))
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
      const shown = newestFirst((event) => isShown(event, filter));
      return { events: shown.slice(from, from + limit), more: shown.length > from + limit };
    },
    of: (eventId) => newestFirst((event) => event.eventId === eventId),
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
