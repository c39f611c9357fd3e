// Stripe may make two Event objects of one failed attempt; less than so many seconds apart they are taken for one.
const twinSeconds = 5;

/** What tells one failed attempt from another: whose, how much, the attempt of Stripe's schedule, and when, in unix seconds. */
interface Attempt {
  status?: unknown;
  stripe_invoice_id?: unknown;
  amount?: unknown;
  attempt_count?: unknown;
  created_at?: unknown;
}

// Whether two rows are one failed attempt that Stripe told of twice.
const isTwin = (a: Attempt, b: Attempt): boolean =>
  a.status === "failed" &&
  b.status === "failed" &&
  a.stripe_invoice_id === b.stripe_invoice_id &&
  a.amount === b.amount &&
  a.attempt_count === b.attempt_count &&
  Math.abs(Number(a.created_at) - Number(b.created_at)) < twinSeconds;

/** The rows without the second ones of each failed attempt that Stripe told of twice; the earliest stays. */
export const withoutTwins = <T extends Attempt>(rows: readonly T[]): T[] => {
  const kept: T[] = [];
  for (const row of rows.toSorted((a, b) => Number(a.created_at) - Number(b.created_at))) {
    if (!kept.some((one) => isTwin(one, row))) kept.push(row);
  }
  return rows.filter((row) => kept.includes(row));
};
