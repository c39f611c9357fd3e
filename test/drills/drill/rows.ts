import type { Runner } from "../../../local/runner.ts";

/** The rows of a run, by their keys: what other services read of them. */
export type Rows = Map<string, Record<string, unknown>>;

// What the program keeps for itself, and the time of the state: Stripe's answers name another than the event does.
const own = ["stripe_subscriptions", "stripe_version", "updated_at"];

/** Reads all rows of a run. */
export const rowsOf = async (runner: Runner): Promise<Rows> => {
  const { core, payments } = await runner.dump();
  return new Map(
    [...core, ...payments].map((row) => {
      const read = Object.entries(row).filter(([name]) => !own.includes(name));
      return [`${row["PK"]} ${row["SK"]}`, Object.fromEntries(read.toSorted(([a], [b]) => (a < b ? -1 : 1)))];
    }),
  );
};

/** The rows that were to be expected of a run in which Stripe has said of each subscription what it is. */
export const asCertain = (rows: Rows): Rows =>
  new Map([...rows].map(([key, row]) => [key, "order" in row ? { ...row, order: "certain" } : row]));

/** The keys of the rows that differ. */
export const differenceOf = (expected: Rows, found: Rows): string[] =>
  [...new Set([...expected.keys(), ...found.keys()])].filter(
    (key) => JSON.stringify(expected.get(key)) !== JSON.stringify(found.get(key)),
  );
