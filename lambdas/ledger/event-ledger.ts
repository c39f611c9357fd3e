import type { ProcessedEvents } from "./processed-events.ts";
import type { SubscriptionState } from "./subscription-state.ts";

/** One event about a subscription: the transition from one of its states to another. */
export interface Transition {
  eventId: string;
  /** Unix seconds. */
  created: number;
  type: "created" | "updated" | "deleted";
  /** The state that it leaves; null for the first event and for the last, which do not say. */
  from: SubscriptionState | null;
  to: SubscriptionState;
}

/** All that is kept of a subscription's events: a function of the set of them, whatever order they came in. */
export interface EventLedger extends ProcessedEvents {
  /** Whether the first event is among them. */
  started: boolean;
  /** The newest second that an event is of, in unix seconds. */
  newest: number;
  /** The distinct transitions of that second, `<from>><to>` in hashes, sorted; `from` is empty for the first event. */
  transitions: string[];
  /** The states that those lead to, by hash. */
  states: Record<string, SubscriptionState>;
  /** Whether that second had more transitions or states than are kept. */
  isCrowded: boolean;
  /** How often a transition came again within its second, under another event's id: by `<second>:<from>><to>`. */
  repeats: Record<string, number>;
  /** By a state's hash: in-degree less out-degree over the whole history, and the time of the last event to or from it. As a pair, to be small. */
  balance: Record<string, [excess: number, at: number]>;
  /** From this hash on no balance is kept, as too many states were open at once; null while all are. */
  untrackedFrom: string | null;
  /** When the subscription ended for good, and how. */
  ended: { at: number; state: SubscriptionState; hash: string } | null;
  /** What Stripe's API said of the subscription; nothing is kept of the events before that. */
  snapshot: KnownSnapshot | null;
  /** The hashes that a ledger of version 1 has left open, and which of today's they stand for. */
  version1: { open: string[]; known: Record<string, string> } | null;
}

/** A state that was read from Stripe's API some time in the seconds `from` to `to`, in unix seconds. */
export interface KnownSnapshot {
  from: number;
  to: number;
  /** The state's hash. */
  hash: string;
  /** The distinct transitions of those seconds, as in `transitions`: each may have come before the state was read, or after. */
  transitions: string[];
}

/** The ledger of a subscription before its first event. */
export const emptyLedger: EventLedger = {
  started: false,
  newest: 0,
  transitions: [],
  states: {},
  isCrowded: false,
  repeats: {},
  balance: {},
  untrackedFrom: null,
  ended: null,
  snapshot: null,
  version1: null,
  processedEvents: "",
  prunedUpTo: -1,
};

/**
 * How much a ledger keeps, less than 70 KB in all: what has to go goes by its hash or its time, never by its arrival. Of up to 1,000
 * events, as many as are remembered, no more than 1,000 states are open, whichever came first.
 */
export const bounds = { transitions: 200, states: 40, repeats: 150, openStates: 1000, balancedStates: 80 } as const;

/** The second of a repeat's key, in unix seconds, and its edge. */
export const repeatOf = (key: string): { second: number; from: string; to: string } => {
  const [second = "", from = "", to = ""] = key.split(/[:>]/);
  return { second: Number(second), from, to };
};
