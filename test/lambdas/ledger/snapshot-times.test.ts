import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyLedger, type EventLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { readLedger, writeLedger } from "../../../lambdas/ledger/ledger-format.ts";
import type { ResolvedState } from "../../../lambdas/ledger/reading.ts";
import { recordEvent } from "../../../lambdas/ledger/record-event.ts";
import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import { takeSnapshot } from "../../../lambdas/ledger/snapshot.ts";
import { hashOf } from "../../../lambdas/ledger/state-hash.ts";
import { stateOf, Subscription } from "../../../lambdas/ledger/subscription-state.ts";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { envelope } from "../../../lambdas/stripe/stripe-event.ts";
import { toSubscriptionEvent } from "../../../lambdas/subscriptions/subscription-event.ts";
import { randomFrom, withDoubles, withDuplicates } from "../../../samples/random.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { changesRecord, type HistoryArgs, makeSubscriptionHistory } from "../../../samples/subscription-history.ts";

const test = suite("states that are read at any millisecond, beside events that are on their way");

const Event = envelope(Subscription);
const stateIn = (object: unknown) => stateOf(parse(object, Subscription));

interface Life extends Pick<HistoryArgs, "gaps" | "isToggling"> {
  seed: number;
  isOneLost: boolean;
  doubles: number;
  /** The longest way of an event, in milliseconds. */
  delay: number;
}

type Step = (ledger: EventLedger) => EventLedger | null;

// When each event of a life happened, in milliseconds: in its second, after the one before it.
const momentsOf = (events: Json[], random: () => number): number[] => {
  let last = 0;
  return events.map((event) => {
    const second = 1000 * Number(event["created"]);
    const from = Math.max(last, second);
    last = from + Math.floor((random() * Math.max(1, second + 999 - from)) / 3);
    return last;
  });
};

// Reads that begin up to 4 s before Stripe reads, and whose answers take up to 4 s and are written up to 1 s later.
const readsOf = (objects: Json[], moments: number[], random: () => number): { at: number; step: Step }[] =>
  Array.from({ length: 1 + Math.floor(random() * 3) }).flatMap(() => {
    const near = moments[Math.floor(random() * moments.length)] ?? 0;
    const readAt = near + Math.floor((random() - 0.3) * 8000);
    const [before, after] = [4000 * random(), 4000 * random()];
    const date = Math.floor((readAt + after) / 1000);
    const shown = objects[moments.filter((moment) => moment <= readAt).length - 1];
    const state = shown && stateIn(shown);
    const seconds = { from: Math.floor(date - (before + after) / 1000) - 2, to: date + 2 };
    if (!state) return [];
    const step: Step = (ledger) => takeSnapshot(ledger, { state, ...seconds });
    return [{ at: readAt + after + 1000 * random(), step }];
  });

// What is known in the end, and whether that is true.
const livedThrough = ({ seed, isOneLost, doubles, delay, ...args }: Life): ResolvedState & { isTrue: boolean } => {
  const random = randomFrom(seed);
  const { events, objects } = makeSubscriptionHistory({ name: `read_${seed}`, random, late: 0, ...args });
  const middle = events.slice(1, -1).filter(changesRecord);
  const lost = isOneLost ? middle[Math.floor(random() * middle.length)] : undefined;
  const moments = momentsOf(events, random);
  const sent = withDuplicates(
    withDoubles(
      events.filter((event) => event !== lost),
      doubles,
      random,
    ),
    0.1,
    random,
  );
  const arrivals = sent.map((detail) => {
    const index = events.findIndex(({ id }) => id === detail["id"] || `${id}_double` === detail["id"]);
    const step: Step = (ledger) => recordEvent(ledger, toSubscriptionEvent(parse({ detail }, Event).detail));
    return { at: (moments[index] ?? 0) + delay * random(), step };
  });
  const steps = [...arrivals, ...readsOf(objects, moments, random)].toSorted((a, b) => a.at - b.at);
  const ledger = steps.reduce<EventLedger>(
    (before, { step }) => readLedger(writeLedger(step(before) ?? before)),
    emptyLedger,
  );
  const resolved = resolveState(ledger);
  return { ...resolved, isTrue: resolved.hash === hashOf(stateIn(objects.at(-1))) };
};

const lives = (args: Omit<Life, "seed" | "gaps" | "isToggling" | "delay">) =>
  (["apart", "half", "none"] as const).flatMap((gaps) =>
    [1500, 60_000].flatMap((delay) =>
      Array.from({ length: 60 }, (_, seed) => livedThrough({ ...args, gaps, delay, seed, isToggling: seed % 2 === 0 })),
    ),
  );

test("never make a row certain and wrong, whatever is lost, late or doubled", () => {
  for (const isOneLost of [false, true]) {
    for (const doubles of [0, 0.2]) {
      const wrong = lives({ isOneLost, doubles }).filter(({ order, isTrue }) => order === "certain" && !isTrue);
      assert.is(wrong.length, 0);
    }
  }
});

test("show no gap where nothing was lost", () => {
  const open = lives({ isOneLost: false, doubles: 0 }).filter(({ gapSince }) => gapSince !== null);
  assert.is(open.length, 0);
});

test.run();
