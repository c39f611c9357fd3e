import { payersOf } from "../../lambdas/payments/payers.ts";
import { type PaymentRecord, toPayment } from "../../records/rows.ts";
import { reversalsKey } from "../../lambdas/dynamodb/keys.ts";

/** Reads the payments of a dump of their table as other services read them: with their refunds and disputes; those of other payments are left out. */
export const paymentsIn = (dump: readonly Record<string, unknown>[]): PaymentRecord[] => {
  const items = dump.map(withSets);
  const byKey = new Map(items.map((item) => [item["PK"], item]));
  return items
    .filter(({ amount }) => amount !== undefined)
    .map((item) => {
      const reversals = payersOf(item).map((id) => byKey.get(reversalsKey(id).PK));
      return toPayment(
        item,
        reversals.filter((one) => one !== undefined),
      );
    });
};

// A dump has a list in the place of a set, and this table no list.
const withSets = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, Array.isArray(value) ? new Set(value) : value]),
  );
