import type { ChargeFact, DisputeFact, Fact, RefundFact } from "../../../lambdas/reversals/facts.ts";
import { attributeOf, type Reversals, reversalsIn } from "../../../lambdas/reversals/reversals.ts";

/** What Stripe said of a refund of 100 yen at a time; it was made at second 10. */
export const refund = (id: string, at: number, more: Partial<RefundFact> = {}): Fact => ({
  kind: "refund",
  id,
  said: {
    at,
    status: "succeeded",
    amount: 100,
    currency: "jpy",
    reason: null,
    failure_reason: null,
    created: 10,
    ...more,
  },
});

/** What Stripe said of a dispute about 580 yen at a time; it was made at second 10. */
export const dispute = (id: string, at: number, status: string, more: Partial<DisputeFact> = {}): Fact => ({
  kind: "dispute",
  id,
  said: { at, status, amount: 580, currency: "jpy", reason: "fraudulent", due_by: 900, created: 10, ...more },
});

/** How much of a charge Stripe said was refunded at a time. */
export const charge = (at: number, amount: number, more: Partial<ChargeFact> = {}): Fact => ({
  kind: "charge",
  id: "ch_1",
  said: { at, amount_refunded: amount, is_listed: false, failed: [], currency: "jpy", ...more },
});

/** The refunds and disputes of what paid a payment, of which these facts are known. */
export const knowing = (...facts: Fact[]): Reversals => {
  const byName = Map.groupBy(facts.map(attributeOf), ({ name }) => name);
  const sets = Array.from(byName, ([name, all]) => [name, new Set(all.map(({ text }) => text))] as const);
  return reversalsIn(Object.fromEntries(sets));
};
