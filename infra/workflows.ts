/** What happens to one type of Stripe event. */
export interface Workflow {
  /** Stripe's name of the event: https://docs.stripe.com/api/events/types. */
  eventType: string;
  /** The name of its rule, its state machine and their roles: what happened. */
  name: string;
  /** The file in `statemachines/`, without `.asl.json`. */
  definition: string;
}

/** The types of Stripe event that this program handles; a new one is one more row. */
export const workflows: readonly Workflow[] = [
  { eventType: "invoice.payment_succeeded", name: "payment-succeeded", definition: "write-payment" },
  // Both come of one payment, but out of band only this one; they make the same row.
  { eventType: "invoice.paid", name: "invoice-paid", definition: "write-payment" },
  // The only event that names the payment intent of an invoice, since Stripe's version 2025-03-31.basil.
  { eventType: "invoice_payment.paid", name: "invoice-payment-paid", definition: "link-payment" },
  { eventType: "invoice.payment_failed", name: "payment-failed", definition: "write-payment" },
  { eventType: "customer.subscription.created", name: "subscription-created", definition: "sync-subscription" },
  { eventType: "customer.subscription.updated", name: "subscription-updated", definition: "sync-subscription" },
  // Without this one a subscription that ran out would stay active: at the period's end Stripe sends nothing else.
  { eventType: "customer.subscription.deleted", name: "subscription-deleted", definition: "sync-subscription" },
];

/** The types of Stripe event that are handled. */
export const handledTypes: readonly string[] = workflows.map(({ eventType }) => eventType);
