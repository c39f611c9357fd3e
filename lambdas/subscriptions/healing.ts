import { createHash } from "node:crypto";
import { type Infer, integer, min, object, string } from "superstruct";
import type { ResolvedState } from "../ledger/reading.ts";

/** The input of an execution of `heal-subscription`: a subscription, and since when an event of it is missing. */
export const HealingInput = object({
  subscriptionId: string(),
  userId: string(),
  /** The gap's name: a later gap has another. Unix seconds. */
  gapSince: integer(),
  /** How long the missing event has to come by itself. */
  waitSeconds: min(integer(), 0),
});

export type HealingInput = Infer<typeof HealingInput>;

/** Whether a gap is open, and the execution that heals it: of that name and with that input, so that one gap starts one. */
export interface Healing {
  gap: "open" | "none";
  heal: { name: string; input: HealingInput } | null;
}

/** Says how the gap of a subscription is healed, if there is one. */
export const healingOf = (
  { gapSince }: Pick<ResolvedState, "gapSince">,
  target: { userId: string; subscriptionId: string },
  waitSeconds: number,
): Healing => {
  if (gapSince === null) return { gap: "none", heal: null };
  const { userId, subscriptionId } = target;
  const input = { subscriptionId, userId, gapSince, waitSeconds };
  return { gap: "open", heal: { name: `${nameFor(subscriptionId)}-${gapSince}`, input } };
};

// A name has at most 80 characters of these: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
const nameFor = (subscriptionId: string): string =>
  /^\w{1,64}$/.test(subscriptionId) ? subscriptionId : createHash("sha256").update(subscriptionId).digest("hex");
