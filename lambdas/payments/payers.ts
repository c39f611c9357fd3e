/** What paid an invoice, or a part of it. */
export interface Payer {
  /** `pi_…`; of a charge without a payment intent `ch_…`. */
  id: string;
  /** The default intent is that of the invoice's own payment. */
  kind: "default_intent" | "intent" | "charge";
}

/** What paid an invoice by one of its payments; null where it names nothing that has refunds or disputes. */
export const payerOf = (
  {
    payment_intent: intent,
    charge,
  }: { payment_intent?: string | null | undefined; charge?: string | null | undefined },
  isDefault: boolean,
): Payer | null => {
  if (intent) return { id: intent, kind: isDefault ? "default_intent" : "intent" };
  return charge ? { id: charge, kind: "charge" } : null;
};

/** The set in a payment's row that has the payers of a kind. */
export const setOf = ({ kind }: Payer): string =>
  kind === "charge" ? "stripe_charge_ids" : "stripe_payment_intent_ids";

/** The ids of what paid a payment, by its row. */
export const payersOf = (row: Record<string, unknown>): string[] => {
  const { stripe_payment_intent_id: own, stripe_payment_intent_ids: intents, stripe_charge_ids: charges } = row;
  const payers = [intents, charges].flatMap((ids) => (ids instanceof Set ? [...ids].map(String) : []));
  return [...new Set([...(typeof own === "string" ? [own] : []), ...payers])];
};
