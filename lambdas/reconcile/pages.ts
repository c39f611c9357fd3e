import type Stripe from "stripe";
import type { Answer, AskStripe } from "../stripe-api/stripe-client.ts";
import type { Page, Run } from "./run.ts";

/** A page of Stripe's, and in which seconds it was read. */
export type AnsweredPage = Omit<Answer<unknown>, "value"> & Page;

const pageSize = 100;
const day = 24 * 3600;

// Stripe lists what changes by when it was made: it tries to collect an invoice for weeks, a refund fails within a month, and a dispute
// ends within some: https://docs.stripe.com/refunds#failed-refunds, https://docs.stripe.com/disputes/how-disputes-work
const changesForDays = { invoices: 60, refunds: 60, disputes: 180 };

/** Asks Stripe for the run's page, of payments since then, in unix seconds; null where Stripe does not know what it asks for. */
export const readPage = async (
  ask: AskStripe,
  { list, startingAfter, subscription, customer }: Run,
  since: number,
): Promise<AnsweredPage | null> => {
  if (list === "subscriptions" && subscription !== null) {
    const answer = await ask((stripe) => stripe.subscriptions.retrieve(subscription, { expand: ["customer"] }));
    return answer && { ...answer, objects: [answer.value], hasMore: false };
  }
  const page = { limit: pageSize, ...(startingAfter !== null && { starting_after: startingAfter }) };
  const only = { ...(customer !== null && { customer }) };
  const answer = await ask<Stripe.ApiList<unknown>>((stripe) => {
    if (list === "subscriptions") {
      return stripe.subscriptions.list({ ...page, ...only, status: "all", expand: ["data.customer"] });
    }
    // Stripe has those of 30 days, and lists no older ones: https://docs.stripe.com/api/events
    if (list === "events") {
      return stripe.events.list({ ...page, created: { gte: since }, type: "invoice.payment_failed" });
    }
    const created = { gte: Math.max(0, since - changesForDays[list] * day) };
    if (list === "invoices") {
      const of = { ...only, ...(subscription !== null && { subscription }) };
      return stripe.invoices.list({ ...page, ...of, created, expand: ["data.payments", "data.customer"] });
    }
    // Stripe lists those of all customers.
    return list === "refunds" ? stripe.refunds.list({ ...page, created }) : stripe.disputes.list({ ...page, created });
  });
  return answer && { ...answer, objects: answer.value.data, hasMore: answer.value.has_more };
};
