import {
  array,
  boolean,
  create,
  defaulted,
  enums,
  type Infer,
  integer,
  nullable,
  object,
  optional,
  record,
  string,
  tuple,
} from "superstruct";
import { type EventLedger, emptyLedger } from "./event-ledger.ts";
import { namesOfVersion1 } from "./processed-events.ts";
import { hashesBeforeVersion2 } from "./state-hash.ts";
import type { SubscriptionState } from "./subscription-state.ts";

const orNull = <T>(value: T | null | undefined): T | null => value ?? null;

const stateTimes = {
  current_period_start: optional(nullable(integer())),
  current_period_end: optional(nullable(integer())),
  cancel_at: optional(nullable(integer())),
  canceled_at: optional(nullable(integer())),
  ended_at: optional(nullable(integer())),
  trial_start: optional(nullable(integer())),
  trial_end: optional(nullable(integer())),
};

const common = {
  customer_id: optional(nullable(string())),
  status: string(),
  ...stateTimes,
  cancel_at_period_end: defaulted(boolean(), false),
};

const Common = object(common);

const State = object({
  ...common,
  prices: defaulted(array(object({ id: string(), months: optional(integer()), isMetered: optional(boolean()) })), []),
  pause_collection: optional(string()),
  pause_resumes_at: optional(integer()),
});

const balance = record(string(), tuple([integer(), integer()]));

const Version2 = object({
  version: enums([2]),
  started: boolean(),
  newest: integer(),
  transitions: array(string()),
  states: record(string(), State),
  isCrowded: defaulted(boolean(), false),
  repeats: defaulted(record(string(), integer()), {}),
  balance,
  untrackedFrom: optional(string()),
  ended: optional(object({ at: integer(), state: State, hash: string() })),
  snapshot: optional(object({ from: integer(), to: integer(), hash: string(), transitions: array(string()) })),
  version1: optional(object({ open: array(string()), known: record(string(), string()) })),
  processedEvents: string(),
  prunedUpTo: integer(),
});

// Version 1 named no version; it knew one price of a subscription, and its plan by the configuration of that time.
const StateOfVersion1 = object({ ...common, plan: string(), price_id: nullable(string()) });

const Version1 = object({
  started: boolean(),
  newest: integer(),
  steps: array(string()),
  states: record(string(), StateOfVersion1),
  balance,
  seen: string(),
  forgotten: integer(),
  ended: optional(object({ at: integer(), state: StateOfVersion1 })),
});

/** Writes a ledger as it is stored: one text, as only this program reads it, without what is empty. */
export const writeLedger = ({ states, ended, ...ledger }: EventLedger): string => {
  const written = {
    ...ledger,
    version: 2,
    states: Object.fromEntries(Object.entries(states).map(([hash, state]) => [hash, compact(state)])),
    ended: ended && { ...ended, state: compact(ended.state) },
    isCrowded: ledger.isCrowded || null,
    repeats: Object.keys(ledger.repeats).length > 0 ? ledger.repeats : null,
  };
  return JSON.stringify(withoutNulls(written));
};

/**
 * Reads a stored ledger of any version that was ever written.
 *
 * @throws {SyntaxError} for a text that is no JSON.
 * @throws {StructError} for one that is no ledger.
 */
export const readLedger = (text: string): EventLedger => {
  const stored: unknown = JSON.parse(text);
  if (!("version" in Object(stored))) return fromVersion1(create(stored, Version1));
  const { version: _, states, ended, ...ledger } = create(stored, Version2);
  return {
    ...ledger,
    states: Object.fromEntries(Object.entries(states).map(([hash, state]) => [hash, stateFrom(state)])),
    ended: ended ? { ...ended, state: stateFrom(ended.state) } : null,
    untrackedFrom: orNull(ledger.untrackedFrom),
    snapshot: orNull(ledger.snapshot),
    version1: orNull(ledger.version1),
  };
};

const compact = ({ prices, cancel_at_period_end: isScheduled, ...state }: SubscriptionState): object => ({
  ...withoutNulls(state),
  ...(isScheduled && { cancel_at_period_end: true }),
  prices: prices.map(({ isMetered, ...price }) => withoutNulls({ ...price, isMetered: isMetered || null })),
});

const withoutNulls = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

const stateFrom = ({ prices, ...state }: Infer<typeof State>): SubscriptionState => ({
  ...commonFrom(state),
  prices: prices.map(({ id, months, isMetered }) => ({ id, months: orNull(months), isMetered: isMetered ?? false })),
  pause_collection: orNull(state.pause_collection),
  pause_resumes_at: orNull(state.pause_resumes_at),
});

const stateFromVersion1 = (state: Infer<typeof StateOfVersion1>): SubscriptionState => ({
  ...commonFrom(state),
  prices:
    state.price_id === null ? [] : [{ id: state.price_id, months: monthsOf[state.plan] ?? null, isMetered: false }],
  pause_collection: null,
  pause_resumes_at: null,
});

const monthsOf: Record<string, number> = { monthly: 1, yearly: 12 };

type Common = Omit<SubscriptionState, "prices" | "pause_collection" | "pause_resumes_at">;

const commonFrom = (state: Infer<typeof Common>): Common => ({
  customer_id: orNull(state.customer_id),
  status: state.status,
  current_period_start: orNull(state.current_period_start),
  current_period_end: orNull(state.current_period_end),
  cancel_at_period_end: state.cancel_at_period_end,
  cancel_at: orNull(state.cancel_at),
  canceled_at: orNull(state.canceled_at),
  ended_at: orNull(state.ended_at),
  trial_start: orNull(state.trial_start),
  trial_end: orNull(state.trial_end),
});

// Its states keep the names that they have there, as most are known by those alone; today's names of them come with later events.
const fromVersion1 = ({ steps, states, balance: open, seen, forgotten, ended, ...rest }: Infer<typeof Version1>) => {
  const times = Map.groupBy(steps, (step) => step);
  const last = ended && { at: ended.at, state: stateFromVersion1(ended.state) };
  return {
    ...emptyLedger,
    ...rest,
    transitions: [...times.keys()],
    repeats: Object.fromEntries(
      [...times].flatMap(([step, { length }]) => (length > 1 ? [[`${rest.newest}:${step}`, length - 1]] : [])),
    ),
    states: Object.fromEntries(Object.entries(states).map(([hash, state]) => [hash, stateFromVersion1(state)])),
    balance: open,
    ended: last ? { ...last, hash: hashesBeforeVersion2(last.state)[0] ?? "" } : null,
    version1: { open: Object.keys(open).filter((hash) => open[hash]?.[0] !== 0), known: {} },
    processedEvents: namesOfVersion1(seen),
    prunedUpTo: forgotten,
  };
};
