import { enums, type, type Infer } from "superstruct";
import { invoiceSubscription, subscriptionOf } from "./invoice.ts";
import { Id, maybe, Metadata, Reference } from "./shapes.ts";

/** What an invoice or a subscription says about whose it is, in any API version's shape. */
export const Owned = type({
  object: enums(["invoice", "subscription"]),
  id: Id,
  customer: maybe(Reference),
  metadata: maybe(Metadata),
  ...invoiceSubscription,
});

/** Whose an object is: the subscription it belongs to, the Stripe customer, and the user that its metadata names. */
export interface Owner {
  subscriptionId: string | null;
  customerId: string | null;
  metadataUserId: string | null;
}

/** Reads whose an invoice or a subscription is. */
export const ownerOf = (object: Infer<typeof Owned>): Owner => {
  const customerId = object.customer ?? null;
  if (object.object === "subscription") {
    return { subscriptionId: object.id, customerId, metadataUserId: object.metadata?.user_id ?? null };
  }
  const details = object.parent?.subscription_details ?? object.subscription_details;
  return {
    subscriptionId: subscriptionOf(object),
    customerId,
    metadataUserId: details?.metadata?.user_id ?? null,
  };
};
