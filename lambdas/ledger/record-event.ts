import {
  bounds,
  emptyLedger,
  type EventLedger,
  type KnownSnapshot,
  repeatOf,
  type Transition,
} from "./event-ledger.ts";
import { isProcessed, isRepeated, remember } from "./processed-events.ts";
import { hashOf } from "./state-hash.ts";
import { isEnded, type SubscriptionState } from "./subscription-state.ts";
import { knownFromVersion1, namesInVersion1 } from "./first-version.ts";

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
  const edge = { ...transition, ...namesInVersion1(ledger, transition, names) };
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
    snapshot: aroundSnapshot(ledger.snapshot, edge),
    version1: knownFromVersion1(ledger, transition),
  };
  return after.ended ? { ...after, transitions: [], states: {}, isCrowded: false } : after;
};

// Of the newest second the transitions are known whole, and not by a few characters of their hash.
const isFirstOfNewest = ({ newest, transitions, isCrowded, ended }: EventLedger, edge: NamedEdge): boolean =>
  edge.created === newest && !isCrowded && !ended && !transitions.includes(`${edge.from}>${edge.to}`);

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

const aroundSnapshot = (
  snapshot: KnownSnapshot | null,
  { created, type, from, to }: NamedEdge,
): KnownSnapshot | null => {
  if (!snapshot || type === "deleted" || created > snapshot.to) return snapshot;
  const transitions = withDistinct(snapshot.transitions, `${from}>${to}`);
  return { ...snapshot, transitions: transitions.slice(0, bounds.transitions) };
};

const inNewestSecond = (ledger: EventLedger, edge: NamedEdge): Partial<EventLedger> => {
  const { created, type, from, to, state } = edge;
  if (created < ledger.newest || type === "deleted") return {};
  const before = created > ledger.newest ? emptyLedger : ledger;
  const transitions = withDistinct(before.transitions, `${from}>${to}`);
  const states = Object.entries({ ...before.states, [to]: preferred(before.states[to], state) }).toSorted(byHash);
  return {
    newest: created,
    transitions: transitions.slice(0, bounds.transitions),
    states: Object.fromEntries(states.slice(0, bounds.states)),
    isCrowded: before.isCrowded || transitions.length > bounds.transitions || states.length > bounds.states,
  };
};

const withDistinct = (transitions: string[], one: string): string[] => [...new Set([...transitions, one])].toSorted();

// Equal states may differ in what is known of their prices, as an event may name a price by its id alone.
const preferred = (known: SubscriptionState | undefined, state: SubscriptionState): SubscriptionState =>
  known && knownOfPrices(known) >= knownOfPrices(state) ? known : state;

// A text that is the greater, the more is known.
const knownOfPrices = ({ prices }: SubscriptionState): string =>
  JSON.stringify(prices.map(({ months, isMetered }) => [months !== null, isMetered, months]));

const byHash = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

const balanced = (ledger: EventLedger, { from, to, created }: NamedEdge): Partial<EventLedger> => {
  const next = { ...ledger.balance };
  const add = (hash: string, excess: number) => {
    const [sum, last] = next[hash] ?? [0, created];
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

const repeated = (repeats: EventLedger["repeats"], { created, from, to }: NamedEdge): EventLedger["repeats"] => {
  const key = `${created}:${from}>${to}`;
  const all = Object.entries({ ...repeats, [key]: (repeats[key] ?? 0) + 1 });
  const newestFirst = all.toSorted(([a], [b]) => repeatOf(b).second - repeatOf(a).second || (a < b ? -1 : 1));
  return Object.fromEntries(newestFirst.slice(0, bounds.repeats));
};
