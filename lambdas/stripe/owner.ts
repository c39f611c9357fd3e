import { enums, type Infer, type, validate } from "superstruct";
import { invoiceSubscription, subscriptionOf } from "./invoice.ts";
import { pricesInLines } from "./invoice-lines.ts";
import { applyPreviousAttributes } from "./previous-object.ts";
import { pricesOf, subscriptionPrices } from "./prices.ts";
import { Id, maybe, Metadata, Reference } from "./shapes.ts";

/** What an invoice or a subscription says about whose it is, in any API version's shape. */
export const Owned = type({
  object: enums(["invoice", "subscription"]),
  id: Id,
  customer: maybe(Reference),
  metadata: maybe(Metadata),
  ...invoiceSubscription,
  ...subscriptionPrices,
});

/** Whose an object is, and what it is about. */
export interface Owner {
  subscriptionId: string | null;
  customerId: string | null;
  /** The user that its metadata names. */
  metadataUserId: string | null;
  /** The prices that it is about; empty where it names none, or not all of them are in sight. */
  priceIds: string[];
}

/** Reads whose an invoice or a subscription is, and what a subscription was about before, by its `previous_attributes`. */
export const ownerOf = (object: Infer<typeof Owned>, previous: unknown = {}): Owner => {
  const customerId = object.customer ?? null;
  if (object.object === "subscription") {
    const [, before = object] = validate(applyPreviousAttributes(object, previous), Owned, { coerce: true });
    const priceIds = [object, before].every(namesAllPrices) ? [object, before].flatMap(priceIdsOf) : [];
    const metadataUserId = object.metadata?.user_id ?? null;
    return { subscriptionId: object.id, customerId, metadataUserId, priceIds: [...new Set(priceIds)] };
  }
  const details = object.parent?.subscription_details ?? object.subscription_details;
  return {
    subscriptionId: subscriptionOf(object),
    customerId,
    metadataUserId: details?.metadata?.user_id ?? null,
    priceIds: object.lines?.has_more === true ? [] : pricesInLines(object),
  };
};

// Where no item names one, the plan at the top does.
const namesAllPrices = ({ items }: Infer<typeof Owned>): boolean => {
  const unnamed = (items?.data ?? []).filter(({ price, plan }) => !(price ?? plan));
  return items?.has_more !== true && (unnamed.length === 0 || unnamed.length === items?.data.length);
};

const priceIdsOf = (subscription: Infer<typeof Owned>): string[] => pricesOf(subscription).map(({ id }) => id);
