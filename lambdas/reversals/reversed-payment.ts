import type { DisputeFact, RefundFact } from "./facts.ts";
import type { Reversals } from "./reversals.ts";

/** What became of a payment; the first that fits of `lost`, `disputed`, `refunded`, `partially_refunded` and `succeeded`. */
export type PaymentStatus = "lost" | "disputed" | "refunded" | "partially_refunded" | "succeeded" | "failed";

/** A refund of a payment; the amount in the currency's minor unit, times in unix seconds. */
export interface RefundRecord {
  refund_id: string;
  /** Stripe's: `pending`, `requires_action`, `succeeded`, `failed`, `canceled`. */
  status: string;
  amount: number;
  currency: string;
  reason: string | null;
  failure_reason: string | null;
  created_at: number;
  /** When Stripe said so. */
  updated_at: number;
}

/** A dispute about a payment; the amount in the currency's minor unit, times in unix seconds. */
export interface DisputeRecord {
  dispute_id: string;
  /** Stripe's, such as `needs_response`, `under_review`, `won`, `lost`. */
  status: string;
  amount: number;
  currency: string;
  reason: string | null;
  /** Until when it can be answered. */
  due_by: number | null;
  created_at: number;
  /** When Stripe said so. */
  updated_at: number;
}

/** What of a payment has gone back. */
export interface ReversedPayment {
  status: PaymentStatus;
  /** What was refunded of it, in its own currency. */
  refunded_amount: number;
  /** What is left of it: without what was refunded, and what was lost by disputes; null where that is in another currency. */
  net_amount: number | null;
  /** The oldest first. */
  refunds: RefundRecord[];
  /** The dispute that is lost, else one that waits for an answer, else one that is open, else the newest. */
  dispute: DisputeRecord | null;
}

/** What a payment is by the refunds and disputes of all that paid it; of a failed one nothing can go back. */
export const reversedPayment = (
  { amount, currency, status }: { amount: number; currency: string; status: "succeeded" | "failed" },
  all: readonly Reversals[],
): ReversedPayment => {
  if (status === "failed") return { status, refunded_amount: 0, net_amount: 0, refunds: [], dispute: null };
  const refunded = all.reduce((sum, one) => sum + refundedAmount(one, currency), 0);
  const disputes = all.flatMap((one) => one.disputes);
  const isElsewhere = all.flatMap(currenciesOf).some((one) => one !== currency);
  const [dispute] = disputes.toSorted((a, b) => weightOf(b) - weightOf(a) || b.created - a.created);
  return {
    status: statusOf(dispute, refunded >= amount && refunded > 0, refunded > 0 || isElsewhere),
    refunded_amount: refunded,
    net_amount: isElsewhere ? null : amount - refunded - sumOf(disputes.filter(isLost)),
    refunds: all.flatMap(({ refunds }) => refunds.map(refundRecord)).toSorted((a, b) => a.created_at - b.created_at),
    dispute: dispute ? disputeRecord(dispute) : null,
  };
};

/**
 * How much was refunded in a currency: by the refunds that are known, and by what Stripe said of all of them together, which is of all
 * that was refunded before. A refund that fails later lowers that, and so does Stripe, by a smaller sum later.
 */
export const refundedAmount = ({ refunds, charge }: Reversals, currency: string): number => {
  const own = refunds.filter((refund) => refund.currency === currency);
  const succeeded = own.filter(hasSucceeded);
  if (charge?.currency !== currency) return sumOf(succeeded);
  const { at: summed, amount_refunded: sum, failed: leftOut } = charge;
  const hasFailedSince = ({ id, created, failed_at: failedAt }: Reversals["refunds"][number]) =>
    failedAt !== null && failedAt >= summed && created <= summed && !leftOut.includes(id);
  // A night's comparison may tell late of a failure that Stripe's sum had left out: then all of that sum has succeeded.
  const counted = sumOf(succeeded.filter(({ created }) => created <= summed));
  const left = Math.max(sum - sumOf(own.filter(hasFailedSince)), Math.min(counted, sum));
  const added = succeeded.filter(({ at, created }) => at > summed && created > summed);
  return Math.max(left + sumOf(added), sumOf(succeeded.filter(({ at }) => at >= summed)));
};

/** The currencies in which money has gone back. */
export const currenciesOf = ({ refunds, disputes, charge }: Reversals): string[] => {
  const gone = [...refunds.filter(hasSucceeded), ...disputes.filter(isLost)].map(({ currency }) => currency);
  return [...new Set([...gone, ...(charge && charge.amount_refunded > 0 ? [charge.currency] : [])])];
};

/** The sum of some amounts. */
export const sumOf = (list: readonly { amount: number }[]): number => list.reduce((sum, { amount }) => sum + amount, 0);

/** Whether a refund has reached whom it is for. */
export const hasSucceeded = ({ status }: Pick<RefundFact, "status">): boolean => status === "succeeded";

/** Whether a dispute waits for an answer. */
export const needsAnswer = ({ status }: DisputeFact): boolean => status.endsWith("needs_response");

const isLost = ({ status }: DisputeFact): boolean => status === "lost";

// One that Stripe adds is open until it says how it ended.
const closed = ["won", "warning_closed", "prevented"];

const weightOf = (dispute: DisputeFact): number => {
  if (isLost(dispute)) return 3;
  if (needsAnswer(dispute)) return 2;
  return closed.includes(dispute.status) ? 0 : 1;
};

const statusOf = (dispute: DisputeFact | undefined, isWhole: boolean, isPart: boolean): PaymentStatus => {
  if (dispute && weightOf(dispute) > 0) return isLost(dispute) ? "lost" : "disputed";
  if (isWhole) return "refunded";
  return isPart ? "partially_refunded" : "succeeded";
};

/** A refund as it is read. */
export const refundRecord = ({
  id,
  at,
  created,
  failed_at: _,
  ...said
}: Reversals["refunds"][number]): RefundRecord => ({
  refund_id: id,
  ...said,
  created_at: created,
  updated_at: at,
});

/** A dispute as it is read. */
export const disputeRecord = ({ id, at, created, ...said }: Reversals["disputes"][number]): DisputeRecord => ({
  dispute_id: id,
  ...said,
  created_at: created,
  updated_at: at,
});
