import type { Log } from "../runtime/log.ts";
import { emitAmount, emitMetrics } from "../runtime/metric.ts";
import { currenciesOf, hasSucceeded, needsAnswer, refundedAmount, sumOf } from "./reversed-payment.ts";
import type { Reversals } from "./reversals.ts";
import type { ReversedItem } from "./reversed-item.ts";
import type { ItemChange } from "./reversals-table.ts";

/** Tells of money of ours that has gone back by a change, and of disputes: log lines, and metrics to alert on. */
export const report = ({ before, after }: Pick<ItemChange, "before" | "after">, log: Log): void => {
  const { userId, invoiceId } = after;
  const [old, now] = [oursIn(before), oursIn(after)];
  const ids = { userId, invoiceId };
  for (const currency of currenciesOf(now)) reportRefunds(old, now, { ...ids, currency }, log);
  for (const dispute of now.disputes) {
    const known = old.disputes.find(({ id }) => id === dispute.id);
    reportDispute(known, dispute, ids, log);
  }
};

/** Tells again of the disputes of ours that wait for an answer: better twice than not at all. */
export const remind = (item: ReversedItem, log: Log): void => {
  const { userId, invoiceId } = item;
  for (const dispute of oursIn(item).disputes.filter(needsAnswer)) tellOfWaiting(dispute, { userId, invoiceId }, log);
};

const reportRefunds = (old: Reversals, now: Reversals, facts: { currency: string }, log: Log): void => {
  const { currency } = facts;
  const succeeded = now.refunds.filter((refund) => refund.currency === currency && hasSucceeded(refund));
  const added = succeeded.filter(({ id }) => !old.refunds.some((one) => one.id === id && hasSucceeded(one)));
  // Where Stripe says how much it is in all, this counts, as it tells of refunds that are not known by themselves.
  const isBySum = now.charge !== null || old.charge !== null;
  const amount = isBySum ? refundedAmount(now, currency) - refundedAmount(old, currency) : sumOf(added);
  if (amount <= 0) return;
  log.info("Refunded", { ...facts, amount });
  emitMetrics({ Refunded: Math.max(added.length, 1) });
  emitAmount("RefundedAmount", amount, currency);
};

type Dispute = Reversals["disputes"][number];

const reportDispute = (old: Dispute | undefined, now: Dispute, ids: object, log: Log): void => {
  if (!old) {
    emitMetrics({ Disputed: 1 });
    emitAmount("DisputedAmount", now.amount, now.currency);
  }
  if (needsAnswer(now) && !(old && needsAnswer(old))) tellOfWaiting(now, ids, log);
  else if (old?.status !== now.status) log.info("Disputed", describe(now, ids));
};

const tellOfWaiting = (dispute: Dispute, ids: object, log: Log): void => {
  log.error("Dispute needs an answer", describe(dispute, ids));
  emitMetrics({ DisputeOpened: 1 });
};

const describe = ({ id: disputeId, status, reason, amount, currency, due_by: dueBy }: Dispute, ids: object): object => {
  const due = dueBy === null ? null : new Date(dueBy * 1000).toISOString();
  return { ...ids, disputeId, status, reason, amount, currency, dueBy: due };
};

// Others sell the payment of which no user is known, or its own events have not come yet, which tell of it then.
const oursIn = ({ userId, reversals }: ReversedItem): Reversals =>
  userId === null ? { refunds: [], disputes: [], charge: null } : reversals;
