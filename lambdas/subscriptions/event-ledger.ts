import * as crypto from "node:crypto";
import { isUnambiguous, isWhole, pick } from "./newest-second.ts";
import { isSeen, remember } from "./seen-events.ts";
import { isEnded, type SubscriptionState } from "./subscription-state.ts";

/** One event about a subscription, as a step from one of its states to another. */
export interface Step {
  eventId: string;
  /** Unix seconds. */
  created: number;
  type: "created" | "updated" | "deleted";
  /** The state that it leaves; null for the first event and for the last, which do not say. */
  from: SubscriptionState | null;
  to: SubscriptionState;
}

/** What is remembered of a subscription's events; the same whatever order they came in. */
export interface Book {
  /** Whether its first event is among them. */
  started: boolean;
  /** The newest second that an event is of, in unix seconds. */
  newest: number;
  /** The steps of that second, `<from>><to>` in hashes, sorted; `from` is empty for the first event. */
  steps: string[];
  /** The states that those steps lead to, by hash. */
  states: Record<string, SubscriptionState>;
  /** By a state's hash: how often it was entered more than left, and the time of the last event to or from it. As a pair, to be small. */
  balance: Record<string, [count: number, at: number]>;
  /** The events that were counted. */
  seen: string;
  /** Events up to this time may have been forgotten. */
  forgotten: number;
  /** When the subscription ended for good, and how. */
  ended?: { at: number; state: SubscriptionState };
}

/** A subscription's current state, and how sure we are of it. */
export interface Verdict {
  state: SubscriptionState;
  updatedAt: number;
  /** `certain`: no order of the events could have ended otherwise. */
  order: "certain" | "assumed";
  /** Since when an event has been missing; null while none is. */
  gapSince: number | null;
  /** The states at whose ends it is missing, by hash. */
  missing: { after: string[]; before: string[] };
}

const emptyBook: Book = {
  started: false,
  newest: 0,
  steps: [],
  states: {},
  balance: {},
  seen: "",
  forgotten: -1,
};

// Beyond these the oldest states are given up, and first those that were left as often as entered.
const mostStates = 80;
const mostStepsInASecond = 16;

/**
 * Adds an event to the book of its subscription, and says what that makes the current state; null if it was counted before.
 *
 * Nothing depends on the order of arrival. Each event is a step between two states, and a state that was entered once more than
 * it was left is where the subscription is (edge balance). A later second is later for certain, so only the steps of the newest
 * second are candidates; the balance decides among those. What has ended stays ended.
 */
export const count = (book: Book | undefined, step: Step): { book: Book; verdict: Verdict } | null => {
  const before = book ?? emptyBook;
  if (isSeen(before, step)) return null;
  // It may have been counted and forgotten: its time alone says that it changes nothing.
  if (step.created <= before.forgotten) return { book: before, verdict: judge(before) };
  const counted: Book = {
    ...before,
    ...remember(before, step),
    ...inNewestSecond(before, step),
    started: before.started || step.type === "created",
    balance: balanced(before.balance, step),
  };
  const ended = endOf(before, step);
  const after = ended ? { ...counted, ended, steps: [], states: {} } : counted;
  return { book: after, verdict: judge(after) };
};

/** Says what a book's current state is. */
export const judge = (book: Book): Verdict => {
  const open = Object.entries(book.balance);
  const entered = open.filter(([, [n]]) => n > 0).map(([hash]) => hash);
  const left = open.filter(([, [n]]) => n < 0).map(([hash]) => hash);
  const here = book.ended ? hashOf(book.ended.state) : pick(book, { entered, left });
  // Where the end names no state before it, that one stays entered; where the start is not known, it was left only.
  const spare = entered.filter((hash) => hash !== here).toSorted(latest(book));
  const unmet = left.toSorted(latest(book));
  const after = book.ended ? spare.slice(1) : spare;
  const unentered = book.started ? unmet : unmet.slice(0, -1);
  const isGap = after.length > 0 || unentered.length > 0 || !isWhole(book.steps);
  const since = [...after, ...unentered].map((hash) => lastOf(book, hash));
  const state = book.ended?.state ?? book.states[here];
  if (!state) throw new Error(`The book of events holds no state ${here}`);
  return {
    state,
    updatedAt: book.ended?.at ?? book.newest,
    order: book.ended || (book.started && !isGap && isUnambiguous(book.steps)) ? "certain" : "assumed",
    gapSince: isGap ? Math.min(book.newest, ...since) : null,
    missing: { after, before: unentered },
  };
};

/** A name for a state: equal for equal ones. The plan is left out, as it depends on our configuration. */
export const hashOf = (state: SubscriptionState): string => {
  const known = hashes.get(state);
  if (known !== undefined) return known;
  const { plan: _, ...named } = state;
  const text = JSON.stringify(Object.entries(named).toSorted(([a], [b]) => byText(a, b)));
  const made = crypto.hash("sha256", text, "base64url").slice(0, 8);
  hashes.set(state, made);
  return made;
};

// One event asks for the same states' hashes many times, and no state ever changes.
const hashes = new WeakMap<SubscriptionState, string>();

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const lastOf = ({ balance }: Book, hash: string): number => balance[hash]?.[1] ?? 0;

const latest = (book: Book) => (a: string, b: string) => lastOf(book, b) - lastOf(book, a) || byText(a, b);

const endOf = ({ ended }: Book, step: Step): Book["ended"] => {
  if (step.type !== "deleted" && !isEnded(step.to)) return ended;
  const end = { at: step.created, state: step.to };
  if (!ended || end.at > ended.at) return end;
  // Two ends of one second: any rule will do that does not ask which came first.
  return end.at === ended.at && hashOf(end.state) > hashOf(ended.state) ? end : ended;
};

const inNewestSecond = (book: Book, step: Step): Pick<Book, "newest" | "steps" | "states"> => {
  const { newest, steps, states } = book;
  if (step.created < newest || step.type === "deleted") return { newest, steps, states };
  const to = hashOf(step.to);
  const name = `${step.from ? hashOf(step.from) : ""}>${to}`;
  if (step.created > newest) return { newest: step.created, steps: [name], states: { [to]: step.to } };
  if (steps.length >= mostStepsInASecond) return { newest, steps, states };
  const all = Object.entries({ ...states, [to]: step.to }).toSorted(([a], [b]) => byText(a, b));
  return { newest, steps: [...steps, name].toSorted(), states: Object.fromEntries(all) };
};

const balanced = (balance: Book["balance"], { from, to, created }: Step): Book["balance"] => {
  const next = { ...balance };
  const add = (state: SubscriptionState, n: number) => {
    const hash = hashOf(state);
    const [sum, last] = next[hash] ?? [0, 0];
    next[hash] = [sum + n, Math.max(created, last)];
  };
  add(to, 1);
  if (from) add(from, -1);
  const kept = Object.entries(next)
    .toSorted(
      ([hashA, [a, lastA]], [hashB, [b, lastB]]) =>
        Number(b !== 0) - Number(a !== 0) || lastB - lastA || byText(hashA, hashB),
    )
    .slice(0, mostStates);
  return Object.fromEntries(kept.toSorted(([hashA], [hashB]) => byText(hashA, hashB)));
};
