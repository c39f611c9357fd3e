import { enums, type Infer, type } from "superstruct";
import { invoiceSubscription, subscriptionOf } from "./invoice.ts";
import { pricesInLines } from "./invoice-lines.ts";
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

/** Reads whose an invoice or a subscription is. */
export const ownerOf = (object: Infer<typeof Owned>): Owner => {
  const customerId = object.customer ?? null;
  if (object.object === "subscription") {
    const priceIds = object.items?.has_more === true ? [] : pricesOf(object).map(({ id }) => id);
    return { subscriptionId: object.id, customerId, metadataUserId: object.metadata?.user_id ?? null, priceIds };
  }
  const details = object.parent?.subscription_details ?? object.subscription_details;
  return {
    subscriptionId: subscriptionOf(object),
    customerId,
    metadataUserId: details?.metadata?.user_id ?? null,
    priceIds: object.lines?.has_more === true ? [] : pricesInLines(object),
  };
};
