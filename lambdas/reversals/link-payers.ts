import type { LinkedPayment } from "../payments/payment.ts";
import type { Reason } from "../publishing/billing-event.ts";
import type { Unpublished } from "../publishing/to-publish.ts";
import type { Log } from "../runtime/log.ts";
import { remind, report } from "./report.ts";
import type { ReversalsTable } from "./reversals-table.ts";

/**
 * Says of what paid a payment that is on record whose it is, so that its refunds and disputes are known for ours, before or after they
 * come; returns what is to be published of them.
 */
export const linkPayers = async (
  reversals: Pick<ReversalsTable, "link">,
  payers: readonly string[],
  payment: LinkedPayment,
  { reason, log }: { reason: Reason; log: Log },
): Promise<Unpublished[]> => {
  const all: Unpublished[] = [];
  for (const payer of payers) {
    const change = await reversals.link(payer, payment, reason);
    report(change, log);
    // The try before may have ended before it told of them.
    if (change.outcome === "duplicate") remind(change.after, log);
    all.push(change.unpublished);
  }
  return all;
};
