import { html } from "hono/html";
import { reversalsOf, type UserRecords } from "../../ops/show/read-users.ts";
import { money } from "../html/money.ts";
import { type Cell, table } from "../html/parts.ts";
import { badge, type Markup, time } from "../html/text.ts";
import { paymentTone } from "./status.ts";

const paymentColumns = ["When", "Status", "Amount", "Refunded", "Net", "Why it failed", "Invoice", "Paid by"];

const reversalColumns = ["When", "What", "Amount", "Reason", "Answer by", "Payment", "Id"];

/** A user's payments and failed attempts, and below them the refunds and disputes; `moreAddress` shows more of them. */
export const paymentsPart = ({ payments, more }: UserRecords, moreAddress: string): Markup => {
  const reversals = table("Refunds and disputes", reversalColumns, reversalsOf(payments).map(reversalRow));
  return html`
    ${table("Payments, the newest first", paymentColumns, payments.map(paymentRow)) ?? html`<p>No payment is recorded.</p>`}
    ${more && html`<p><a href="${moreAddress}">More payments</a></p>`}
    ${reversals && html`<h3>Refunds and disputes of these payments</h3>`} ${reversals}
  `;
};

const paymentRow = (payment: UserRecords["payments"][number]): Cell[] => {
  const { created_at, status, amount, refunded_amount: refunded, net_amount: net, currency } = payment;
  const { failure_reason: reason, attempt_count: attempt, stripe_invoice_id, payment_id } = payment;
  const isPaid = status !== "failed";
  return [
    time(1000 * created_at),
    badge(status, paymentTone(status)),
    money(amount, currency),
    isPaid ? money(refunded, currency) : "–",
    // Null where some went back in another currency.
    isPaid ? (net === null ? "in another currency" : money(net, currency)) : "–",
    isPaid ? "" : `${reason}, attempt ${attempt}`,
    stripe_invoice_id,
    isPaid ? payment_id : "",
  ];
};

const reversalRow = (reversal: ReturnType<typeof reversalsOf>[number]): Cell[] => {
  const { created_at, kind, status, amount, currency, reason, due_by: dueBy, payment_id, id } = reversal;
  return [
    time(1000 * created_at),
    badge(`${kind} ${status}`, paymentTone(status)),
    money(amount, currency),
    reason ?? "",
    dueBy ? time(1000 * dueBy) : "",
    payment_id,
    id,
  ];
};
