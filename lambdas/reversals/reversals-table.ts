import { isDeepStrictEqual } from "node:util";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { dynamodb, updateIf } from "../dynamodb/dynamodb.ts";
import { reversalsKey } from "../dynamodb/keys.ts";
import type { LinkedPayment } from "../payments/payment.ts";
import type { Reason } from "../publishing/billing-event.ts";
import { appended, isFull, outboxIn } from "../publishing/outbox.ts";
import type { Unpublished } from "../publishing/to-publish.ts";
import { NotPublished } from "../runtime/errors.ts";
import type { Fact } from "./facts.ts";
import { type Addition, expressionOf } from "./growing.ts";
import { type Kept, reversalsToPublish, unpublishedReversals } from "./published-reversals.ts";
import { itemOf, type ReversedItem } from "./reversed-item.ts";
import { attributeOf } from "./reversals.ts";

/** What a write has changed. */
export interface ItemChange {
  /** `applied`: it says something new. `duplicate`: all of it was known. `stale`: something later is. */
  outcome: "applied" | "duplicate" | "stale";
  key: string;
  before: ReversedItem;
  after: ReversedItem;
  unpublished: Unpublished;
}

/** Where refunds and disputes are kept: an item for each payment intent, or charge where there is none. */
export interface ReversalsTable {
  /** Reads what is on record of a payment; nothing is where there is no item. */
  read(paymentId: string): Promise<ReversedItem & Pick<ItemChange, "unpublished">>;
  /**
   * Adds what Stripe said of them, by one write without a read; `expiresAt`: until when it is kept at least, in unix seconds.
   *
   * @throws {NotPublished} where too many changes of the item wait to be published.
   */
  add(paymentId: string, facts: Fact[], settings: { expiresAt: number; reason: Reason }): Promise<ItemChange>;
  /**
   * Adds whose payment it is.
   *
   * @throws {NotPublished} as above.
   */
  link(paymentId: string, payment: LinkedPayment, reason: Reason): Promise<ItemChange>;
}

/** The refunds and disputes in the payments table of that name. */
export const reversalsTable = (tableName: string): ReversalsTable => ({
  read: async (paymentId) => {
    const input = { TableName: tableName, Key: reversalsKey(paymentId), ConsistentRead: true };
    const { Item = {} } = await dynamodb.send(new GetCommand(input));
    return { ...itemOf(Item), unpublished: unpublishedReversals(paymentId, Item) };
  },
  add: (paymentId, facts, { expiresAt, reason }) => {
    const byName = Map.groupBy(facts.map(attributeOf), ({ name }) => name);
    const texts = Array.from(byName, ([name, all]) => [name, all.map(({ text }) => text)] as const);
    return grow(tableName, paymentId, { texts: Object.fromEntries(texts), owner: {}, expiresAt, reason });
  },
  link: async (paymentId, { userId, invoiceId, expiresAt }, reason) => {
    const owner = { user_id: userId, stripe_invoice_id: invoiceId };
    return grow(tableName, paymentId, { texts: {}, owner, expiresAt, reason });
  },
});

const grow = async (tableName: string, paymentId: string, addition: Addition): Promise<ItemChange> => {
  const row = { TableName: tableName, Key: reversalsKey(paymentId) };
  const kept = reversalsToPublish(addition);
  const isLink = Object.keys(addition.owner).length > 0;
  // At first as to an item that is not there yet, of which a link is no change that shows, or that knows nothing of it and is kept no longer.
  const usual = isLink ? { change: null, if: "attribute_not_exists(PK)" } : { change: kept, if: notKeptLonger };
  const first = await updateIf({ ...row, ...expressionOf({ ...addition, change: usual.change }, [usual.if]) });
  if (first.isWritten) return changeOf(paymentId, first.before, addition, usual.change);
  return growKnown(tableName, paymentId, addition, first.before);
};

// Then by what there is: what is known of it already is no part of the change.
const growKnown = async (
  tableName: string,
  paymentId: string,
  addition: Addition,
  known: Record<string, unknown>,
): Promise<ItemChange> => {
  const row = { TableName: tableName, Key: reversalsKey(paymentId) };
  const expiresAt = Number(known["expires_at"]) >= addition.expiresAt ? null : addition.expiresAt;
  const news = newsOf(known, addition);
  if (isKnown(known, addition)) {
    if (expiresAt !== null) await updateIf({ ...row, ...keepingUntil(expiresAt) });
    return changeOf(paymentId, known, addition, null);
  }
  const change = reversalsToPublish(news);
  const { isWritten, before } = await updateIf({ ...row, ...expressionOf({ ...news, change, expiresAt }, []) });
  if (isWritten) return changeOf(paymentId, before, addition, change);
  if (isFull(outboxIn(before)))
    throw new NotPublished(
      `As many changes of the refunds and disputes of ${paymentId} as are kept wait to be published`,
    );
  // Others have added some of it meanwhile.
  return growKnown(tableName, paymentId, addition, before);
};

const newsOf = (
  known: Record<string, unknown>,
  { texts, owner, ...rest }: Addition,
): Addition & Pick<Kept, "ownerBefore"> => {
  const news = Object.entries(texts).map(
    ([name, all]) => [name, all.filter((text) => !textsOf(known[name]).has(text))] as const,
  );
  const before = Object.keys(owner).flatMap((name) =>
    typeof known[name] === "string" ? [[name, known[name]] as const] : [],
  );
  return {
    ...rest,
    texts: Object.fromEntries(news.filter(([, all]) => all.length > 0)),
    owner,
    ownerBefore: Object.fromEntries(before),
  };
};

const keepingUntil = (expiresAt: number) => ({
  UpdateExpression: "SET expires_at = :expires_at",
  ConditionExpression: "expires_at < :expires_at",
  ExpressionAttributeValues: { ":expires_at": expiresAt },
});

const notKeptLonger = "(attribute_not_exists(#expires_at) OR #expires_at <= :expires_at)";

const changeOf = (
  paymentId: string,
  old: Record<string, unknown>,
  addition: Addition,
  change: string | null,
): ItemChange => {
  const { PK, SK } = reversalsKey(paymentId);
  const grown = Object.entries(addition.texts).map(
    ([name, texts]) => [name, new Set([...textsOf(old[name]), ...texts])] as const,
  );
  const outbox = change === null ? outboxIn(old) : appended(outboxIn(old), change);
  const attributes = {
    ...old,
    ...addition.owner,
    ...Object.fromEntries(grown),
    stripe_unpublished: outbox.changes,
  };
  const [before, after] = [itemOf(old), itemOf(attributes)];
  const isSame = isDeepStrictEqual(before, after);
  return {
    outcome: isKnown(old, addition) ? "duplicate" : isSame ? "stale" : "applied",
    key: `${PK} ${SK}`,
    before,
    after,
    unpublished: unpublishedReversals(paymentId, attributes),
  };
};

const isKnown = (attributes: Record<string, unknown>, { texts, owner }: Addition): boolean =>
  Object.entries(texts).every(([name, all]) => all.every((text) => textsOf(attributes[name]).has(text))) &&
  Object.entries(owner).every(([name, value]) => attributes[name] === value);

const textsOf = (value: unknown): Set<string> => (value instanceof Set ? value : new Set());
