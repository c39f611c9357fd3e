import { enums, type Infer } from "superstruct";

/** The types of event that are published. */
export type DetailType =
  | "SubscriptionChanged"
  | "SubscriptionHealed"
  | "PaymentRecorded"
  | "PaymentFailed"
  | "RefundRecorded"
  | "DisputeChanged";

/** By what something changed: an event of Stripe's, or what Stripe answered where one was missing, at night, or for the past. */
export const Reason = enums(["event", "healing", "reconciliation", "backfill"]);

export type Reason = Infer<typeof Reason>;

/** What changed of a state, by the names of its fields. */
export type Changes = Record<string, { from: unknown; to: unknown }>;

/** What an event tells, for any of the types. */
export interface Detail {
  /** What it is about: a user's subscription, one payment, or the refunds and disputes of one payment. */
  subject: string;
  /** Grows with each change of the subject; the event with the largest one has its newest state. */
  version: number;
  reason: Reason;
  /** Null while no payment of ours is known to be what it is about. */
  user_id: string | null;
  /** Null where it is not known any more from what it changed, or where the event would be too large with it. */
  changes: Changes | null;
  /** The whole state after the change; null where the event would be too large with it: the row has it. */
  state: object | null;
  [id: string]: unknown;
}

/** An event for other services. */
export interface BillingEvent {
  type: DetailType;
  detail: Detail;
}

/** The fields in which a state differs from the one before; all of them where there was none. */
export const changesBetween = (before: object | null, after: object): Changes => {
  const old = new Map(Object.entries(before ?? {}));
  const fields = Object.entries(after).filter(
    ([name, to]) => JSON.stringify(old.get(name) ?? null) !== JSON.stringify(to ?? null),
  );
  return Object.fromEntries(fields.map(([name, to]) => [name, { from: old.get(name) ?? null, to: to ?? null }]));
};
