import { Stripe } from "stripe";
import { StripeFailed, StripeKeyRefused } from "../runtime/errors.ts";
import { forgetStripeKey, howToSet, stripeKey } from "./stripe-key.ts";

/** The version of Stripe's API that is asked for; that of the SDK, whose types are of it. */
export const apiVersion = "2026-10-28.endive";

/** What Stripe answered, and in which seconds of its clock it read that. */
export interface Answer<T> {
  value: T;
  /** It was read some time in these seconds, in unix seconds: all that happened before `from` is in it, nothing that happened after `to`. */
  from: number;
  to: number;
}

/** Asks Stripe; null where there is no such object. */
export type AskStripe = <T>(ask: (stripe: Stripe) => Promise<Stripe.Response<T>>) => Promise<Answer<T> | null>;

/** The key that Stripe is asked with. */
export interface StripeKey {
  /** Its name in Parameter Store. */
  parameter: string;
  /** Whether one of Stripe's test mode is refused: with it, Stripe would know of no live object. */
  liveOnly: boolean;
  read?: typeof stripeKey;
}

/**
 * Stripe's API, with the key from Parameter Store; `STRIPE_API` is the address of another server that speaks it.
 *
 * @throws {StripeKeyRefused} where no key is set, where it is of the wrong mode, and where Stripe refuses it.
 * @throws {StripeFailed} where Stripe does not answer, or with another error.
 */
export const askStripe =
  ({ parameter, liveOnly, read = stripeKey }: StripeKey): AskStripe =>
  async (ask) => {
    const key = await read(parameter);
    if (liveOnly && /^\w+_test_/.test(key)) throw refusal(parameter, "is of Stripe's test mode");
    const stripe = clientWith(key);
    const since = performance.now();
    try {
      const value = await ask(stripe);
      return { value, ...secondsOf(value.lastResponse.headers["date"], performance.now() - since) };
    } catch (error) {
      if (isMissing(error)) return null;
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      if (!refusals.some((Refusal) => error instanceof Refusal))
        throw new StripeFailed(`${error.type}: ${error.message}`, { cause: error });
      // Of a right that it lacks Stripe says the name; the rest of the message has a part of the key.
      const [right = ""] = /rak_\w+/.exec(error.message) ?? [];
      throw refusal(
        parameter,
        `is refused by Stripe (${[error.code ?? error.type, right].filter(Boolean).join(", ")})`,
      );
    }
  };

const refusal = (parameter: string, why: string): StripeKeyRefused => {
  // It may have been replaced since it was read.
  forgetStripeKey();
  return new StripeKeyRefused(`The Stripe key in Parameter Store under ${parameter} ${why}: ${howToSet}`);
};

const clientWith = (key: string): Stripe => {
  const { protocol, hostname, port } = new URL(process.env["STRIPE_API"] ?? "https://api.stripe.com");
  return new Stripe(key, {
    apiVersion,
    protocol: protocol === "http:" ? "http" : "https",
    host: hostname,
    ...(port !== "" && { port }),
    // After a broken connection and 5xx; the state machine tries again after that, and after 429, which the client leaves alone.
    maxNetworkRetries: 2,
    timeout: 15_000,
    telemetry: false,
  });
};

// The clocks of AWS and Stripe may differ, so that Stripe's alone counts; its `Date` is whole seconds, of when it answered.
const seconds = 2;

const secondsOf = (date: string | undefined, milliseconds: number): { from: number; to: number } => {
  const answered = Date.parse(date ?? "") / 1000;
  if (Number.isNaN(answered)) throw new Error(`Stripe's answer has no time: its header Date is ${date}`);
  return { from: Math.floor(answered - milliseconds / 1000) - seconds, to: answered + seconds };
};

const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "resource_missing";

const refusals = [Stripe.errors.StripeAuthenticationError, Stripe.errors.StripePermissionError];
