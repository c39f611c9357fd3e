import { succeededKey } from "../dynamodb/keys.ts";
import { sevenYearsAfter } from "../payments/retention.ts";
import { factsOf } from "../reversals/facts-of.ts";
import { report } from "../reversals/report.ts";
import type { ReversedItem } from "../reversals/reversed-item.ts";
import { parse } from "../runtime/parse.ts";
import type { Answer } from "../stripe-api/stripe-client.ts";
import { paymentOf, ListedReversal } from "../stripe/reversal.ts";
import { type Books, type Comparison, differencesOf } from "./comparison.ts";

/** Of which customer or subscription alone something is compared. */
export interface Only {
  customer: string | null;
  subscription: string | null;
}

/**
 * Compares a refund or a dispute with its record, which it heals; one that names no payment, or that is not about what `only` names, is
 * left out. That of a payment that is none of ours is recorded too: its payment may be known for ours later.
 *
 * @throws {InvalidEvent} for what is no refund or dispute of Stripe's.
 */
export const compareReversal = async (books: Books, answer: Answer<unknown>, only: Only): Promise<Comparison[]> => {
  const { reversals, dryRun, reason, log } = books;
  const reversal = parse(answer.value, ListedReversal);
  const paymentId = paymentOf(reversal);
  if (paymentId === null) return [];
  const item = await reversals.read(paymentId);
  if (!(await isAbout(books, item, only))) return [];
  books.publish(item.unpublished);
  const { id, object: kind, created } = reversal;
  const facts = factsOf(reversal, answer.from);
  const { at: _, ...said }: Record<string, unknown> = { ...facts[0]?.said };
  const known = [...item.reversals.refunds, ...item.reversals.disputes].find((one) => one.id === id);
  const differences = differencesOf(Object.keys(said), { ...known }, { ...said });
  const compared = { kind, id, userId: item.userId, reason: null, happenedAt: created, differences };
  if (differences.length === 0) return [{ ...compared, outcome: "equal" }];
  if (known && known.at >= answer.from) return [{ ...compared, outcome: "newer" }];
  const isOurs = item.userId !== null;
  if (dryRun) return [{ ...compared, outcome: isOurs ? "would_heal" : "none_of_ours" }];
  const change = await reversals.add(paymentId, facts, { expiresAt: sevenYearsAfter(created), reason });
  report(change, log);
  books.publish(change.unpublished);
  return [{ ...compared, outcome: isOurs ? "healed" : "none_of_ours" }];
};

const isAbout = async ({ payments }: Books, { invoiceId }: ReversedItem, only: Only): Promise<boolean> => {
  if (only.customer === null && only.subscription === null) return true;
  if (invoiceId === null) return false;
  const rows = await payments.rowsOf(invoiceId);
  const row = rows.find(({ SK }) => SK === succeededKey(invoiceId).SK);
  return [
    only.customer === null || row?.["customer_id"] === only.customer,
    only.subscription === null || row?.["subscription_id"] === only.subscription,
  ].every(Boolean);
};
