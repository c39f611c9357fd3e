import type { Log } from "../runtime/log.ts";
import { emitAmount, emitMetrics } from "../runtime/metric.ts";
import { currenciesOf, needsAnswer, refundedAmount } from "./reversed-payment.ts";
import type { Reversals } from "./reversals.ts";
import type { ReversedItem } from "./reversed-item.ts";
import type { ItemChange } from "./reversals-table.ts";

/** Tells of money of ours that has gone back by a change, and of disputes that wait for an answer since: log lines, and metrics to alert on. */
export const report = ({ before, after }: Pick<ItemChange, "before" | "after">, log: Log): void => {
  const { userId, invoiceId } = after;
  const [old, now] = [before, after].map(oursIn) as [Reversals, Reversals];
  for (const currency of currenciesOf(now)) {
    const amount = refundedAmount(now, currency) - refundedAmount(old, currency);
    if (amount <= 0) continue;
    log.info("Refunded", { userId, invoiceId, amount, currency });
    emitMetrics({ Refunded: 1 });
    emitAmount("RefundedAmount", amount, currency);
  }
  for (const { id, status, amount, currency, reason, due_by: dueBy } of now.disputes.filter(needsAnswer)) {
    if (old.disputes.some((one) => one.id === id && needsAnswer(one))) continue;
    const due = dueBy === null ? null : new Date(dueBy * 1000).toISOString();
    log.error("Dispute needs an answer", {
      userId,
      invoiceId,
      disputeId: id,
      status,
      reason,
      amount,
      currency,
      dueBy: due,
    });
    emitMetrics({ DisputeOpened: 1 });
    emitAmount("DisputedAmount", amount, currency);
  }
};

// Others sell the payment of which no user is known, or its own events have not come yet, which tell of it then.
const oursIn = ({ userId, reversals }: ReversedItem): Reversals =>
  userId === null ? { refunds: [], disputes: [], charge: null } : reversals;
