import type { Tone } from "../html/text.ts";

// https://docs.stripe.com/api/subscriptions/object#subscription_object-status
const statuses: Record<string, [Tone, string]> = {
  trialing: ["good", "in its trial"],
  active: ["good", "paid, or nothing is due"],
  past_due: ["warn", "a payment failed, and Stripe tries again"],
  unpaid: ["bad", "all attempts to pay have failed"],
  incomplete: ["warn", "waits for its first payment"],
  incomplete_expired: ["plain", "ended, as its first payment never came"],
  paused: ["plain", "its trial ended without a payment method"],
  canceled: ["plain", "ended"],
};

/** The tone of a subscription's status. */
export const statusTone = (status: string): Tone => statuses[status]?.[0] ?? "plain";

/** What a subscription's status means. */
export const statusText = (status: string): string => statuses[status]?.[1] ?? "a status that this page does not know";

const tones: Record<string, Tone> = {
  succeeded: "good",
  won: "good",
  failed: "bad",
  lost: "bad",
  disputed: "warn",
  needs_response: "warn",
  warning_needs_response: "warn",
  refunded: "warn",
  partially_refunded: "warn",
};

/** The tone of the status of a payment, a refund or a dispute. */
export const paymentTone = (status: string): Tone => tones[status] ?? "plain";
