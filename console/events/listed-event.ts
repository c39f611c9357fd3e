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
  /** A part of the customer's id. */
  customer?: string;
  /** A part of the event's id. */
  id?: string;
}

/** Whether a filter takes an event. */
export const isShown = (event: ListedEvent, { type, outcome, customer, id }: EventFilter): boolean =>
  (type === undefined || event.type === type) &&
  (outcome === undefined || event.outcome === outcome) &&
  (customer === undefined || (event.customerId ?? "").includes(customer)) &&
  (id === undefined || event.eventId.includes(id));
