import type { ChargeFact, DisputeFact, Fact, RefundFact } from "./facts.ts";

/** The newest that Stripe said of each refund and dispute of a payment. */
export interface Reversals {
  refunds: (RefundFact & { id: string })[];
  disputes: (DisputeFact & { id: string })[];
  /** How much of its charge is refunded; null where the refunds say it themselves. */
  charge: ChargeFact | null;
}

/** The attribute that keeps a fact, and the fact as a text: a set of texts only grows, so neither order nor doubles matter. */
export const attributeOf = ({ kind, id, said }: Fact): { name: string; text: string } => ({
  name: `${kind}_${id}`,
  text: JSON.stringify(said),
});

/** Reads the refunds and disputes of one payment from its items, in the order in which they were made. */
export const reversalsIn = (items: readonly Record<string, unknown>[]): Reversals => ({
  refunds: textsIn(items, "refund")
    .map(([id, texts]) => ({ id, ...newestOf<RefundFact>(texts, ({ status }) => statusOrder.refund.indexOf(status)) }))
    .toSorted(byAge),
  disputes: textsIn(items, "dispute")
    .map(([id, texts]) => ({
      id,
      ...newestOf<DisputeFact>(texts, ({ status }) => statusOrder.dispute.indexOf(status)),
    }))
    .toSorted(byAge),
  charge: chargeIn(textsIn(items, "charge").flatMap(([, texts]) => texts)),
});

// Only one charge of a payment intent can succeed.
const chargeIn = (texts: string[]): ChargeFact | null => {
  const newest = texts.length === 0 ? null : newestOf<ChargeFact>(texts, (said) => said.amount_refunded);
  return newest?.is_listed === true ? null : newest;
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

const textsIn = (items: readonly Record<string, unknown>[], kind: Fact["kind"]): [id: string, texts: string[]][] => {
  const byId = new Map<string, Set<string>>();
  for (const [name, value] of items.flatMap((item) => Object.entries(item))) {
    if (!name.startsWith(`${kind}_`) || !(value instanceof Set)) continue;
    const id = name.slice(`${kind}_`.length);
    byId.set(id, new Set<string>([...(byId.get(id) ?? []), ...value]));
  }
  return [...byId].map(([id, texts]) => [id, [...texts]]);
};

// The later one; of one second that which comes last at Stripe, and else any, but always the same.
const newestOf = <T extends { at: number }>(texts: string[], rank: (said: T) => number): T => {
  // Only this program writes them, so the cast holds.
  const facts = texts.map((text) => ({ text, said: JSON.parse(text) as T }));
  return facts.reduce((a, b) => {
    const order = a.said.at - b.said.at || rank(a.said) - rank(b.said) || (a.text < b.text ? -1 : 1);
    return order > 0 ? a : b;
  }).said;
};

const byAge = (a: { created: number; id: string }, b: { created: number; id: string }): number =>
  a.created - b.created || (a.id < b.id ? -1 : 1);
