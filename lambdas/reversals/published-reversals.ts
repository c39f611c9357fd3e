import { isDeepStrictEqual } from "node:util";
import { array, create, type Infer, record, string, type } from "superstruct";
import { reversalsKey } from "../dynamodb/keys.ts";
import { type BillingEvent, changesBetween, Reason } from "../publishing/billing-event.ts";
import { outboxIn } from "../publishing/outbox.ts";
import type { Unpublished } from "../publishing/to-publish.ts";
import { currenciesOf, disputeRecord, refundedAmount, refundRecord } from "./reversed-payment.ts";
import { itemOf } from "./reversed-item.ts";
import type { Reversals } from "./reversals.ts";

// What was added to an item, as it is kept until it is published: texts to its sets, and whose payment it is.
const Kept = type({
  reason: Reason,
  texts: record(string(), array(string())),
  owner: record(string(), string()),
  /** Whose it was before, where that was known. */
  ownerBefore: record(string(), string()),
});

/** What was added to an item. */
export type Kept = Infer<typeof Kept>;

/** What is added to the refunds and disputes of a payment, as a text to be published. */
export const reversalsToPublish = ({
  reason,
  texts,
  owner,
  ownerBefore = {},
}: Omit<Kept, "ownerBefore"> & Partial<Kept>): string => JSON.stringify({ reason, texts, owner, ownerBefore });

/** What of the refunds and disputes of a payment is not published yet, or may not be, by the item's attributes. */
export const unpublishedReversals = (paymentId: string, attributes: Record<string, unknown>): Unpublished => {
  const { published, changes } = outboxIn(attributes);
  const events: BillingEvent[][] = [];
  let after = attributes;
  // The item only grows, so what it was is what it is without what came since.
  for (const [index, text] of [...changes.entries()].toReversed()) {
    const change = create(JSON.parse(text), Kept);
    const before = without(after, change);
    const shown = { before: shownIn(before), after: shownIn(after) };
    events.unshift(eventsOf(paymentId, { reason: change.reason, version: published + index + 1, ...shown }));
    after = before;
  }
  return { table: "payments", ...reversalsKey(paymentId), published, changes: events };
};

const without = (attributes: Record<string, unknown>, { texts, owner, ownerBefore }: Kept): Record<string, unknown> => {
  const owned = Object.entries(attributes).filter(([name]) => !(name in owner));
  const before = owned.map(([name, value]) => {
    const added = texts[name];
    return [
      name,
      added && value instanceof Set ? new Set([...value].filter((text) => !added.includes(text))) : value,
    ] as const;
  });
  const others = before.filter(([, value]) => !(value instanceof Set) || value.size > 0);
  return { ...Object.fromEntries(others), ...ownerBefore };
};

const shownIn = (attributes: Record<string, unknown>) => {
  const { userId, invoiceId, reversals } = itemOf(attributes);
  return { userId, invoiceId, state: stateOf(reversals) };
};

/** The refunds and disputes of a payment as they are published. */
export const stateOf = (reversals: Reversals) => ({
  refunds: reversals.refunds.map(refundRecord),
  disputes: reversals.disputes.map(disputeRecord),
  refunded_amounts: Object.fromEntries(
    currenciesOf(reversals)
      .map((currency) => [currency, refundedAmount(reversals, currency)] as const)
      .filter(([, amount]) => amount > 0),
  ),
});

// When Stripe last said something is no change by itself.
const lasting = (state: ReturnType<typeof stateOf>) => ({
  ...state,
  refunds: state.refunds.map(({ updated_at: _, ...refund }) => refund),
  disputes: state.disputes.map(({ updated_at: _, ...dispute }) => dispute),
});

type Shown = ReturnType<typeof shownIn>;

const eventsOf = (
  paymentId: string,
  { reason, version, before, after }: { reason: Reason; version: number; before: Shown; after: Shown },
): BillingEvent[] => {
  const { state, userId: user_id, invoiceId: invoice_id } = after;
  // A payment that becomes known for ours is told of with all that came before.
  const isLinked = before.userId !== after.userId;
  const [old, now] = [before.state, state].map(lasting);
  const hasChanged = (names: (keyof Shown["state"])[]): boolean =>
    names.some(
      (name) => !isDeepStrictEqual(old?.[name], now?.[name]) || (isLinked && Object.keys(state[name]).length > 0),
    );
  const subject = `reversals/${paymentId}`;
  const ids = { user_id, invoice_id, payment_id: paymentId };
  const detail = {
    subject,
    version,
    reason,
    ...ids,
    changes: changesBetween({ user_id: before.userId, ...before.state }, { user_id, ...state }),
    state,
  };
  return [
    ...(hasChanged(["refunds", "refunded_amounts"]) ? [{ type: "RefundRecorded", detail } as const] : []),
    ...(hasChanged(["disputes"]) ? [{ type: "DisputeChanged", detail } as const] : []),
  ];
};
