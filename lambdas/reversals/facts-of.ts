import type { Reversal } from "../stripe/reversal.ts";
import type { Fact } from "./facts.ts";
import { hasFailed, sumOf } from "./reversed-payment.ts";

/** What an object says that Stripe showed at a time, in unix seconds: a charge says it of its refunds too, where it lists them. */
export const factsOf = (reversal: Reversal, at: number): Fact[] => {
  const { id, currency } = reversal;
  if (reversal.object === "charge") {
    const { amount_refunded: refunded, refunds } = reversal;
    const list = refunds?.data ?? [];
    const isListed = list.length > 0 && sumOf(list.filter((refund) => !hasFailed(refund))) >= refunded;
    const said = { at, amount_refunded: refunded, is_listed: isListed, currency };
    return [{ kind: "charge", id, said }, ...list.flatMap((refund) => factsOf(refund, at))];
  }
  const { status, amount, created, reason = null } = reversal;
  const said = { at, status, amount, currency, reason };
  if (reversal.object === "refund") {
    return [{ kind: "refund", id, said: { ...said, failure_reason: reversal.failure_reason ?? null, created } }];
  }
  return [{ kind: "dispute", id, said: { ...said, due_by: reversal.evidence_details?.due_by ?? null, created } }];
};
