import { hashesBeforeVersion2, hashOf } from "./state-hash.ts";
import { isProcessed, isRepeated, type ProcessedEvents, remember } from "./processed-events.ts";
import { isEnded, type SubscriptionState } from "./subscription-state.ts";

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
  /** The hashes that a ledger of version 1 has left open, and which of today's they stand for. */
  version1: { open: string[]; known: Record<string, string> } | null;
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
  version1: null,
  processedEvents: "",
  prunedUpTo: -1,
};

/**
 * How much a ledger keeps, less than 70 KB in all: what has to go goes by its hash or its time, never by its arrival. Of up to 1,000
 * events, as many as are remembered, no more than 1,000 states are open, whichever came first.
 */
export const bounds = { transitions: 200, states: 40, repeats: 150, openStates: 1000, balancedStates: 80 } as const;

/**
 * Adds an event to the ledger of its subscription; null if it was processed before.
 *
 * Each event is an edge between two states. A state's balance counts how much more often it was entered than left, which tells the end of
 * the walk along all edges, in whatever order they come. Only the newest second's edges are kept: a later second is later for certain.
 */
export const recordEvent = (ledger: EventLedger, transition: Transition): EventLedger | null => {
  const { type, from, to, created, eventId } = transition;
  const names = { from: from ? hashOf(from) : "", to: hashOf(to) };
  const event = { eventId, created, transition: `${type}:${names.from}>${names.to}` };
  if (isProcessed(ledger, event)) return null;
  // It may have been processed and pruned: its time alone says that it changes nothing.
  if (created <= ledger.prunedUpTo) return ledger;
  const edge = { ...transition, ...asInVersion1(ledger, transition, names) };
  const isRepeat = names.from !== names.to && isRepeated(ledger, event) && !isFirstOfNewest(ledger, edge);
  // Only one first event, and only one last one, can be true.
  const isCounted = !(isRepeat && names.from === "");
  const after: EventLedger = {
    ...ledger,
    ...remember(ledger, event),
    ...inNewestSecond(ledger, edge),
    ...(isCounted ? balanced(ledger, edge) : {}),
    repeats: isRepeat && isCounted ? repeated(ledger.repeats, edge) : ledger.repeats,
    started: ledger.started || type === "created",
    ended: endOf(ledger, transition),
    version1: knownFromVersion1(ledger, transition),
  };
  return after.ended ? { ...after, transitions: [], states: {}, isCrowded: false } : after;
};

// Of the newest second the transitions are known whole, and not by a few characters of their hash.
const isFirstOfNewest = ({ newest, transitions, isCrowded, ended }: EventLedger, edge: NamedEdge): boolean =>
  edge.created === newest &&
  edge.type !== "deleted" &&
  !isCrowded &&
  !ended &&
  !transitions.includes(`${edge.from}>${edge.to}`);

interface NamedEdge extends Pick<Transition, "created" | "type"> {
  from: string;
  to: string;
  state: SubscriptionState;
}

const endOf = ({ ended }: EventLedger, { type, created, to }: Transition): EventLedger["ended"] => {
  if (type !== "deleted" && !isEnded(to)) return ended;
  const end = { at: created, state: to, hash: hashOf(to) };
  if (!ended || end.at > ended.at) return end;
  // Two ends of one second: any rule will do that does not ask which came first.
  return end.at === ended.at && end.hash > ended.hash ? end : ended;
};

const inNewestSecond = (ledger: EventLedger, edge: NamedEdge): Partial<EventLedger> => {
  const { created, type, from, to, state } = edge;
  if (created < ledger.newest || type === "deleted") return {};
  const before = created > ledger.newest ? emptyLedger : ledger;
  const transitions = [...new Set([...before.transitions, `${from}>${to}`])].toSorted();
  const states = Object.entries({ ...before.states, [to]: preferred(before.states[to], state) }).toSorted(byHash);
  return {
    newest: created,
    transitions: transitions.slice(0, bounds.transitions),
    states: Object.fromEntries(states.slice(0, bounds.states)),
    isCrowded: before.isCrowded || transitions.length > bounds.transitions || states.length > bounds.states,
  };
};

// Equal states may differ in what is known of their prices, as an event may name a price by its id alone.
const preferred = (known: SubscriptionState | undefined, state: SubscriptionState): SubscriptionState =>
  known && JSON.stringify(known.prices) >= JSON.stringify(state.prices) ? known : state;

const byHash = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

const balanced = (ledger: EventLedger, { from, to, created }: NamedEdge): Partial<EventLedger> => {
  const next = { ...ledger.balance };
  const add = (hash: string, excess: number) => {
    if (ledger.untrackedFrom !== null && hash >= ledger.untrackedFrom) return;
    const [sum, last] = next[hash] ?? [0, 0];
    next[hash] = [sum + excess, Math.max(created, last)];
  };
  add(to, 1);
  if (from !== "") add(from, -1);
  const open = Object.entries(next)
    .filter(([, [excess]]) => excess !== 0)
    .toSorted(byHash);
  const balancedStates = Object.entries(next)
    .filter(([, [excess]]) => excess === 0)
    .toSorted(([hashA, [, a]], [hashB, [, b]]) => b - a || (hashA < hashB ? -1 : 1))
    .slice(0, bounds.balancedStates);
  // Half of the hashes are followed on, and those exactly.
  const limit = open.length > bounds.openStates ? (open[bounds.openStates / 2]?.[0] ?? null) : ledger.untrackedFrom;
  const kept = [...open, ...balancedStates].filter(([hash]) => limit === null || hash < limit);
  return { balance: Object.fromEntries(kept.toSorted(byHash)), untrackedFrom: limit };
};

/** The second of a repeat's key, in unix seconds, and its edge. */
export const repeatOf = (key: string): { second: number; from: string; to: string } => {
  const [second = "", from = "", to = ""] = key.split(/[:>]/);
  return { second: Number(second), from, to };
};

const repeated = (repeats: EventLedger["repeats"], { created, from, to }: NamedEdge): EventLedger["repeats"] => {
  const key = `${created}:${from}>${to}`;
  const all = Object.entries({ ...repeats, [key]: (repeats[key] ?? 0) + 1 });
  const newestFirst = all.toSorted(([a], [b]) => repeatOf(b).second - repeatOf(a).second || (a < b ? -1 : 1));
  return Object.fromEntries(newestFirst.slice(0, bounds.repeats));
};

// In the second that a ledger of version 1 came to, its states keep the names that they have there.
const asInVersion1 = (ledger: EventLedger, { created, from, to }: Transition, names: { from: string; to: string }) => {
  const kept = ledger.version1 && created === ledger.newest ? ledger.transitions.flatMap((one) => one.split(">")) : [];
  const nameOf = (state: SubscriptionState, name: string) =>
    hashesBeforeVersion2(state).find((hash) => kept.includes(hash)) ?? name;
  if (kept.length === 0) return { ...names, state: to };
  return { from: from ? nameOf(from, names.from) : "", to: nameOf(to, names.to), state: to };
};

const knownFromVersion1 = ({ version1 }: EventLedger, { from, to }: Transition): EventLedger["version1"] => {
  if (!version1) return null;
  const { open } = version1;
  const known = [from, to].flatMap((state): [string, string][] => {
    const old = state && hashesBeforeVersion2(state).find((hash) => open.includes(hash));
    return state && old ? [[hashOf(state), old]] : [];
  });
  return { open, known: { ...version1.known, ...Object.fromEntries(known) } };
};
