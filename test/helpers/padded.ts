import type { StripeEnvelope } from "../../local/stripe-envelope.ts";
import { bytesOf } from "../../emulator/stepfunctions/limits.ts";

/** An envelope with so much more in it that it has that many bytes. */
export const padded = (envelope: StripeEnvelope, bytes: number): StripeEnvelope => {
  const withFill = (fill: string): StripeEnvelope => ({ ...envelope, detail: { ...envelope.detail, fill } });
  return withFill("x".repeat(bytes - bytesOf(withFill(""))));
};
