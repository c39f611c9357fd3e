import { create, enums, nullable, string, type } from "superstruct";
import { type Changes, changesBetween, Reason } from "../publishing/billing-event.ts";
import type { Outbox } from "../publishing/outbox.ts";
import type { Unpublished } from "../publishing/to-publish.ts";
import type { Payment } from "./payment.ts";

// A change as it is kept until it is published.
const Kept = type({
  reason: Reason,
  state: type({
    user_id: string(),
    customer_id: nullable(string()),
    subscription_id: nullable(string()),
    stripe_invoice_id: string(),
    status: enums(["succeeded", "failed"]),
  }),
});

/** What a payment's row says after a write, as a text to be published. */
export const paymentToPublish = (state: Omit<Payment, "PK" | "SK" | "payer">, reason: Reason): string =>
  JSON.stringify({ reason, state });

/**
 * What of a payment's row is not published yet, or may not be.
 *
 * `before`: the row's attributes before the last of these changes, where they are known: a write that came before the Lambda ended early tells
 * what it wrote, but not any more what it changed.
 */
export const unpublishedPayment = (
  { PK, SK }: { PK: string; SK: string },
  { published, changes }: Outbox,
  before: Record<string, unknown> | null,
): Unpublished => {
  const kept = changes.map((text) => create(JSON.parse(text), Kept));
  const changesAt = (index: number): Changes | null => {
    const state = kept[index]?.state ?? {};
    if (index > 0) return changesBetween(kept[index - 1]?.state ?? null, state);
    // A row without an amount names what paid an invoice that was not on record yet.
    if (before && kept.length === 1) return changesBetween(before["amount"] === undefined ? null : before, state);
    return published === 0 ? changesBetween(null, state) : null;
  };
  return {
    table: "payments",
    PK,
    SK,
    published,
    changes: kept.map(({ reason, state }, index) => {
      const { user_id, customer_id, subscription_id, stripe_invoice_id: invoice_id } = state;
      const subject = `payment/${PK.replace("INVOICE#", "")}/${SK}`;
      const ids = { user_id, customer_id, subscription_id, invoice_id };
      const detail = { subject, version: published + index + 1, reason, ...ids, changes: changesAt(index), state };
      return [{ type: state.status === "failed" ? "PaymentFailed" : "PaymentRecorded", detail }];
    }),
  };
};
