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
  /** What the emulator has to know of it: the Lambdas' environment, and the key in Parameter Store. */
  emulatorArgs: { lambdaEnvironment: Record<string, string>; parameters: Record<string, string> };
  /** Learns what an event says, whether or not it is delivered. */
  learn(event: StripeEnvelope): void;
  /** How often each call was made so far, by its method, path and status. */
  calls(): Record<string, number>;
  stop(): void;
}

const localKey = "rk_local";

/** Starts the Stripe of a runner; `now` is the emulator's time, in milliseconds since 1970. */
export const startStripe = async (source: StripeSource, now: () => number): Promise<LocalStripe> => {
  if ("apiKey" in source)
    return { emulatorArgs: argsOf(source.apiKey, {}), learn: () => {}, calls: () => ({}), stop: () => {} };
  const objects = source.objects ?? makeStripeObjects();
  const learn = source.objects ? noteTime(objects) : makeLearner(objects);
  // What is learnt is of the time of its events, after which others may come that are not learnt yet.
  const stripeNow = source.objects ? now : () => (objects.newestEventAt > 0 ? 0 : now());
  const args = { objects, key: localKey, now: stripeNow, faults: source.faults };
  const { url, ...server } = await startStripeServer(args);
  return { emulatorArgs: argsOf(localKey, { STRIPE_API: url }), learn: ({ detail }) => learn(detail), ...server };
};

const argsOf = (key: string, lambdaEnvironment: Record<string, string>): LocalStripe["emulatorArgs"] => ({
  lambdaEnvironment,
  parameters: { "stripe-api-key": key },
});

// A file says what Stripe shows after all events.
const noteTime =
  (objects: StripeObjects) =>
  ({ created }: Record<string, unknown>): void => {
    if (typeof created === "number") objects.newestEventAt = Math.max(objects.newestEventAt, created);
  };
