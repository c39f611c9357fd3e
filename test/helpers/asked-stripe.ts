import { askStripe, type AskStripe } from "../../lambdas/stripe-api/stripe-client.ts";
import { type StripeFault, startStripeServer } from "../../local/stripe-api/server.ts";
import { makeStripeObjects, type StripeObject, type StripeObjects } from "../../local/stripe-api/stripe-objects.ts";
import type { Json } from "../../samples/stripe-objects.ts";

/** A Stripe on loopback, and what the Lambdas ask it by, with the real SDK. */
export interface AskedStripe {
  objects: StripeObjects;
  ask: AskStripe;
  /** How many calls there were so far. */
  calls(): number;
  set(kind: "subscriptions" | "invoices" | "events" | "refunds" | "disputes", ...objects: Json[]): void;
  stop(): void;
}

/** Starts a Stripe whose time is that, in unix seconds. */
export const startAskedStripe = async (
  time: { now: number },
  faults: readonly StripeFault[] = [],
): Promise<AskedStripe> => {
  const objects = makeStripeObjects();
  const server = await startStripeServer({ objects, key: "rk_live_1", now: () => 1000 * time.now, faults });
  process.env["STRIPE_API"] = server.url;
  return {
    objects,
    ask: askStripe({ parameter: "the-key", liveOnly: true, read: async () => "rk_live_1" }),
    calls: () => Object.values(server.calls()).reduce((sum, one) => sum + one, 0),
    // As a test makes them, each with an id and a time.
    set: (kind, ...made) => made.forEach((one) => objects[kind].set(one as StripeObject)),
    stop: () => {
      delete process.env["STRIPE_API"];
      server.stop();
    },
  };
};
