import type { PaymentRows, Payments } from "../payments/payments-table.ts";
import type { Unpublished } from "../publishing/to-publish.ts";
import type { ReversalsTable } from "../reversals/reversals-table.ts";
import type { Log } from "../runtime/log.ts";
import type { SubscriptionTables } from "../subscriptions/change-subscription.ts";
import type { Customers } from "../subscriptions/customers-table.ts";
import type { FoundUser, OwnerSettings } from "../subscriptions/find-user.ts";

/** What an object of Stripe's is compared with, and whether its row may be written. */
export interface Books extends OwnerSettings {
  customers: Pick<Customers, "usersOf">;
  subscriptions: SubscriptionTables;
  payments: PaymentRows & Payments;
  reversals: ReversalsTable;
  dryRun: boolean;
  /** Why rows change: a backfill's may be of a time when no payment's payers were linked to its user. */
  reason: "reconciliation" | "backfill";
  /** Takes what of a row is to be published, once the page is compared. */
  publish(unpublished: Unpublished): void;
  log: Log;
}

/** What became of one object of Stripe's. */
export interface Comparison {
  kind: "subscription" | "payment" | "failed_payment" | "payment_intent" | "refund" | "dispute";
  /** Stripe's id of it. */
  id: string;
  userId: string | null;
  /**
   * `equal`: its row says the same. `confirmed`: it did, and is certain now. `healed`: its row was written. `would_heal`: it would have
   * been. `newer`: an event is known that may be later. Of the others nothing is written: no user is known, the customer is deleted at
   * Stripe and has no row, others sell it, it must never be written, it cannot be read.
   */
  outcome:
    | "equal"
    | "confirmed"
    | "healed"
    | "would_heal"
    | "newer"
    | "unknown_customer"
    | "deleted_customer"
    | "none_of_ours"
    | "refused"
    | "failed";
  reason: string | null;
  /** The fields in which its row was another; `ours` is null where there was no row. */
  differences: { field: string; ours: unknown; stripes: unknown }[];
  /** The latest time in the object, in unix seconds, where it is healed: an event about something recent may still be in delivery. */
  happenedAt?: number;
}

/** Says of an object that has no user of ours what became of it. */
export const withoutUser = (
  { outcome, reason, userId }: FoundUser,
  object: Pick<Comparison, "kind" | "id">,
): Comparison => {
  const outcomes = {
    skipped: "none_of_ours",
    refused: "refused",
    unknown: "unknown_customer",
    found: "failed",
  } as const;
  return { ...object, userId, outcome: outcomes[outcome], reason, differences: [] };
};

/** The fields in which two objects differ, by these names. */
export const differencesOf = (
  names: readonly string[],
  ours: Record<string, unknown> | undefined,
  stripes: Record<string, unknown>,
): Comparison["differences"] =>
  names
    .map((field) => ({ field, ours: ours?.[field] ?? null, stripes: stripes[field] ?? null }))
    .filter((one) => JSON.stringify(one.ours) !== JSON.stringify(one.stripes));
