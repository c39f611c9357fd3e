import { isDeepStrictEqual } from "node:util";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { assignments } from "../dynamodb/assignments.ts";
import { dynamodb, isConditionFailed, update } from "../dynamodb/dynamodb.ts";
import { reversalsKey } from "../dynamodb/keys.ts";
import type { PaymentRow } from "../payments/add-payer.ts";
import type { LinkedPayment } from "../payments/payment.ts";
import type { Fact } from "./facts.ts";
import { attributeOf, type Reversals, reversalsIn } from "./reversals.ts";

/** The refunds and disputes of a payment on record, and whose it is; both null until the payment is known to be one of ours. */
export interface ReversedItem {
  userId: string | null;
  invoiceId: string | null;
  reversals: Reversals;
}

/** What a write has changed. */
export interface ItemChange {
  /** `applied`: it says something new. `duplicate`: all of it was known. `stale`: something later is. */
  outcome: "applied" | "duplicate" | "stale";
  key: string;
  before: ReversedItem;
  after: ReversedItem;
}

/** Where refunds and disputes are kept: an item for each payment intent, or charge where there is none. */
export interface ReversalsTable {
  /** Reads what is on record of a payment; nothing is where there is no item. */
  read(paymentId: string): Promise<ReversedItem>;
  /** Adds what Stripe said of them, by one write without a read; `expiresAt`: until when it is kept at least, in unix seconds. */
  add(paymentId: string, facts: Fact[], expiresAt: number): Promise<ItemChange>;
  /** Adds whose payment it is. */
  link(paymentId: string, payment: LinkedPayment): Promise<ItemChange>;
}

/** The refunds and disputes in the payments table of that name. */
export const reversalsTable = (tableName: string): ReversalsTable => ({
  read: async (paymentId) => {
    const input = { TableName: tableName, Key: reversalsKey(paymentId), ConsistentRead: true };
    const { Item = {} } = await dynamodb.send(new GetCommand(input));
    return itemOf(Item);
  },
  add: (paymentId, facts, expiresAt) => {
    const byName = Map.groupBy(facts.map(attributeOf), ({ name }) => name);
    const texts = Array.from(byName, ([name, all]) => [name, new Set(all.map(({ text }) => text))] as const);
    return write(tableName, paymentId, { texts: Object.fromEntries(texts), owner: {}, expiresAt });
  },
  link: (paymentId, { userId, invoiceId, expiresAt }) =>
    write(tableName, paymentId, { texts: {}, owner: { user_id: userId, stripe_invoice_id: invoiceId }, expiresAt }),
});

// What is added to an item: texts to its sets, and whose payment it is.
interface Addition {
  texts: Record<string, Set<string>>;
  owner: Record<string, string>;
  expiresAt: number;
}

const write = async (tableName: string, paymentId: string, addition: Addition): Promise<ItemChange> => {
  const Key = reversalsKey(paymentId);
  const old = await grow({ TableName: tableName, Key }, addition);
  const grown = Object.entries(addition.texts).map(
    ([name, texts]) => [name, new Set([...textsOf(old[name]), ...texts])] as const,
  );
  const added = { ...addition.owner, ...Object.fromEntries(grown) };
  const isKnown = Object.entries(added).every(([name, value]) => isDeepStrictEqual(old[name], value));
  const [before, after] = [itemOf(old), itemOf({ ...old, ...added })];
  const outcome = isKnown ? "duplicate" : isDeepStrictEqual(before, after) ? "stale" : "applied";
  return { outcome, key: `${Key.PK} ${Key.SK}`, before, after };
};

const textsOf = (value: unknown): Set<string> => (value instanceof Set ? value : new Set());

const itemOf = (attributes: Record<string, unknown>): ReversedItem => {
  const { user_id: userId, stripe_invoice_id: invoiceId } = attributes;
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return { userId: text(userId), invoiceId: text(invoiceId), reversals: reversalsIn(attributes) };
};

// Returns the attributes as they were. It is kept until the last that it says may go: an older event leaves that as it is.
const grow = async (row: PaymentRow, { texts, owner, expiresAt }: Addition): Promise<Record<string, unknown>> => {
  const later = { ...owner, expires_at: expiresAt };
  const condition = "attribute_not_exists(#expires_at) OR #expires_at <= :expires_at";
  try {
    return await update({ ...row, ...expressionOf(later, texts), ConditionExpression: condition });
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return update({ ...row, ...expressionOf(owner, texts) });
  }
};

const expressionOf = (set: Record<string, unknown>, added: Record<string, Set<string>>) => {
  const { sets, names, values } = assignments(set);
  // An id is no name that an expression takes.
  const adds = Object.entries(added).map(([name, texts], index) => ({ name, texts, as: `text${index}` }));
  const setting = sets.length > 0 ? [`SET ${sets.join(", ")}`] : [];
  const adding = adds.length > 0 ? [`ADD ${adds.map(({ as }) => `#${as} :${as}`).join(", ")}`] : [];
  return {
    UpdateExpression: [...setting, ...adding].join(" "),
    ExpressionAttributeNames: { ...names, ...Object.fromEntries(adds.map(({ as, name }) => [`#${as}`, name])) },
    ExpressionAttributeValues: { ...values, ...Object.fromEntries(adds.map(({ as, texts }) => [`:${as}`, texts])) },
  };
};
