import { assign, boolean, type Infer, string, type } from "superstruct";
import { type Payer, payerOf, payersOf, setOf } from "../payments/payers.ts";
import { type LinkedPayment, linkOf, type Payment, toPayment } from "../payments/payment.ts";
import { fieldsToRecord } from "../payments/payments-table.ts";
import { unpublishedPayment } from "../payments/published-payment.ts";
import { sevenYearsAfter } from "../payments/retention.ts";
import { outboxIn } from "../publishing/outbox.ts";
import { linkPayers } from "../reversals/link-payers.ts";
import { parse } from "../runtime/parse.ts";
import { Invoice, subscriptionOf } from "../stripe/invoice.ts";
import { Owned } from "../stripe/owner.ts";
import { ExpandedCustomer, maybe } from "../stripe/shapes.ts";
import { envelope } from "../stripe/stripe-event.ts";
import { findUser } from "../subscriptions/find-user.ts";
import type { Only } from "./compare-reversal.ts";
import { type Books, type Comparison, differencesOf, withoutUser } from "./comparison.ts";

const ListedInvoice = assign(
  Invoice,
  type({
    livemode: maybe(boolean()),
    status: maybe(string()),
    customer: ExpandedCustomer,
  }),
);

/**
 * Compares an invoice with the row of its payment, if it is paid, and with the payment intents of that, which it heals; one of which
 * nothing is paid is left out.
 *
 * @throws {InvalidEvent} for what is no invoice of Stripe's.
 */
export const compareInvoice = async (books: Books, value: unknown): Promise<Comparison[]> => {
  const { customer, ...listed } = parse(value, ListedInvoice);
  const invoice = { ...listed, customer: customer?.id };
  const isPaid = invoice.status === "paid";
  if (!isPaid && payersIn(invoice).length === 0) return [];
  const object = { kind: "payment", id: invoice.id } as const;
  const found = await findUser(books.customers, books)(parse(value, Owned), invoice);
  if (found.userId === null) return [withoutUser(found, object)];
  // As its own event would say it, of which nothing else is read.
  const payment = toPayment(
    { type: "invoice.paid", created: invoice.created, data: { object: invoice } },
    found.userId,
  );
  const rows = await books.payments.rowsOf(invoice.id);
  const row = rows.find(({ SK }) => SK === payment.SK);
  if (!row && customer?.deleted === true && !found.isKnown) {
    const reason = `Customer ${customer.id} is deleted at Stripe, and has no row of this payment`;
    return [{ ...object, userId: found.userId, outcome: "deleted_customer", reason, differences: [] }];
  }
  const named = row ? payersOf(row) : [];
  if (!isPaid) return comparePayers(books, invoice, found.userId, { named, recorded: row ? linkOf(row) : null });
  const compared = await comparePayment(books, "payment", invoice.id, payment, row);
  const recorded = row && linkOf(row);
  if (books.reason === "backfill" && !books.dryRun && recorded) await linkAll(books, named, recorded);
  // What is recorded names its own payer.
  const own = compared.outcome !== "equal" && payment.payer ? [payment.payer.id] : [];
  const known = { named: [...named, ...own], recorded: linkOf({ ...payment }) };
  return [compared, ...(await comparePayers(books, invoice, found.userId, known))];
};

/**
 * Compares a failed attempt, by its event, with its row, which it heals; Stripe has no other record of an attempt. Those of other
 * customers and subscriptions than `only` names are left out.
 *
 * @throws {InvalidEvent} for what is no event about an invoice.
 */
export const compareFailure = async (books: Books, value: unknown, only: Only): Promise<Comparison[]> => {
  const { detail } = parse({ detail: value }, envelope(Invoice));
  const { customer = null } = detail.data.object;
  if (only.customer !== null && only.customer !== customer) return [];
  if (only.subscription !== null && only.subscription !== subscriptionOf(detail.data.object)) return [];
  const found = await findUser(books.customers, books)(parse(detail.data.object, Owned), detail);
  const object = { kind: "failed_payment", id: detail.id } as const;
  if (found.userId === null) return [withoutUser(found, object)];
  const payment = toPayment(detail, found.userId);
  const rows = await books.payments.rowsOf(detail.data.object.id);
  const row = rows.find(({ SK }) => SK === payment.SK);
  // An event does not tell whether its customer is deleted since; one whose subscription is on record is known to the table.
  if (!row && !found.isKnown && !books.dryRun) {
    const reason = `No item names customer ${customer}: it is deleted at Stripe, or its subscription is not on record`;
    return [{ ...object, userId: found.userId, outcome: "unknown_customer", reason, differences: [] }];
  }
  return [await comparePayment(books, "failed_payment", detail.id, payment, row)];
};

const comparePayment = async (
  books: Books,
  kind: "payment" | "failed_payment",
  id: string,
  payment: Payment,
  row: Record<string, unknown> | undefined,
): Promise<Comparison> => {
  const { payments, dryRun, reason } = books;
  if (row) books.publish(unpublishedPayment(payment, outboxIn(row), null));
  const fields = fieldsToRecord(row, payment);
  const object = { kind, id, userId: payment.user_id, reason: null, happenedAt: payment.created_at };
  if (fields.length === 0) return { ...object, outcome: "equal", differences: [] };
  const differences = differencesOf(fields, row, { ...payment });
  if (dryRun) return { ...object, outcome: "would_heal", differences };
  const isPublished = kind === "payment" || (await payments.isNewAttempt(payment));
  const { outcome, payers, unpublished, payment: recorded } = await payments.record(payment, { reason, isPublished });
  books.publish(unpublished);
  if (kind === "payment" && recorded) await linkAll(books, payers, recorded);
  return { ...object, outcome: outcome === "applied" ? "healed" : "equal", differences };
};

const linkAll = async (books: Books, payers: readonly string[], payment: LinkedPayment): Promise<void> => {
  for (const unpublished of await linkPayers(books.reversals, payers, payment, books)) books.publish(unpublished);
};

// What has paid it, or a part of it.
const payersIn = ({ payments: list }: Pick<Infer<typeof Invoice>, "payments">): Payer[] =>
  (list?.data ?? []).flatMap(({ status, is_default: isDefault, payment }) => {
    const names = { payment_intent: payment?.payment_intent?.id, charge: payment?.charge };
    return (status === "paid" && payerOf(names, isDefault === true)) || [];
  });

const comparePayers = async (
  books: Books,
  invoice: Infer<typeof Invoice>,
  userId: string,
  { named, recorded }: { named: readonly string[]; recorded: LinkedPayment | null },
): Promise<Comparison[]> => {
  const { id: invoiceId, created } = invoice;
  const missing = payersIn(invoice).filter(({ id }) => !named.includes(id));
  return Promise.all(
    missing.map(async (payer) => {
      const differences = [{ field: setOf(payer), ours: null, stripes: payer.id }];
      const told = { kind: "payment_intent" as const, id: payer.id, userId, reason: null, differences };
      if (books.dryRun) return { ...told, outcome: "would_heal" };
      // First, as a retry of the page takes one that the payment's row names for done.
      if (recorded) await linkAll(books, [payer.id], recorded);
      const { outcome } = await books.payments.link(invoiceId, payer, sevenYearsAfter(created));
      return { ...told, outcome: outcome === "applied" ? "healed" : "equal" };
    }),
  );
};
