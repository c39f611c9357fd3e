import { Stripe } from "stripe";
import { StripeKeyRefused } from "../runtime/errors.ts";
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

/**
 * Stripe's API, with the key from Parameter Store; `STRIPE_API` is the address of another server that speaks it.
 *
 * @throws {StripeKeyRefused} where no key is set, and where Stripe refuses it.
 */
export const askStripe =
  (keyParameter: string, readKey = stripeKey): AskStripe =>
  async (ask) => {
    const stripe = clientWith(await readKey(keyParameter));
    const since = performance.now();
    try {
      const value = await ask(stripe);
      return { value, ...secondsOf(value.lastResponse.headers["date"], performance.now() - since) };
    } catch (error) {
      if (isMissing(error)) return null;
      if (!(error instanceof Stripe.errors.StripeAuthenticationError || isForbidden(error))) throw error;
      // It may have been replaced since it was read.
      forgetStripeKey();
      const reason = `Stripe refuses the key in Parameter Store under ${keyParameter} (${error.code ?? error.type})`;
      throw new StripeKeyRefused(`${reason}: ${howToSet}`);
    }
  };

const clientWith = (key: string): Stripe => {
  const { protocol, hostname, port } = new URL(process.env["STRIPE_API"] ?? "https://api.stripe.com");
  return new Stripe(key, {
    apiVersion,
    protocol: protocol === "http:" ? "http" : "https",
    host: hostname,
    ...(port !== "" && { port }),
    // 429 and 5xx too; a state machine tries again after that.
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

const isForbidden = (error: unknown): error is Stripe.errors.StripePermissionError =>
  error instanceof Stripe.errors.StripePermissionError;
