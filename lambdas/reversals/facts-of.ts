import type { Reversal } from "../stripe/reversal.ts";
import type { Fact } from "./facts.ts";
import { sumOf } from "./reversed-payment.ts";
import { hasFailed } from "./reversals.ts";

/** What an object says that Stripe showed at a time, in unix seconds: a charge says it of its refunds too, where it lists them. */
export const factsOf = (reversal: Reversal, at: number): Fact[] => {
  const { id, currency } = reversal;
  if (reversal.object === "charge") {
    const { amount_refunded: refunded, refunds } = reversal;
    const list = refunds?.data ?? [];
    const current = list.filter((refund) => !hasFailed(refund));
    const isListed = list.length > 0 && sumOf(current) >= refunded;
    const failed = list.filter(hasFailed).map((refund) => refund.id);
    const said = { at, amount_refunded: refunded, is_listed: isListed, failed: failed.toSorted(), currency };
    return [{ kind: "charge", id, said }, ...list.flatMap((refund) => factsOf(refund, at))];
  }
  const { amount, created, reason = null } = reversal;
  const status = reversal.status ?? "unknown";
  const said = { at, status, amount, currency, reason };
  if (reversal.object === "refund") {
    return [{ kind: "refund", id, said: { ...said, failure_reason: reversal.failure_reason ?? null, created } }];
  }
  return [{ kind: "dispute", id, said: { ...said, due_by: reversal.evidence_details?.due_by ?? null, created } }];
};
