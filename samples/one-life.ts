import { sampleCharge, sampleDispute, sampleInvoicePayment, sampleRefund } from "./reversal-objects.ts";
import {
  type Json,
  sampleEvent,
  sampleInvoice,
  sampleItem,
  samplePrices,
  type SampleSubscription,
  sampleSubscription,
} from "./stripe-objects.ts";

const day = 24 * 3600;
const created = "customer.subscription.created";
const updated = "customer.subscription.updated";
const succeeded = "invoice.payment_succeeded";
const failed = "invoice.payment_failed";
const linked = "invoice_payment.paid";
const deleted = "customer.subscription.deleted";
const { monthly, yearly } = samplePrices;

/** A stage of the sample subscription: what happens, and the events that Stripe sends of it. */
export interface Stage {
  title: string;
  events: Json[];
}

interface Period {
  start: number;
  end: number;
}

const begin = Date.UTC(2026, 0, 1) / 1000;
const trialEnd = begin + 14 * day;
const renewal = trialEnd + 30 * day;
const recovery = renewal + 3 * day;
const refund = recovery + 2 * day;
const change = recovery + 10 * day;
const dispute = change + 5 * day;
const cancel = change + 20 * day;
const back = cancel + 2 * day;
const won = back + 10 * day;
const end = back + 30 * day;

const trial = { start: begin, end: trialEnd };
const firstMonth = { start: trialEnd, end: renewal };
const secondMonth = { start: renewal, end: renewal + 31 * day };
const year = { start: change, end: change + 365 * day };
const inYear = { price: yearly, ...year };

/** The event that is lost on its way where the sample subscription is played: the renewal is paid, and the row does not say so. */
export const lostEventId = "evt_life_11";

/** The events of one sample subscription, from its trial to its end. */
export const life = (): Stage[] => [...beginning(), ...renewing(), ...changing(), ...ending()];

const beginning = (): Stage[] => {
  const nothing = { id: "in_life_1", amount: 0, attempts: 0, reason: "subscription_create" };
  const first = { id: "in_life_2", amount: 580, created: trialEnd, paidAt: trialEnd + 3600 };
  return [
    {
      title: "A trial begins, with an invoice of 0 yen",
      events: [
        event(1, created, begin, subscription({ status: "trialing", ...trial })),
        event(2, succeeded, begin, sampleInvoice({ ...nothing, created: begin, paidAt: begin, ...trial })),
      ],
    },
    {
      title: "The trial ends, and the first payment succeeds an hour later",
      events: [
        event(3, updated, trialEnd, subscription(firstMonth), { status: "trialing", ...itemsOf(trial) }),
        event(4, succeeded, trialEnd + 3600, sampleInvoice({ ...first, ...firstMonth })),
        event(5, linked, trialEnd + 3600, sampleInvoicePayment(first.id, "pi_life_2", 580, trialEnd + 3600)),
      ],
    },
  ];
};

const renewing = (): Stage[] => {
  const invoice = { id: "in_life_3", amount: 580, created: renewal, ...secondMonth };
  const paid = { paymentIntent: "pi_life_3", amount: 580, created: recovery };
  const half = { id: "re_life_1", paymentIntent: "pi_life_3", amount: 290, created: refund };
  return [
    {
      title: "The renewal fails",
      events: [
        event(6, updated, renewal, subscription(secondMonth), itemsOf(firstMonth)),
        event(7, failed, renewal + 3600, sampleInvoice(invoice)),
        event(8, updated, renewal + 3600, subscription({ status: "past_due", ...secondMonth }), { status: "active" }),
      ],
    },
    {
      title: "Three days later the renewal is paid",
      events: [
        event(9, succeeded, recovery, sampleInvoice({ ...invoice, paidAt: recovery, attempts: 2 })),
        event(10, linked, recovery, sampleInvoicePayment(invoice.id, "pi_life_3", 580, recovery)),
        event(11, updated, recovery, subscription(secondMonth), { status: "past_due" }),
      ],
    },
    {
      title: "Half of the renewal is refunded",
      events: [
        event(12, "refund.created", refund, sampleRefund(half)),
        event(13, "charge.refunded", refund, sampleCharge({ ...paid, refunded: 290 })),
      ],
    },
  ];
};

const changing = (): Stage[] => {
  const invoice = { id: "in_life_4", amount: 5413, created: change, paidAt: change + 1, reason: "subscription_update" };
  return [
    {
      title: "The plan changes from monthly to yearly",
      events: [
        event(14, updated, change, subscription(inYear), itemsOf(secondMonth)),
        event(15, succeeded, change + 1, sampleInvoice({ ...invoice, ...year })),
        event(16, linked, change + 1, sampleInvoicePayment(invoice.id, "pi_life_4", 5413, change + 1)),
      ],
    },
    {
      title: "The customer disputes the payment of the year",
      events: [
        event(17, "charge.dispute.created", dispute, disputed("needs_response")),
        event(18, "charge.dispute.funds_withdrawn", dispute, disputed("needs_response")),
      ],
    },
  ];
};

const ending = (): Stage[] => {
  const scheduled = { cancel_at: year.end, canceled_at: cancel };
  const ended = { canceled_at: end, ended_at: end };
  return [
    {
      title: "The cancellation is scheduled",
      events: [event(19, updated, cancel, subscription(inYear, scheduled), { cancel_at: null, canceled_at: null })],
    },
    {
      title: "The scheduled cancellation is undone",
      events: [event(20, updated, back, subscription(inYear), scheduled)],
    },
    {
      title: "The dispute is won",
      events: [
        event(21, "charge.dispute.closed", won, disputed("won")),
        event(22, "charge.dispute.funds_reinstated", won, disputed("won")),
      ],
    },
    {
      title: "The subscription is canceled at once",
      events: [event(23, deleted, end, subscription({ ...inYear, status: "canceled" }, ended))],
    },
  ];
};

const disputed = (status: string): Json =>
  sampleDispute({ id: "du_life_1", paymentIntent: "pi_life_4", amount: 5413, created: dispute, status });

const subscription = (sample: SampleSubscription, more: Json = {}): Json =>
  sampleSubscription({ ...sample, more: { trial_start: begin, trial_end: trialEnd, ...more } });

const event = (number: number, type: string, at: number, object: Json, previous?: Json) =>
  sampleEvent(`evt_life_${String(number).padStart(2, "0")}`, type, at, object, previous);

const itemsOf = (period: Period): Json => ({ items: { data: [sampleItem(monthly, period.start, period.end)] } });
