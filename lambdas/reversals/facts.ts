import type { Reversal } from "../stripe/reversal.ts";

/** What Stripe said of a refund at a time; amounts in the currency's minor unit, times in unix seconds. */
export interface RefundFact {
  at: number;
  status: string;
  amount: number;
  currency: string;
  reason: string | null;
  failure_reason: string | null;
  created: number;
}

/** What Stripe said of a dispute at a time. */
export interface DisputeFact {
  at: number;
  status: string;
  amount: number;
  currency: string;
  reason: string | null;
  /** Until when it can be answered. */
  due_by: number | null;
  created: number;
}

/** How much of a charge was refunded at a time, by all its refunds together. */
export interface ChargeFact {
  at: number;
  amount_refunded: number;
  currency: string;
}

/** What Stripe said of one object of it at a time. */
export type Fact =
  | { kind: "refund"; id: string; said: RefundFact }
  | { kind: "dispute"; id: string; said: DisputeFact }
  | { kind: "charge"; id: string; said: ChargeFact };

/** What an object says that Stripe showed at a time, in unix seconds: a charge says it of its refunds too, where it lists them. */
export const factsOf = (reversal: Reversal, at: number): Fact[] => {
  const { id, currency } = reversal;
  if (reversal.object === "charge") {
    const listed = (reversal.refunds?.data ?? []).flatMap((refund) => factsOf(refund, at));
    return [{ kind: "charge", id, said: { at, amount_refunded: reversal.amount_refunded, currency } }, ...listed];
  }
  const { status, amount, created, reason = null } = reversal;
  const said = { at, status, amount, currency, reason };
  if (reversal.object === "refund") {
    return [{ kind: "refund", id, said: { ...said, failure_reason: reversal.failure_reason ?? null, created } }];
  }
  return [{ kind: "dispute", id, said: { ...said, due_by: reversal.evidence_details?.due_by ?? null, created } }];
};
