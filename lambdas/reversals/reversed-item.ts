import { type Reversals, reversalsIn } from "./reversals.ts";

/** The refunds and disputes of a payment on record, and whose it is; both null until the payment is known to be one of ours. */
export interface ReversedItem {
  userId: string | null;
  invoiceId: string | null;
  reversals: Reversals;
}

/** Reads an item of refunds and disputes. */
export const itemOf = (attributes: Record<string, unknown>): ReversedItem => {
  const { user_id: userId, stripe_invoice_id: invoiceId } = attributes;
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return { userId: text(userId), invoiceId: text(invoiceId), reversals: reversalsIn(attributes) };
};
