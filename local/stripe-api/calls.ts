import { validate } from "superstruct";
import { Owned, type Owner, ownerOf } from "../../lambdas/stripe/owner.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import { expandedObject, expandedPage } from "./expand.ts";
import { listPage } from "./lists.ts";
import {
  EventParameters,
  InvoiceParameters,
  readParameters,
  RetrieveParameters,
  ReversalParameters,
  SubscriptionParameters,
} from "./parameters.ts";
import { noSuch, StripeError } from "./stripe-error.ts";
import type { Collection, StripeObject, StripeObjects } from "./stripe-objects.ts";

const eventDays = 30;

/**
 * Answers a call of Stripe's API at a time in unix seconds.
 *
 * @throws {StripeError} where Stripe answers with an error.
 */
export const answerCall = (objects: StripeObjects, method: string, url: URL, now: number): object => {
  const { pathname, searchParams } = url;
  const [, id] = /^\/v1\/subscriptions\/([^/]+)$/.exec(pathname) ?? [];
  if (method === "GET" && id !== undefined) return subscription(objects, id, searchParams);
  const list = method === "GET" ? lists[pathname] : undefined;
  if (list) return list(objects, searchParams, now);
  throw new StripeError(404, `Unrecognized request URL (${method}: ${pathname}): this is the runner, not Stripe.`);
};

const subscription = (objects: StripeObjects, id: string, search: URLSearchParams): Json => {
  const parameters = readParameters(search, RetrieveParameters);
  const found = objects.subscriptions.get(id);
  if (!found) throw noSuch("subscription", id, "id");
  return expandedObject(found, parameters.expand, objects);
};

type List = (objects: StripeObjects, search: URLSearchParams, now: number) => object;

const lists: Record<string, List> = {
  "/v1/subscriptions": (objects, search) => {
    const page = readParameters(search, SubscriptionParameters);
    const { customer, status } = page;
    const matches = (one: StripeObject) =>
      hasStatus(`${one["status"]}`, status) && (customer === undefined || ownerIn(one)?.customerId === customer);
    const list = listPage({ ...shown("subscription", objects.subscriptions), page, matches });
    return expandedPage(list, page.expand, objects);
  },
  "/v1/invoices": (objects, search) => {
    const page = readParameters(search, InvoiceParameters);
    const { customer, subscription: id, status } = page;
    const matches = (one: StripeObject) =>
      (status === undefined || one["status"] === status) &&
      (customer === undefined || ownerIn(one)?.customerId === customer) &&
      (id === undefined || ownerIn(one)?.subscriptionId === id);
    const list = listPage({ ...shown("invoice", objects.invoices), page, matches });
    return expandedPage(list, page.expand, objects);
  },
  "/v1/events": (objects, search, now) => {
    const page = readParameters(search, EventParameters);
    const types = page.type === undefined ? page.types : [page.type];
    const matches = ({ created, type }: StripeObject) =>
      created >= now - eventDays * 24 * 3600 && (types?.includes(`${type}`) ?? true);
    const list = listPage({ ...shown("event", objects.events), page, matches });
    return expandedPage(list, page.expand, objects);
  },
  "/v1/refunds": (objects, search) => reversals(objects, "refund", search),
  "/v1/disputes": (objects, search) => reversals(objects, "dispute", search),
};

const reversals = (objects: StripeObjects, kind: "refund" | "dispute", search: URLSearchParams): object => {
  const page = readParameters(search, ReversalParameters);
  const { charge, payment_intent: intent } = page;
  const matches = (one: StripeObject) =>
    (charge === undefined || one["charge"] === charge) && (intent === undefined || one["payment_intent"] === intent);
  const list = listPage({ ...shown(kind, objects[`${kind}s`]), page, matches });
  return expandedPage(list, page.expand, objects);
};

const shown = (kind: string, collection: Collection) => ({ kind, url: `/v1/${kind}s`, collection });

const ended: readonly string[] = ["canceled", "incomplete_expired"];

// https://docs.stripe.com/api/subscriptions/list#list_subscriptions-status
const hasStatus = (status: string, wanted: string | undefined): boolean => {
  if (wanted === undefined) return status !== "canceled";
  return wanted === "all" || status === wanted || (wanted === "ended" && ended.includes(status));
};

const ownerIn = (object: StripeObject): Owner | null => {
  const [, owned] = validate(object, Owned, { coerce: true });
  return owned ? ownerOf(owned) : null;
};
