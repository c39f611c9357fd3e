import type { ChargeFact, DisputeFact, Fact, RefundFact } from "./facts.ts";

/** The newest that Stripe said of each refund and dispute of what paid a payment. */
export interface Reversals {
  /** `failed_at`: since when it is one that has failed or was canceled; null while it is not. */
  refunds: (RefundFact & { id: string; failed_at: number | null })[];
  disputes: (DisputeFact & { id: string })[];
  /** How much of its charge is refunded; null where the refunds say it themselves. */
  charge: ChargeFact | null;
}

/** The attribute that keeps a fact, and the fact as a text: a set of texts only grows, so neither order nor doubles matter. */
export const attributeOf = ({ kind, id, said }: Fact): { name: string; text: string } => ({
  name: `${kind}_${id}`,
  text: JSON.stringify(said),
});

/** Reads the refunds and disputes in an item's attributes, in the order in which they were made. */
export const reversalsIn = (attributes: Record<string, unknown>): Reversals => ({
  refunds: refundsIn(attributes).toSorted(byAge),
  disputes: textsIn(attributes, "dispute")
    .map(([id, texts]) => ({ id, ...newestOf(factsIn<DisputeFact>(texts, disputeRank)) }))
    .toSorted(byAge),
  charge: chargeIn(textsIn(attributes, "charge").flatMap(([, texts]) => texts)),
});

/** Whether a refund was one, and is none any more. */
export const hasFailed = ({ status }: { status?: string | null | undefined }): boolean =>
  status === "failed" || status === "canceled";

const refundsIn = (attributes: Record<string, unknown>): Reversals["refunds"] =>
  textsIn(attributes, "refund").map(([id, texts]) => {
    const facts = factsIn<RefundFact>(texts, ({ status }) => statusOrder.refund.indexOf(status));
    const since = facts.slice(1 + facts.findLastIndex((said) => !hasFailed(said)));
    return { id, ...newestOf(facts), failed_at: since[0]?.at ?? null };
  });

// Only one charge of a payment intent can succeed.
const chargeIn = (texts: string[]): ChargeFact | null => {
  const newest = factsIn<ChargeFact>(texts, (said) => said.amount_refunded).at(-1);
  return newest === undefined || newest.is_listed ? null : newest;
};

/** Stripe's order of what follows what, for events of one second. */
export const statusOrder = {
  refund: ["requires_action", "pending", "succeeded", "canceled", "failed"],
  dispute: [
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "prevented",
    "lost",
    "appeal_needs_response",
    "appeal_under_review",
    "won",
  ],
};

const disputeRank = ({ status }: DisputeFact): number => statusOrder.dispute.indexOf(status);

const textsIn = (attributes: Record<string, unknown>, kind: Fact["kind"]): [id: string, texts: string[]][] =>
  Object.entries(attributes).flatMap(([name, value]) =>
    name.startsWith(`${kind}_`) && value instanceof Set
      ? [[name.slice(`${kind}_`.length), [...value].map(String)] as [string, string[]]]
      : [],
  );

// By their times; within one second by what comes last at Stripe, and else in any order, but always the same.
const factsIn = <T extends { at: number }>(texts: string[], rank: (said: T) => number): T[] =>
  texts
    // Only this program writes them, so the cast holds.
    .map((text) => ({ text, said: JSON.parse(text) as T }))
    .toSorted((a, b) => a.said.at - b.said.at || rank(a.said) - rank(b.said) || (a.text < b.text ? -1 : 1))
    .map(({ said }) => said);

const newestOf = <T>(facts: T[]): T => {
  const newest = facts.at(-1);
  // DynamoDB has no empty sets.
  if (newest === undefined) throw new Error("A set of facts is empty");
  return newest;
};

const byAge = (a: { created: number; id: string }, b: { created: number; id: string }): number =>
  a.created - b.created || (a.id < b.id ? -1 : 1);
