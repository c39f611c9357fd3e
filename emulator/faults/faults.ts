import { createHash } from "node:crypto";
import { array, define, enums, integer, max, min, number, object, optional, string, type Infer } from "superstruct";

/** What can go wrong at each hop of an event's way. */
export const faultKinds = {
  /** EventBridge cannot put the event from Stripe's bus on ours; a stack without Stripe has no such hop. */
  forward: ["fails"],
  /** EventBridge cannot start the machine; it starts it twice; it is late by some minutes. */
  delivery: ["fails", "twice", "late"],
  /** An execution stands still until the machine's own timeout. */
  machine: ["times-out"],
  /**
   * A Lambda's call is refused as too many; it throws before it does anything; or it does its work, and takes almost as long as it
   * may, crashes, hangs or runs out of memory.
   */
  lambda: ["throttled", "throws", "slow", "crashes", "hangs", "out-of-memory"],
  /** DynamoDB throttles or fails a call; or does it, and answers with an error all the same. */
  dynamodb: ["throttles", "errors", "errors-after-write"],
  /** The dead-letter queue takes no message. */
  queue: ["refuses"],
} as const;

/** A hop of an event's way. */
export type Hop = keyof typeof faultKinds;

type Kind = (typeof faultKinds)[Hop][number];

const Kind = define<Kind>("kind", (value, { branch }) => {
  const { hop } = Object(branch.at(-2));
  const kinds: unknown[] | undefined = Object(faultKinds)[hop];
  // A hop that there is not is refused by itself.
  return kinds === undefined || kinds.includes(value) || `Expected a fault that ${hop} has: ${kinds.join(", ")}`;
});

const Fault = object({
  hop: enums(["forward", "delivery", "machine", "lambda", "dynamodb", "queue"]),
  kind: Kind,
  /** The share of chances at which it strikes. */
  probability: optional(max(min(number(), 0), 1)),
  /** The events that it strikes, by their ids, each time; DynamoDB's hop knows none. */
  events: optional(array(string())),
  /** The one rule, machine or Lambda that it strikes at, by its name in AWS; at each without it. */
  at: optional(string()),
});

/** The faults of a run; the same seed makes the same ones. */
export const FaultPlan = object({ seed: integer(), faults: array(Fault) });

export type FaultPlan = Infer<typeof FaultPlan>;

/** Says which fault strikes at a hop; `key` names the chance, such as the event's id, and `place` the rule, machine or Lambda. */
export type Strike = (hop: Hop, key: string, eventId?: string, place?: string) => string | null;

/** No fault at all. */
export const noFaults: Strike = () => null;

/** Makes a plan's faults strike: each chance is decided by the seed, its name, and how often it came up before; `struck` gets the indices of those that did. */
export const makeStrike = ({ seed, faults }: FaultPlan, struck = new Set<number>()): Strike => {
  const times = new Map<string, number>();
  return (hop, key, eventId, place) => {
    const time = (times.get(`${hop} ${key}`) ?? 0) + 1;
    times.set(`${hop} ${key}`, time);
    const striking = faults.findIndex(({ hop: wanted, at, probability = 0, events = [] }, index) => {
      if (wanted !== hop || (at !== undefined && at !== place)) return false;
      if (eventId !== undefined && events.includes(eventId)) return true;
      return chanceOf(`${seed} ${index} ${hop} ${key} ${time}`) < probability;
    });
    if (striking === -1) return null;
    struck.add(striking);
    return faults[striking]?.kind ?? null;
  };
};

/** The faults of a plan that are not among those that have struck, by their numbers from 1, each with its hop and kind. */
export const unstruckOf = (plan: FaultPlan | undefined, struck: number[]): string[] =>
  (plan?.faults ?? []).flatMap(({ hop, kind }, index) =>
    struck.includes(index) ? [] : [`${index + 1} (${hop} ${kind})`],
  );

// A number from 0 to below 1 that is the same for the same text.
const chanceOf = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
