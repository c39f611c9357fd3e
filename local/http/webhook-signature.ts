import { createHmac, timingSafeEqual } from "node:crypto";

// What Stripe's own libraries allow between the signing and the check.
const toleranceSeconds = 300;

/**
 * Says what is wrong with the signature that Stripe puts on what it sends to a webhook; null if it is good.
 *
 * https://docs.stripe.com/webhooks#verify-manually
 */
export const signatureProblem = (
  header: string,
  body: string,
  secret: string,
  nowMilliseconds: number,
): string | null => {
  const parts = header.split(",").map((part) => part.trim().split("=", 2));
  const time = parts.find(([key]) => key === "t")?.[1];
  const signatures = parts.flatMap(([key, value]) => (key === "v1" && value !== undefined ? [value] : []));
  if (time === undefined || signatures.length === 0)
    return "there is no Stripe-Signature with a time and a v1 signature";
  const expected = Buffer.from(createHmac("sha256", secret).update(`${time}.${body}`).digest("hex"));
  const isGood = signatures.some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isGood) return "the signature is not that of this body under STRIPE_WEBHOOK_SECRET";
  const age = Math.abs(nowMilliseconds / 1000 - Number(time));
  return age <= toleranceSeconds
    ? null
    : `the signature is ${Math.round(age)} seconds old, and may be ${toleranceSeconds}`;
};
