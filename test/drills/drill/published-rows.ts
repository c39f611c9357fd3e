import { withoutTwins } from "../../../lambdas/payments/twins.ts";
import { stateOf } from "../../../lambdas/reversals/published-reversals.ts";
import { itemOf } from "../../../lambdas/reversals/reversed-item.ts";
import type { Detail } from "../../../lambdas/publishing/billing-event.ts";
import type { Dump } from "../../../local/runner.ts";

/** Fields by their names. */
export type Row = Record<string, unknown>;

/** A row whose changes are published: what its events must tell. */
export interface Published {
  /** How many changes it had. */
  versions: number;
  /** How many of them wait to be published. */
  waiting: number;
  /** Whether each change shows; what is added to refunds and disputes may be older than what is known. */
  isEachSeen: boolean;
  /** Its state before the first change, of which this event tells. */
  before: (first: Pick<Detail, "user_id" | "changes"> | undefined) => Row;
  /** These fields of its state now. */
  state: (names: string[]) => Row;
}

/** The rows of a run whose changes are published, by the subjects of their events. */
export const publishedIn = ({ core, payments }: Pick<Dump, "core" | "payments">): Map<string, Published> => {
  const users = core.flatMap((row): [string, Published][] =>
    row["SK"] === "SUBSCRIPTION" && row["stripe_version"] !== undefined
      ? [[`subscription/${`${row["PK"]}`.replace("USER#", "")}`, publishedOf(row)]]
      : [],
  );
  return new Map([...users, ...payments.flatMap((row) => paymentOf(row, payments))]);
};

const publishedOf = (row: Row): Published => {
  const { stripe_published: published = 0, stripe_unpublished: unpublished = [] } = row;
  const waiting = Array.isArray(unpublished) ? unpublished.length : 0;
  const state = (names: string[]) => Object.fromEntries(names.map((name) => [name, row[name]]));
  return { versions: Number(published) + waiting, waiting, isEachSeen: true, before: () => ({}), state };
};

const paymentOf = (row: Row, rows: Row[]): [string, Published][] => {
  const id = `${row["PK"]}`.replace(/^\w+#/, "");
  if (row["SK"] === "REVERSALS") return [[`reversals/${id}`, reversalsOf(row)]];
  // Until its invoice comes, a row only names what paid.
  if (row["amount"] === undefined) return [];
  const published = publishedOf(row);
  const hasTwin = () =>
    rows.some((other) => publishedOf(other).versions > 0 && withoutTwins([other, row]).length === 1 && other !== row);
  return published.versions === 0 && hasTwin() ? [] : [[`payment/${id}/${row["SK"]}`, published]];
};

const reversalsOf = (row: Row): Published => {
  // The runner shows a set as a list.
  const sets = Object.entries(row).map(([name, value]) => [
    name,
    Array.isArray(value) && /^(refund|dispute|charge)_/.test(name) ? new Set(value) : value,
  ]);
  const { userId, reversals } = itemOf(Object.fromEntries(sets));
  const state = { user_id: userId, ...stateOf(reversals) };
  const nothing = { refunds: [], disputes: [], refunded_amounts: {} };
  // Whose payment it is is no change that shows where there is no refund or dispute yet.
  const before: Published["before"] = (first) => {
    const linked = first?.changes?.["user_id"];
    return { user_id: linked ? linked.from : first ? first.user_id : userId, ...nothing };
  };
  return { ...publishedOf(row), isEachSeen: false, before, state: () => state };
};
