import { sampleMonth, type SampleMonth, type Subject } from "./month.ts";
import { type Json, sampleEvent } from "./stripe-objects.ts";

/** A sample event, and the rows that it makes. */
export interface Sample {
  event: Json & { id: string; type: string };
  rows: readonly SampleRow[];
}

/** The table and key of a row. */
export interface SampleRow {
  table: "core" | "payments";
  PK: string;
  SK: string;
}

/** What happens in a sample month by an event of one type. */
interface Happening {
  /** When, in unix seconds. */
  created: number;
  object: Json;
  /** What an update changed, as it was before. */
  previous?: Json;
  /** The rows that it makes; a smoke test deletes them. */
  rows: readonly SampleRow[];
}

const hour = 3600;

// One for each type in `infra/workflows.ts`: smoke test, drill, benchmarks and tests take their events from here.
const happenings: Record<string, (month: SampleMonth) => Happening> = {
  "customer.subscription.created": (month) => ({
    created: month.trial.start,
    object: month.subscription("trialing", month.trial),
    rows: [subscriptionRow(month), customerRow(month)],
  }),
  "customer.subscription.updated": (month) => ({
    created: month.paid.start,
    object: month.subscription("active", month.paid),
    previous: { status: "trialing", items: { data: [month.item(month.trial)] } },
    rows: [subscriptionRow(month)],
  }),
  "invoice.payment_failed": (month) => ({
    created: month.failedAt,
    object: month.invoice(),
    rows: [{ table: "payments", PK: `INVOICE#${month.invoiceId}`, SK: `FAILED#${month.failedAt}#1` }],
  }),
  "invoice.payment_succeeded": (month) => ({
    created: month.paidAt,
    object: month.invoice(month.paidAt),
    rows: [paymentRow(month), reversalsRow(month)],
  }),
  "invoice.paid": (month) => ({
    created: month.paidAt,
    object: month.invoice(month.paidAt),
    rows: [paymentRow(month), reversalsRow(month)],
  }),
  "invoice_payment.paid": (month) => ({
    created: month.paidAt,
    object: month.invoicePayment(),
    rows: [paymentRow(month), reversalsRow(month)],
  }),
  "refund.created": (month) => reversal(month, month.refundedAt, month.refund("pending")),
  "charge.refunded": (month) => reversal(month, month.refundedAt, month.charge()),
  "refund.updated": (month) =>
    reversal(month, month.refundedAt + hour, month.refund("succeeded"), { status: "pending" }),
  "charge.refund.updated": (month) =>
    reversal(month, month.refundedAt + hour, month.refund("succeeded"), { status: "pending" }),
  "refund.failed": (month) => reversal(month, month.refundedAt + 2 * hour, month.refund("failed", "failed")),
  "charge.dispute.created": (month) => reversal(month, month.disputedAt, month.dispute("needs_response")),
  "charge.dispute.funds_withdrawn": (month) => reversal(month, month.disputedAt, month.dispute("needs_response")),
  "charge.dispute.updated": (month) =>
    reversal(month, month.disputedAt + hour, month.dispute("under_review"), { status: "needs_response" }),
  "charge.dispute.closed": (month) => reversal(month, month.disputedAt + 2 * hour, month.dispute("won")),
  "charge.dispute.funds_reinstated": (month) => reversal(month, month.disputedAt + 2 * hour, month.dispute("won")),
  "customer.subscription.deleted": (month) => ({
    created: month.paid.end,
    object: month.subscription("canceled", month.paid, { ended_at: month.paid.end }),
    rows: [subscriptionRow(month)],
  }),
};

const reversal = (month: SampleMonth, created: number, object: Json, previous?: Json): Happening => ({
  created,
  object,
  ...(previous && { previous }),
  rows: [reversalsRow(month)],
});

/** The types of event that there is a sample of. */
export const sampleTypes: readonly string[] = Object.keys(happenings);

/** The sample of a type: what it means in the month of that subject. */
export const sampleOf = (
  type: string,
  subject: Subject,
  id = `evt_${subject.name}_${type.replaceAll(".", "_")}`,
): Sample => {
  const happening = happenings[type];
  if (!happening) throw new Error(`There is no sample of ${type}: add one to samples/events.ts`);
  const { created, object, previous, rows } = happening(sampleMonth(subject));
  return { event: { ...sampleEvent(id, type, created, object, previous), type }, rows };
};

/** The samples of all types, as they follow each other in the month of that subject. */
export const samplesOf = (subject: Subject): Sample[] =>
  sampleTypes
    .map((type) => sampleOf(type, subject))
    .toSorted((a, b) => Number(a.event["created"]) - Number(b.event["created"]));

const subscriptionRow = ({ userId }: SampleMonth): SampleRow => ({
  table: "core",
  PK: `USER#${userId}`,
  SK: "SUBSCRIPTION",
});

// Each event of a customer makes sure of it.
const customerRow = ({ userId, customer }: SampleMonth): SampleRow => ({
  table: "core",
  PK: `USER#${userId}`,
  SK: `CUSTOMER#${customer}`,
});

const paymentRow = ({ invoiceId }: SampleMonth): SampleRow => ({
  table: "payments",
  PK: `INVOICE#${invoiceId}`,
  SK: "SUCCEEDED",
});

// The refunds and disputes of a payment; its events say there whose it is.
const reversalsRow = ({ paymentIntentId }: SampleMonth): SampleRow => ({
  table: "payments",
  PK: `PAYMENT#${paymentIntentId}`,
  SK: "REVERSALS",
});
