import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { assignments } from "../dynamodb/assignments.ts";
import { dynamodb, updateIf } from "../dynamodb/dynamodb.ts";
import { failedSortKeys, invoicePartition, succeededKey } from "../dynamodb/keys.ts";
import { type LinkedPayment, linkOf, type Payment } from "./payment.ts";
import { addPayer, isNamed, naming, type PaymentRow, settleIntent } from "./add-payer.ts";
import { type Payer, payersOf } from "./payers.ts";
import type { Reason } from "../publishing/billing-event.ts";
import { appended, appending, isFull, outboxIn, versionOf } from "../publishing/outbox.ts";
import type { Unpublished } from "../publishing/to-publish.ts";
import { NotPublished } from "../runtime/errors.ts";
import { paymentToPublish, unpublishedPayment } from "./published-payment.ts";
import { withoutTwins } from "./twins.ts";

/** Where payments are kept. */
export interface Payments {
  /**
   * Puts a payment on record, by one write and whatever came before.
   *
   * `applied`: the record says something new. `duplicate`: it said all of it already. `stale`: what it says of this payment
   * is more (a larger amount, an earlier time), and stays. `isFirst`: no other event had told of the payment. `payers`: the ids of
   * what paid it, as far as its record names it.
   *
   * @throws {NotPublished} where too many changes of the record wait to be published.
   */
  record(payment: Payment, settings: RecordSettings): Promise<Recorded>;
  /**
   * Adds what paid it to the record of an invoice's payment, which it makes if there is none yet, and which it keeps until `expiresAt`
   * if the invoice's own event never comes. `payment`: the payment, where that event has come.
   */
  link(
    invoiceId: string,
    payer: Payer,
    expiresAt: number,
  ): Promise<{ outcome: "applied" | "duplicate"; key: string; payment: LinkedPayment | null }>;
  /**
   * Whether the invoice's rows show an attempt more with this failed one: Stripe may tell of one twice, some seconds apart.
   *
   * Over all events of an invoice it is so as often as its rows show attempts in the end, whatever their order; and for one that is
   * published already.
   */
  isNewAttempt(failed: Payment): Promise<boolean>;
}

interface Recorded {
  outcome: "applied" | "duplicate" | "stale";
  isFirst: boolean;
  payers: string[];
  /** Whose payment is on record now. */
  payment: LinkedPayment | null;
  unpublished: Unpublished;
}

/** By what a payment comes on record. */
export interface RecordSettings {
  reason: Reason;
  /** Whether it is published, as it is no failed attempt that is on record already. */
  isPublished: boolean;
}

/** Reads all rows of an invoice. */
export interface PaymentRows {
  rowsOf(invoiceId: string): Promise<Record<string, unknown>[]>;
}

/** The payments in the DynamoDB table of that name. */
export const paymentsTable = (tableName: string): Payments & PaymentRows => ({
  record: async (payment, { reason, isPublished }) => {
    const { PK, SK, payer, ...said } = payment;
    const row = { TableName: tableName, Key: { PK, SK } };
    const change = isPublished ? paymentToPublish(said, reason) : null;
    const { isWritten, before } = await recordBest(row, said, payer, change);
    const outbox = outboxIn(before);
    if (!isWritten && isFull(outbox) && fieldsToRecord(before, payment).length > 0) {
      throw new NotPublished(`${outbox.changes.length} changes of ${PK} ${SK} wait to be published`);
    }
    const isFirst = isWritten && before["amount"] === undefined;
    const payers = [...new Set([...payersOf(before), ...(payer ? [payer.id] : [])])];
    const after = isWritten && change !== null ? appended(outbox, change) : outbox;
    const unpublished = unpublishedPayment({ PK, SK }, after, isWritten ? before : null);
    const recorded = { isFirst, payers, unpublished, payment: linkOf(isWritten ? { ...said } : before) };
    if (isWritten) return { outcome: "applied", ...recorded };
    // What it says of the payment loses, but the payer that it names is kept.
    if (payer && !isNamed(before, payer) && (await addPayer(row, payer, said.expires_at)).outcome === "applied") {
      return { outcome: "applied", ...recorded };
    }
    const isKnown = Object.entries(said).every(([name, value]) => before[name] === value);
    return { outcome: isKnown ? "duplicate" : "stale", ...recorded };
  },
  link: async (invoiceId, payer, expiresAt) => {
    const Key = succeededKey(invoiceId);
    const { outcome, before } = await addPayer({ TableName: tableName, Key }, payer, expiresAt);
    return { outcome, key: `${Key.PK} ${Key.SK}`, payment: linkOf(before) };
  },
  isNewAttempt: async (failed) => {
    const rows = await query(tableName, failed.PK, failedSortKeys);
    const others = rows.filter(({ SK }) => SK !== failed.SK);
    // One that is told already is told again where its row changes.
    const isTold = rows.some((row) => row["SK"] === failed.SK && versionOf(outboxIn(row)) > 0);
    return isTold || withoutTwins([...others, failed]).length > withoutTwins(others).length;
  },
  rowsOf: (invoiceId) => query(tableName, invoicePartition(invoiceId)),
});

