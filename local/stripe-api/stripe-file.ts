import { array, integer, literal, min, object, optional, string, type } from "superstruct";
import { validateInputs } from "../../emulator/graph/validate-inputs.ts";
import { Id } from "../../lambdas/stripe/shapes.ts";
import { UserError } from "../../ops/command/errors.ts";
import type { StripeFault } from "./server.ts";
import { makeStripeObjects, type StripeObjects } from "./stripe-objects.ts";

const own = <Name extends string>(name: Name) => ({ id: Id, object: literal(name), created: min(integer(), 0) });

const File = object({
  subscriptions: array(type({ ...own("subscription"), status: string() })),
  invoices: array(type(own("invoice"))),
  customers: optional(array(type({ id: Id, object: literal("customer") }))),
  events: optional(array(type({ ...own("event"), type: string(), data: type({ object: type({ id: Id }) }) }))),
  refunds: optional(array(type({ ...own("refund"), status: string() }))),
  disputes: optional(array(type({ ...own("dispute"), status: string() }))),
  faults: optional(
    array(object({ call: min(integer(), 1), status: min(integer(), 400), times: optional(min(integer(), 1)) })),
  ),
});

/** What a file says of Stripe: what it has, and which calls fail. */
export interface StripeFile {
  objects: StripeObjects;
  faults: StripeFault[];
}

/** Reads what a file says that Stripe has, in the shape in which Stripe's API shows it; `title` begins an error's message. */
export const readStripeFile = (content: unknown, title: string): StripeFile => {
  const {
    customers = [],
    events = [],
    refunds = [],
    disputes = [],
    faults = [],
    ...file
  } = validateInputs(content, File, (path, { message }) => new UserError(`${title}, at ${path}: ${message}`));
  const objects = makeStripeObjects();
  for (const [kind, list] of Object.entries({ ...file, events, refunds, disputes })) assertIdsDiffer(kind, list, title);
  for (const subscription of file.subscriptions) objects.subscriptions.set(subscription);
  for (const invoice of file.invoices) objects.invoices.set(invoice);
  for (const customer of customers) objects.customers.set(customer.id, customer);
  for (const event of events) objects.events.set(event);
  for (const refund of refunds) objects.refunds.set(refund);
  for (const dispute of disputes) objects.disputes.set(dispute);
  objects.newestEventAt = events.reduce((newest, { created }) => Math.max(newest, created), 0);
  return { objects, faults };
};

const assertIdsDiffer = (kind: string, list: readonly { id: string }[], title: string): void => {
  const ids = new Set<string>();
  for (const [index, { id }] of list.entries()) {
    if (ids.has(id)) throw new UserError(`${title}, at ${kind}.${index}.id: there is another ${id}`);
    ids.add(id);
  }
};
