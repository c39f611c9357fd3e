import { isObject } from "../../emulator/graph/json.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import type { ListPage } from "./lists.ts";
import { StripeError } from "./stripe-error.ts";
import type { StripeObject, StripeObjects } from "./stripe-objects.ts";

/** An object as Stripe shows it: the customer's id alone and no payments, but for those that are expanded. */
export const expandedObject = (object: StripeObject, expand: readonly string[], objects: StripeObjects): Json => {
  const { payments, ...rest } = object;
  const kind = `${object["object"]}`;
  const unknown = expand.find((path) => !(expandable[kind] ?? []).includes(path));
  if (unknown !== undefined) throw new StripeError(400, `This property cannot be expanded (${unknown}).`);
  if (!("customer" in object)) return object;
  return {
    ...rest,
    customer: customerOf(object, expand.includes("customer"), objects),
    ...(expand.includes("payments") && { payments: payments ?? paymentsOf(object, objects) }),
  };
};

/** A page of a list, with each of its objects as Stripe shows it. */
export const expandedPage = (page: ListPage, expand: readonly string[], objects: StripeObjects): object => {
  const unknown = expand.find((path) => !path.startsWith("data."));
  if (unknown !== undefined) {
    const hint = `You may want to try expanding 'data.${unknown}' instead.`;
    throw new StripeError(400, `This property cannot be expanded (${unknown}). ${hint}`);
  }
  const paths = expand.map((path) => path.slice("data.".length));
  return { ...page, data: page.data.map((object) => expandedObject(object, paths, objects)) };
};

const expandable: Record<string, readonly string[]> = {
  subscription: ["customer"],
  invoice: ["customer", "payments"],
};

const customerOf = (
  { customer, livemode }: StripeObject,
  isExpanded: boolean,
  { customers }: StripeObjects,
): unknown => {
  const id: unknown = isObject(customer) ? customer["id"] : customer;
  if (!isExpanded || typeof id !== "string") return id;
  const known = customers.get(id) ?? (isObject(customer) ? customer : null);
  if (known?.["deleted"] === true) return { id, object: "customer", deleted: true };
  return known ?? { id, object: "customer", livemode, metadata: {} };
};

const paymentsOf = ({ id }: StripeObject, { payments }: StripeObjects): Json => ({
  object: "list",
  data: [...(payments.get(id)?.values() ?? [])],
  has_more: false,
  url: `/v1/invoice_payments?invoice=${id}`,
});