const query = async (tableName: string, partition: string, begin = ""): Promise<Record<string, unknown>[]> => {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: begin === "" ? "PK = :invoice" : "PK = :invoice AND begins_with(SK, :begin)",
      ConsistentRead: true,
      ExpressionAttributeValues: { ":invoice": partition, ...(begin !== "" && { ":begin": begin }) },
    }),
  );
  return Items;
};

/** The fields in which a payment's row would change if the payment were recorded: none where the row says more, or the same. */
export const fieldsToRecord = (row: Record<string, unknown> | undefined, payment: Payment): string[] => {
  const { PK: _, SK: __, payer: ___, ...said } = payment;
  const differing = Object.entries(said).flatMap(([name, value]) => (row?.[name] === value ? [] : [name]));
  if (row?.["amount"] === undefined) return differing;
  const { amount, created_at: createdAt, tie_breaker: tieBreaker } = row;
  const ranks = [
    said.amount - Number(amount),
    Number(createdAt) - said.created_at,
    typeof tieBreaker === "string" && tieBreaker > tieBreakerOf(said) ? -1 : 1,
  ];
  return (ranks.find((rank) => rank !== 0) ?? 0) > 0 ? differing : [];
};

// What an event says of a payment, but for what paid it.
type Said = Omit<Payment, "PK" | "SK" | "payer">;

// Flat, as each pair of parentheses around another multiplies the time that the emulator's parser takes.
const saysMore = [
  "attribute_not_exists(#amount)",
  "#amount < :amount",
  "(#amount = :amount AND #created_at > :created_at)",
  "(#amount = :amount AND #created_at = :created_at AND attribute_not_exists(#tie_breaker))",
  "(#amount = :amount AND #created_at = :created_at AND #tie_breaker < :tie_breaker)",
].join(" OR ");

// Of two events about one payment the same one wins, whichever comes first; the condition fails for the other.
const recordBest = async (row: PaymentRow, said: Said, payer: Payer | undefined, change: string | null) => {
  const { sets, names, values } = assignments({ ...said, tie_breaker: tieBreakerOf(said) });
  const named = payer && naming(payer);
  const kept = change === null ? null : appending(change);
  // Until an intent is known, the payment is named after the invoice.
  const unnamed = "payment_id = if_not_exists(payment_id, :stripe_invoice_id)";
  const setting = [...(named && named.set.length > 0 ? named.set : [unnamed]), ...(kept ? [kept.set] : [])];
  const written = await updateIf({
    ...row,
    UpdateExpression: `SET ${[...sets, ...setting].join(", ")} ${named?.add ?? ""}`,
    ConditionExpression: [`(${saysMore})`, ...(kept ? [kept.condition] : [])].join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ...values, ...named?.values, ...kept?.values },
  });
  if (payer && written.isWritten) await settleIntent(row, payer, written.before);
  return written;
};

// Orders events of equal amount and time by what they say: first by how much of it is known, then by all that can differ.
const tieBreakerOf = (said: Said): string => {
  const known = [
    said.customer_id !== null,
    said.subscription_id !== null,
    said.billing_period_end !== null,
    said.failure_reason !== "payment_failed",
  ];
  const { status: _, stripe_invoice_id: __, amount: ___, created_at: ____, ...rest } = said;
  const values = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [known.filter(Boolean).length, ...values.map(([, value]) => value ?? "")].join(" ");
};
