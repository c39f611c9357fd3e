import { isObject } from "../../emulator/graph/json.ts";
import { statusOrder } from "../../lambdas/reversals/reversals.ts";
import type { Collection, StripeObject, StripeObjects } from "./stripe-objects.ts";

/** What an event says, as far as it is learnt from. */
interface Learnable {
  id: string;
  type: string;
  created: number;
  object: Record<string, unknown> & { id: string };
  detail: Record<string, unknown>;
}

/** Makes what learns from events, in any order, what Stripe shows in the end: the newest state of each object. */
export const makeLearner = (objects: StripeObjects): ((detail: Record<string, unknown>) => void) => {
  const shownAt = new Map<string, number>();
  return (detail) => {
    const event = learnableOf(detail);
    if (!event) return;
    objects.newestEventAt = Math.max(objects.newestEventAt, event.created);
    const { object } = event;
    if (object["object"] === "subscription") keepNewest(objects.subscriptions, asEnded(event), event, shownAt);
    if (object["object"] === "invoice") keepNewest(objects.invoices, object, event, shownAt);
    if (object["object"] === "invoice_payment" && event.type === "invoice_payment.paid") keepPayment(objects, object);
    for (const one of reversalsIn(object)) keepReversal(objects, one, event, shownAt);
    if (event.type === "customer.deleted")
      objects.customers.set(object.id, { id: object.id, object: "customer", deleted: true });
    if (event.type === "invoice.payment_failed")
      objects.events.set({ ...detail, id: event.id, created: event.created });
  };
};

// A thin event has no object, and `invoice.upcoming` shows one that does not exist yet.
const learnableOf = (detail: Record<string, unknown>): Learnable | null => {
  const { id, type, created, data, account } = detail;
  const object = isObject(data) ? data["object"] : null;
  if (typeof id !== "string" || typeof type !== "string" || !Number.isInteger(created) || !hasId(object)) return null;
  // What a connected account has is in no list of this account's.
  return typeof account === "string" ? null : { id, type, created: Number(created), object, detail };
};

const hasId = (object: unknown): object is Learnable["object"] => isObject(object) && typeof object["id"] === "string";

// Stripe deletes a subscription when it has ended, whatever the snapshot says.
const asEnded = ({ type, object }: Learnable): Learnable["object"] =>
  type !== "customer.subscription.deleted" || isFinal(object) ? object : { ...object, status: "canceled" };

// What has ended stays so, and of two events of one second the one that arrived later stands.
const keepNewest = (
  collection: Collection,
  object: Learnable["object"],
  { created }: Learnable,
  shownAt: Map<string, number>,
): void => {
  if (!isStripeObject(object)) return;
  const before = collection.get(object.id);
  const isOlder = created < (shownAt.get(object.id) ?? 0);
  const stands = before && (isFinal(before) === isFinal(object) ? isOlder : isFinal(before));
  if (stands) return;
  shownAt.set(object.id, created);
  collection.set(object);
};

// Before 2022-11-15 a charge lists its refunds.
const reversalsIn = (object: Learnable["object"]): Learnable["object"][] => {
  const { object: kind, id: charge, payment_intent, refunds } = object;
  if (kind === "refund" || kind === "dispute") return [object];
  const listed: unknown = kind === "charge" && isObject(refunds) ? refunds["data"] : null;
  if (!Array.isArray(listed)) return [];
  return listed.filter(hasId).map((refund) => ({ charge, payment_intent, ...refund }));
};

// A status may come back, so the later event stands; of one second that which comes last at Stripe.
const keepReversal = (
  objects: StripeObjects,
  reversal: Learnable["object"],
  { created }: Learnable,
  shownAt: Map<string, number>,
): void => {
  if (!isStripeObject(reversal)) return;
  const kind = reversal["object"] === "dispute" ? "dispute" : "refund";
  const collection = objects[`${kind}s`];
  const rankOf = (one?: StripeObject) => statusOrder[kind].indexOf(`${one?.["status"]}`);
  const order = created - (shownAt.get(reversal.id) ?? 0) || rankOf(reversal) - rankOf(collection.get(reversal.id));
  if (order < 0) return;
  shownAt.set(reversal.id, created);
  collection.set(reversal);
};

const isStripeObject = (object: Learnable["object"]): object is StripeObject => Number.isInteger(object["created"]);

const keepPayment = ({ payments }: StripeObjects, payment: Learnable["object"]): void => {
  const invoice = `${payment["invoice"]}`;
  payments.set(invoice, (payments.get(invoice) ?? new Map()).set(payment.id, payment));
};

const finalStatuses: readonly unknown[] = ["canceled", "incomplete_expired", "paid", "void"];

const isFinal = ({ status }: Record<string, unknown>): boolean => finalStatuses.includes(status);
