import { hash } from "node:crypto";
import type { FaultPlan } from "../../../emulator/faults/faults.ts";

/** What goes wrong in a drill. */
export interface Faults {
  seed: number;
  /** The share of faults at each hop. */
  share: number;
}

/**
 * The faults of a drill with these events.
 *
 * Besides transient faults, some events fail at one hop on every attempt until the faults stop: only those are dead-lettered.
 */
export const faultPlan = ({ seed, share }: Faults, events: { id: string }[]): FaultPlan => ({
  seed,
  faults: [
    { hop: "delivery", kind: "fails", events: everyNth(events, 40, 1) },
    // The queue refuses some of those too: only the archive holds them then.
    { hop: "queue", kind: "refuses", events: everyNth(events, 200, 1) },
    { hop: "lambda", kind: "throws", events: everyNth(events, 40, 2) },
    { hop: "lambda", kind: "crashes", events: everyNth(events, 40, 3) },
    { hop: "lambda", kind: "hangs", events: everyNth(events, 40, 4) },
    // Their changes are in the rows, and the next event of a row publishes them, or the redrive.
    { hop: "publish", kind: "fails", events: everyNth(events, 40, 5) },
    { hop: "publish", kind: "throttles", events: everyNth(events, 40, 6) },
    { hop: "publish", kind: "fails-after-put", events: everyNth(events, 40, 7) },
    { hop: "lambda", kind: "throws", at: "dev-homebiyori-mark-published", events: everyNth(events, 40, 8) },
    // Its row is written, and the Lambda does not say so.
    ...writers.map((name) => ({
      hop: "lambda" as const,
      kind: "crashes" as const,
      at: `dev-homebiyori-${name}`,
      events: everyNth(events, 40, 9),
    })),
    { hop: "delivery", kind: "fails", probability: share },
    { hop: "delivery", kind: "twice", probability: share },
    { hop: "delivery", kind: "late", probability: share },
    { hop: "lambda", kind: "throws", probability: share / 4 },
    { hop: "lambda", kind: "crashes", probability: share / 4 },
    { hop: "lambda", kind: "hangs", probability: share / 4 },
    { hop: "lambda", kind: "out-of-memory", probability: share / 4 },
    { hop: "dynamodb", kind: "throttles", probability: share / 3 },
    { hop: "dynamodb", kind: "errors", probability: share / 3 },
    { hop: "dynamodb", kind: "errors-after-write", probability: share / 3 },
    { hop: "publish", kind: "throttles", probability: share / 4 },
    { hop: "publish", kind: "errors", probability: share / 4 },
    { hop: "publish", kind: "fails", probability: share / 4 },
    { hop: "publish", kind: "fails-after-put", probability: share / 4 },
    { hop: "queue", kind: "refuses", probability: share },
  ],
});

const writers = ["sync-subscription", "write-payment", "link-payment", "record-reversal"];

const everyNth = (events: { id: string }[], n: number, from: number): string[] =>
  events.filter((_, index) => index % n === from).map(({ id }) => id);

/** Whether an event is never delivered: so many of all, by their ids. */
export const isNeverDelivered = ({ id }: { id: string }, share: number): boolean =>
  Number.parseInt(hash("sha256", id).slice(0, 8), 16) < share * 2 ** 32;
