import type { StripeEnvelope } from "../stripe-envelope.ts";
import { makeLearner } from "./learn-event.ts";
import { type StripeFault, startStripeServer } from "./server.ts";
import { makeStripeObjects, type StripeObjects } from "./stripe-objects.ts";

/** Which Stripe the Lambdas ask: the one of an API key, or this machine's. */
export type StripeSource =
  | { apiKey: string }
  | {
      /** What it has; without it what events say is the newest state of each object. */
      objects?: StripeObjects;
      /** Calls that fail. */
      faults?: readonly StripeFault[];
    };

/** The Stripe that a runner's Lambdas ask. */
export interface LocalStripe {
  /** What the Lambdas' environment says of it. */
  lambdaEnvironment: Record<string, string>;
  /** The API key. */
  key: string;
  /** Learns what an event says, whether or not it is delivered. */
  learn(event: StripeEnvelope): void;
  /** How often each call was made so far, by its method, path and status. */
  calls(): Record<string, number>;
  stop(): void;
}

const localKey = "rk_test_local";

/** Starts the Stripe of a runner; `now` is the emulator's time, in milliseconds since 1970. */
export const startStripe = async (source: StripeSource, now: () => number): Promise<LocalStripe> => {
  if ("apiKey" in source)
    return { lambdaEnvironment: {}, key: source.apiKey, learn: () => {}, calls: () => ({}), stop: () => {} };
  const objects = source.objects ?? makeStripeObjects();
  const learn = source.objects ? noteTime(objects) : makeLearner(objects);
  const { url, ...server } = await startStripeServer({ objects, key: localKey, now, faults: source.faults });
  return { lambdaEnvironment: { STRIPE_API: url }, key: localKey, learn: ({ detail }) => learn(detail), ...server };
};

// A file says what Stripe shows after all events.
const noteTime =
  (objects: StripeObjects) =>
  ({ created }: Record<string, unknown>): void => {
    if (typeof created === "number") objects.newestEventAt = Math.max(objects.newestEventAt, created);
  };
