/** What happens to one type of Stripe event. */
export interface Workflow {
  /** Stripe's name of the event: https://docs.stripe.com/api/events/types. */
  eventType: string;
  /** The name of its rule, its state machine and their roles: what happened. */
  name: string;
  /** The file in `statemachines/`, without `.asl.json`. */
  definition: string;
  /** What is done with it, for the table in the docs. */
  description: string;
}

/** The types of Stripe event that this program handles; a new one is one more row. */
export const workflows: readonly Workflow[] = [
  {
    eventType: "invoice.payment_succeeded",
    name: "payment-succeeded",
    definition: "write-payment",
    description: "records the payment",
  },
  {
    eventType: "invoice.paid",
    name: "invoice-paid",
    definition: "write-payment",
    description: "writes the same row; for an invoice marked as paid outside Stripe, it is the only event",
  },
  {
    eventType: "invoice_payment.paid",
    name: "invoice-payment-paid",
    definition: "link-payment",
    description: "adds the payment intent, which no invoice event names since 2025-03-31.basil",
  },
  {
    eventType: "invoice.payment_failed",
    name: "payment-failed",
    definition: "write-payment",
    description: "records the failed attempt, and emits a log line and a metric to alert on",
  },
  {
    eventType: "customer.subscription.created",
    name: "subscription-created",
    definition: "sync-subscription",
    description: "brings the subscription's state up to date",
  },
  {
    eventType: "customer.subscription.updated",
    name: "subscription-updated",
    definition: "sync-subscription",
    description: "brings the subscription's state up to date",
  },
  {
    eventType: "customer.subscription.deleted",
    name: "subscription-deleted",
    definition: "sync-subscription",
    description: "ends the subscription; when it runs out at the period's end, Stripe sends nothing else",
  },
  {
    eventType: "refund.created",
    name: "refund-created",
    definition: "record-reversal",
    description: "puts the refund on its payment's record",
  },
  {
    eventType: "refund.updated",
    name: "refund-updated",
    definition: "record-reversal",
    description: "brings the refund up to date",
  },
  {
    eventType: "refund.failed",
    name: "refund-failed",
    definition: "record-reversal",
    description: "takes the refund back from the payment: the money did not arrive",
  },
  {
    eventType: "charge.refunded",
    name: "charge-refunded",
    definition: "record-reversal",
    description:
      "records how much of the payment is refunded; where an account's API version sends no refunds' events, this alone says it",
  },
  {
    eventType: "charge.refund.updated",
    name: "charge-refund-updated",
    definition: "record-reversal",
    description: "brings the refund up to date, where an account's API version sends no refunds' events",
  },
  {
    eventType: "charge.dispute.created",
    name: "dispute-created",
    definition: "record-reversal",
    description:
      "puts the dispute on its payment's record, and emits a log line and a metric to alert on if it needs an answer",
  },
  {
    eventType: "charge.dispute.updated",
    name: "dispute-updated",
    definition: "record-reversal",
    description: "brings the dispute up to date",
  },
  {
    eventType: "charge.dispute.closed",
    name: "dispute-closed",
    definition: "record-reversal",
    description: "records how the dispute ended",
  },
  {
    eventType: "charge.dispute.funds_withdrawn",
    name: "dispute-funds-withdrawn",
    definition: "record-reversal",
    description: "brings the dispute up to date",
  },
  {
    eventType: "charge.dispute.funds_reinstated",
    name: "dispute-funds-reinstated",
    definition: "record-reversal",
    description: "brings the dispute up to date",
  },
];

/** The types of Stripe event that are handled. */
export const handledTypes: readonly string[] = workflows.map(({ eventType }) => eventType);

/** The state machines that no event of Stripe's starts by itself, and that ask Stripe, for minutes or hours: Standard ones. */
export const backgroundMachines = [
  { name: "heal-subscription", description: "asks Stripe for a subscription of which an event stays missing" },
  { name: "reconcile", description: "compares all rows with Stripe's, and heals what differs" },
] as const;

/** The name of one of them, which is that of its definition in `statemachines/` too. */
export type BackgroundMachine = (typeof backgroundMachines)[number]["name"];
