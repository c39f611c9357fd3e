import { type Json, sampleEvent, samplePrices, sampleSubscription } from "./stripe-objects.ts";
import { subscriptionBeforeBasil } from "./before-basil.ts";

/** The fields of a subscription that a life changes, as Stripe would have them; times in unix seconds. */
export interface TrueState {
  status: string;
  price: string;
  start: number;
  end: number;
  cancel_at_period_end: boolean;
  cancel_at: number | null;
  canceled_at: number | null;
  ended_at: number | null;
  /** Changes with what is none of our business, such as metadata. */
  note: number;
}

/** A generated life of a subscription: its events in the order in which they happened, and how it truly ended. */
export interface Life {
  subscriptionId: string;
  events: (Json & { id: string })[];
  end: TrueState;
}

/** How a life is to be. */
export interface LifeArgs {
  name: string;
  /** Numbers from 0 to below 1. */
  random: () => number;
  /** How far its events are apart: at least a second, half of them none, or all of them none. */
  gaps: "apart" | "half" | "none";
  /** The share of events whose snapshot shows what was true only later. */
  late: number;
}

const monthSeconds = 30 * 24 * 3600;

/** Random numbers that are the same for the same seed (mulberry32). */
export const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Makes up a life of 5 to 10 events: it begins, changes this way and back, and in one of four ends. */
export const makeLife = ({ name, random, gaps, late }: LifeArgs): Life => {
  const subscriptionId = `sub_${name}`;
  const isOldShape = random() < 0.5;
  const count = 5 + Math.floor(random() * 6);
  let now = 1_767_225_600;
  const states: TrueState[] = [beginning(now)];
  const times = [now];
  const willEnd = random() < 0.25;
  while (states.length < count) {
    if (gaps === "apart" || (gaps === "half" && random() < 0.5)) now += 1 + Math.floor(random() * 100);
    const before = states.at(-1) ?? beginning(now);
    const isEnd = willEnd && states.length === count - 1;
    states.push(
      isEnd ? { ...before, status: "canceled", canceled_at: now, ended_at: now } : changed(before, now, random),
    );
    times.push(now);
  }

  const objects = states.map((state) => snapshot(subscriptionId, state, isOldShape));
  const events = objects.map((object, index) => {
    const isLate = index < count - 1 && !(willEnd && index === count - 2) && random() < late;
    const shown = isLate ? (objects[index + 1] ?? object) : object;
    const isEnd = willEnd && index === count - 1;
    const previous = index === 0 || isEnd ? undefined : difference(objects[index - 1] ?? {}, object);
    const kind = previous ? "updated" : index === 0 ? "created" : "deleted";
    const id = `evt_${name}_${index}`;
    return sampleEvent(id, `customer.subscription.${kind}`, times[index] ?? now, shown, previous);
  });
  return { subscriptionId, events, end: states.at(-1) ?? beginning(now) };
};

/** Puts a list into a random order. */
export const shuffled = <T>(list: readonly T[], random: () => number): T[] =>
  list
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);

/** Adds a copy of some of a list's values, somewhere behind them. */
export const withDuplicates = <T>(list: readonly T[], share: number, random: () => number): T[] => {
  const all = [...list];
  for (const value of list) {
    if (random() < share) all.splice(all.indexOf(value) + 1 + Math.floor(random() * all.length), 0, value);
  }
  return all;
};

const beginning = (now: number): TrueState => ({
  status: "incomplete",
  price: samplePrices.monthly,
  start: now,
  end: now + monthSeconds,
  cancel_at_period_end: false,
  cancel_at: null,
  canceled_at: null,
  ended_at: null,
  note: 0,
});

const scheduled = { cancel_at_period_end: true };
const unscheduled = { cancel_at_period_end: false, cancel_at: null, canceled_at: null };

const changed = (before: TrueState, now: number, random: () => number): TrueState => {
  const { status, price, start, end, note, cancel_at: cancelAt } = before;
  if (status === "incomplete") return { ...before, status: "active" };
  const otherPrice = price === samplePrices.monthly ? samplePrices.yearly : samplePrices.monthly;
  const isClassic = random() < 0.5;
  const changes: Partial<TrueState>[] = [
    { status: status === "active" ? "past_due" : "active" },
    { price: otherPrice },
    cancelAt === null ? { ...(isClassic && scheduled), cancel_at: end, canceled_at: now } : unscheduled,
    { start: end, end: end + (end - start) },
    { note: note + 1 },
  ];
  return { ...before, ...changes[Math.floor(random() * changes.length)] };
};

const snapshot = (id: string, state: TrueState, isOldShape: boolean): Json => {
  const { status, price, start, end, note, ...more } = state;
  const metadata = { user_id: `user_${id}`, note: String(note) };
  const object = sampleSubscription({
    id,
    customer: `cus_${id}`,
    status,
    price,
    start,
    end,
    more: { ...more, metadata },
  });
  return isOldShape ? subscriptionBeforeBasil(object) : object;
};

// As Stripe tells it: only what changed, nested objects by their changed keys, arrays whole.
const difference = (before: Json, after: Json): Json => {
  const keys = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return Object.fromEntries(
    keys.map((key) => {
      const isNested = key === "metadata" || key === "items";
      return [key, isNested ? difference(Object(before[key]), Object(after[key])) : (before[key] ?? null)];
    }),
  );
};

/** Whether an event changes a field that we keep; one of other changes says nothing that could be missed. */
export const changesWhatWeKeep = (event: Json): boolean =>
  Object.keys(Object(Object(event["data"]).previous_attributes)).some((key) => key !== "metadata");

/** Whether a row has the state that a life truly ended in. */
export const isTrue = (row: Json, { start, end, price, note: _, ...state }: TrueState): boolean => {
  const truth = { ...state, price_id: price, current_period_start: start, current_period_end: end };
  return Object.entries(truth).every(([name, value]) => row[name] === value);
};
