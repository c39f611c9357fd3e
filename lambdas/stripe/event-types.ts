import { InvalidEvent } from "../runtime/errors.ts";

/** The types of event that a Lambda accepts which gives each a meaning of its own; one that it does not know it refuses. */
export const acceptedTypes = {
  "write-payment": ["invoice.payment_succeeded", "invoice.paid", "invoice.payment_failed"],
  "link-payment": ["invoice_payment.paid"],
  "sync-subscription": [
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
  ],
} as const satisfies Record<string, readonly string[]>;

/**
 * Refuses a type of event that a Lambda does not accept.
 *
 * @throws {InvalidEvent} that names those that it accepts.
 */
export const assertAccepted = (lambda: keyof typeof acceptedTypes, type: string): void => {
  const types: readonly string[] = acceptedTypes[lambda];
  if (!types.includes(type)) throw new InvalidEvent(`detail.type: expected one of ${types.join(", ")}, got ${type}`);
};
