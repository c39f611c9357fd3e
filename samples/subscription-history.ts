import { subscriptionBeforeBasil } from "./before-basil.ts";
import { type Json, sampleEvent, samplePrices, sampleSubscription } from "./stripe-objects.ts";

/** The fields of a subscription that its history changes, as Stripe would have them; times in unix seconds. */
export interface GroundTruth {
  status: string;
  price: string;
  start: number;
  end: number;
  cancel_at_period_end: boolean;
  cancel_at: number | null;
  canceled_at: number | null;
  ended_at: number | null;
  /** Changes with what is not recorded, such as metadata. */
  note: number;
}

/** A generated history of a subscription: its events in the order in which they happened, and its true state at the end. */
export interface SubscriptionHistory {
  subscriptionId: string;
  events: (Json & { id: string })[];
  /** As Stripe's API shows the subscription after each of the events: in the newest shape, whatever the events have. */
  objects: Json[];
  /** When each of the events happened, in unix seconds. */
  times: number[];
  end: GroundTruth;
}

/** What a generated history is to be like. */
export interface HistoryArgs {
  name: string;
  /** Numbers from 0 to below 1. */
  random: () => number;
  /** How far apart its events are: at least a second, half of them none, or all of them none. */
  gaps: "apart" | "half" | "none";
  /** The share of events whose snapshot shows what was true only later. */
  late: number;
  /** Whether the status alone changes, back and forth. */
  isToggling?: boolean;
}

const monthSeconds = 30 * 24 * 3600;

/** Generates a history of 5 to 10 events: it begins, changes back and forth, and ends in one of four. */
export const makeSubscriptionHistory = ({
  name,
  random,
  gaps,
  late,
  isToggling = false,
}: HistoryArgs): SubscriptionHistory => {
  const subscriptionId = `sub_${name}`;
  const isOldShape = random() < 0.5;
  const count = 5 + Math.floor(random() * 6);
  let now = 1_767_225_600;
  const states: GroundTruth[] = [beginning(now)];
  const times = [now];
  const willEnd = random() < 0.25;
  while (states.length < count) {
    if (gaps === "apart" || (gaps === "half" && random() < 0.5)) now += 1 + Math.floor(random() * 100);
    const before = states.at(-1) ?? beginning(now);
    const isEnd = willEnd && states.length === count - 1;
    states.push(
      isEnd
        ? { ...before, status: "canceled", canceled_at: now, ended_at: now }
        : changed(before, now, isToggling ? () => 0 : random),
    );
    times.push(now);
  }

  const objects = states.map((state) => snapshot(subscriptionId, state));
  const shapes = isOldShape ? objects.map(subscriptionBeforeBasil) : objects;
  const events = shapes.map((object, index) => {
    const isLate = index < count - 1 && !(willEnd && index === count - 2) && random() < late;
    const shown = isLate ? (shapes[index + 1] ?? object) : object;
    const isEnd = willEnd && index === count - 1;
    const previous = index === 0 || isEnd ? undefined : difference(shapes[index - 1] ?? {}, object);
    const kind = previous ? "updated" : index === 0 ? "created" : "deleted";
    const id = `evt_${name}_${index}`;
    return sampleEvent(id, `customer.subscription.${kind}`, times[index] ?? now, shown, previous);
  });
  return { subscriptionId, events, objects, times, end: states.at(-1) ?? beginning(now) };
};

const beginning = (now: number): GroundTruth => ({
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

const changed = (before: GroundTruth, now: number, random: () => number): GroundTruth => {
  const { status, price, start, end, note, cancel_at: cancelAt } = before;
  if (status === "incomplete") return { ...before, status: "active" };
  const otherPrice = price === samplePrices.monthly ? samplePrices.yearly : samplePrices.monthly;
  const isClassic = random() < 0.5;
  const changes: Partial<GroundTruth>[] = [
    { status: status === "active" ? "past_due" : "active" },
    { price: otherPrice },
    cancelAt === null ? { ...(isClassic && scheduled), cancel_at: end, canceled_at: now } : unscheduled,
    { start: end, end: end + (end - start) },
    { note: note + 1 },
  ];
  return { ...before, ...changes[Math.floor(random() * changes.length)] };
};

const snapshot = (id: string, state: GroundTruth): Json => {
  const { status, price, start, end, note, ...more } = state;
  const metadata = { user_id: `user_${id}`, note: String(note) };
  return sampleSubscription({
    id,
    customer: `cus_${id}`,
    status,
    price,
    start,
    end,
    more: { ...more, metadata },
  });
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

/** Whether an event changes a field that is recorded; losing any other loses nothing. */
export const changesRecord = (event: Json): boolean =>
  Object.keys(Object(Object(event["data"]).previous_attributes)).some((key) => key !== "metadata");

/** Whether a row has the true state at the end of a history. */
export const matchesGroundTruth = (row: Json, { start, end, price, note: _, ...state }: GroundTruth): boolean => {
  const truth = { ...state, price_id: price, current_period_start: start, current_period_end: end };
  return Object.entries(truth).every(([name, value]) => row[name] === value);
};
