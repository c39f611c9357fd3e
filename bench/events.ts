import { type StripeEnvelope, toEnvelope } from "../local/stripe-envelope.ts";
import type { Graph } from "../emulator/graph/graph.ts";
import type { Runner } from "../local/runner.ts";
import type { Json } from "../samples/stripe-objects.ts";
import { makeKeyedQueue } from "../emulator/time/keyed-queue.ts";
import { makeBillingHistory } from "../samples/billing-history.ts";
import { randomFrom } from "../samples/random.ts";

/** About so many events of subscriptions that live at the same time, each with its payments; the same for the same name. */
export const makeEvents = (name: string, count: number): Json[] => {
  const random = randomFrom(1);
  const lives: Json[][] = [];
  for (let made = 0; made < count; made += lives.at(-1)?.length ?? 0) {
    lives.push(makeBillingHistory(`${name}_${lives.length}`, random));
  }
  const longest = Math.max(...lives.map((life) => life.length));
  // The first event of each life, then the second of each: those of one customer are far apart, as in the world.
  return Array.from({ length: longest }, (_, at) => lives.flatMap((life) => life.slice(at, at + 1))).flat();
};

/** Puts events into envelopes, as they come to the stack of that graph. */
export const envelopes = (events: Json[], { account, region, outputs }: Graph): StripeEnvelope[] => {
  const arrival = { eventSource: `${outputs["eventSource"]}`, keepSource: false, account, region };
  return events.map((event) => toEnvelope(event, arrival));
};

/** Has a runner take events, so many at a time; returns how many seconds it took, and each event's milliseconds. */
export const takeAll = async (runner: Runner, events: StripeEnvelope[], concurrency: number) => {
  const schedule = makeKeyedQueue(concurrency);
  const since = performance.now();
  const outcomes = await Promise.all(
    // What they are told of is one subscription's or one invoice's, and nothing of it depends on the order.
    events.map((event) => schedule(event.detail.id, () => runner.take(event))),
  );
  const seconds = (performance.now() - since) / 1000;
  const bad = outcomes.find(({ error }) => error !== null);
  if (bad) throw new Error(`${bad.eventId} was not handled: ${bad.error?.name}: ${bad.error?.message}`);
  return { seconds, milliseconds: outcomes.map(({ ms }) => ms) };
};
