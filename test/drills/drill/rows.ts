import { outboxAttributes } from "../../../lambdas/publishing/outbox.ts";
import { currenciesOf, refundedAmount } from "../../../lambdas/reversals/reversed-payment.ts";
import { reversalsIn } from "../../../lambdas/reversals/reversals.ts";
import type { Runner } from "../../../local/runner.ts";

/** The rows of a run, by their keys: what other services read of them. */
export type Rows = Map<string, Row>;

type Row = Record<string, unknown>;

// What the program keeps for itself, how often a row was published, and the time of the state: Stripe's answers name another than the event does.
const own = ["stripe_subscriptions", "stripe_version", "updated_at", ...outboxAttributes];

/** Reads all rows of a run. */
export const rowsOf = async (runner: Runner): Promise<Rows> => {
  const { core, payments } = await runner.dump();
  return new Map(
    [...core, ...payments].map((row) => {
      const read = Object.entries(row["SK"] === "REVERSALS" ? reversalsOf(row) : row).filter(
        ([name]) => !own.includes(name),
      );
      return [`${row["PK"]} ${row["SK"]}`, Object.fromEntries(read.toSorted(([a], [b]) => (a < b ? -1 : 1)))];
    }),
  );
};

// What was said of refunds and disputes in the end: when, and by which events, Stripe's answers tell otherwise.
const reversalsOf = ({ user_id: userId, stripe_invoice_id: invoiceId, expires_at: expiresAt, ...row }: Row): Row => {
  const texts = Object.entries(row).map(([name, value]) => [name, Array.isArray(value) ? new Set(value) : value]);
  const said = reversalsIn(Object.fromEntries(texts));
  const withoutTime = ({ at: _, ...one }: Row): Row => one;
  return {
    userId,
    invoiceId,
    expiresAt,
    refunds: said.refunds.map((one) => withoutTime({ ...one })),
    disputes: said.disputes.map((one) => withoutTime({ ...one })),
    refunded: currenciesOf(said).map((currency) => [currency, refundedAmount(said, currency)]),
  };
};

/** The rows that were to be expected of a run in which Stripe has said of each subscription what it is. */
export const asCertain = (rows: Rows): Rows =>
  new Map([...rows].map(([key, row]) => [key, "order" in row ? { ...row, order: "certain" } : row]));

/** The keys of the rows that differ. */
export const differenceOf = (expected: Rows, found: Rows): string[] =>
  [...new Set([...expected.keys(), ...found.keys()])].filter(
    (key) => JSON.stringify(expected.get(key)) !== JSON.stringify(found.get(key)),
  );
