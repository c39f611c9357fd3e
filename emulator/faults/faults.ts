import { createHash } from "node:crypto";
import { array, define, enums, integer, max, min, number, object, optional, string, type Infer } from "superstruct";

/** The faults that each hop of an event's path can have. */
export const faultKinds = {
  /** EventBridge cannot put the event from one bus on the next; a program with one bus has no such hop. */
  forward: ["fails"],
  /** EventBridge or Scheduler cannot start the machine; EventBridge starts it twice, or some minutes late. */
  delivery: ["fails", "twice", "late"],
  /** An execution hangs until the machine's own timeout. */
  machine: ["times-out"],
  /**
   * A call of a Lambda is throttled; the Lambda throws before it does its work; or it does its work, and then takes almost as long
   * as its timeout, crashes, hangs or runs out of memory.
   */
  lambda: ["throttled", "throws", "slow", "crashes", "hangs", "out-of-memory"],
  /** DynamoDB throttles or fails a call; or does it, and answers with an error anyway. */
  dynamodb: ["throttles", "errors", "errors-after-write"],
  /**
   * EventBridge throttles or fails the first entry of a PutEvents; or it fails the call, before or after it has put the events; or it
   * loses the events, as it does where the bus is gone.
   */
  publish: ["throttles", "errors", "fails", "fails-after-put", "loses"],
  /** The dead-letter queue refuses a message. */
  queue: ["refuses"],
} as const;

/** A hop of an event's path. */
export type Hop = keyof typeof faultKinds;

type Kind = (typeof faultKinds)[Hop][number];

const Kind = define<Kind>("kind", (value, { branch }) => {
  const { hop } = Object(branch.at(-2));
  const kinds: unknown[] | undefined = Object(faultKinds)[hop];
  // An unknown hop is refused by the field `hop`.
  return kinds === undefined || kinds.includes(value) || `Expected a fault that ${hop} has: ${kinds.join(", ")}`;
});

const Fault = object({
  hop: enums(["forward", "delivery", "machine", "lambda", "dynamodb", "publish", "queue"]),
  kind: Kind,
  /** The share of chances at which it is injected. */
  probability: optional(max(min(number(), 0), 1)),
  /** The events that it hits each time, by their ids; calls of DynamoDB carry none. */
  events: optional(array(string())),
  /** The one rule, schedule, machine or Lambda that it hits, by its name in AWS; all of them without it. */
  at: optional(string()),
});

/** The faults of a run; the same seed makes the same ones. */
export const FaultPlan = object({ seed: integer(), faults: array(Fault) });

export type FaultPlan = Infer<typeof FaultPlan>;

/** Reads the id by which a plan names an event. */
export type EventIdOf = (event: unknown) => string;

/** Returns the fault to inject at a hop, or null; `key` names the chance, such as the event's id, and `place` the rule, machine or Lambda. */
export type InjectFault = (hop: Hop, key: string, eventId?: string, place?: string) => string | null;

/** The faults of a run. */
export interface Faults {
  inject: InjectFault;
  /** The plan that is followed now. */
  plan(): FaultPlan;
  /** The indices of the faults of the plan that were injected so far. */
  triggered: ReadonlySet<number>;
  /** The faults of the plan that are neither triggered here nor among these indices, by their numbers from 1, each with its hop and kind. */
  untriggered(others: number[]): string[];
  /** Replaces the plan by this one, or by none where it is null, as if the run began now. */
  replace(plan: FaultPlan | null): void;
}

/** Makes the faults of a plan, or none: the seed, a chance's key and how often it came up before decide each chance. */
export const makeFaults = (first: FaultPlan | null = null): Faults => {
  const times = new Map<string, number>();
  const triggered = new Set<number>();
  let plan = first ?? noFaults;
  return {
    plan: () => plan,
    triggered,
    untriggered: (others) =>
      plan.faults.flatMap(({ hop, kind }, index) =>
        triggered.has(index) || others.includes(index) ? [] : [`${index + 1} (${hop} ${kind})`],
      ),
    replace: (next) => {
      plan = next ?? noFaults;
      times.clear();
      triggered.clear();
    },
    inject: (hop, key, eventId, place) => {
      const { seed, faults } = plan;
      if (faults.length === 0) return null;
      const time = (times.get(`${hop} ${key}`) ?? 0) + 1;
      times.set(`${hop} ${key}`, time);
      const found = faults.findIndex(({ hop: wanted, at, probability = 0, events = [] }, index) => {
        if (wanted !== hop || (at !== undefined && at !== place)) return false;
        if (eventId !== undefined && events.includes(eventId)) return true;
        return chanceOf(`${seed} ${index} ${hop} ${key} ${time}`) < probability;
      });
      if (found === -1) return null;
      triggered.add(found);
      return faults[found]?.kind ?? null;
    },
  };
};

const noFaults: FaultPlan = { seed: 0, faults: [] };

// A number from 0 to below 1 that is the same for the same text.
const chanceOf = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
