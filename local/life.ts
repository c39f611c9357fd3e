import {
  type Json,
  sampleEvent,
  sampleInvoice,
  sampleItem,
  samplePrices,
  sampleSubscription,
} from "./sample-events.ts";

const day = 24 * 3600;
const created = "customer.subscription.created";
const updated = "customer.subscription.updated";
const succeeded = "invoice.payment_succeeded";
const failed = "invoice.payment_failed";
const deleted = "customer.subscription.deleted";
const { monthly, yearly } = samplePrices;

/** A stage of the built-in life: what happens, and the events that Stripe sends of it. */
export interface Stage {
  title: string;
  events: Json[];
}

/** The life of one subscription, from its trial to its end, beginning at a time in unix seconds. */
export const life = (begin: number): Stage[] => {
  const trialEnd = begin + 14 * day;
  const renewal = trialEnd + 30 * day;
  const change = renewal + 13 * day;
  return [
    ...beginning(begin, trialEnd),
    ...renewing(trialEnd, renewal),
    ...changing(renewal, change),
    ...ending(change, change + 20 * day),
  ];
};

interface Period {
  start: number;
  end: number;
}

const beginning = (begin: number, trialEnd: number): Stage[] => {
  const trial = { start: begin, end: trialEnd };
  const month = { start: trialEnd, end: trialEnd + 30 * day };
  const nothing = {
    id: "in_life_1",
    amount: 0,
    created: begin,
    paidAt: begin,
    attempts: 0,
    reason: "subscription_create",
  };
  const first = { id: "in_life_2", amount: 580, created: trialEnd, paidAt: trialEnd + 3600 };
  return [
    {
      title: "A trial begins, with an invoice over nothing",
      events: [
        event(1, created, begin, sampleSubscription({ status: "trialing", ...trial })),
        event(2, succeeded, begin, sampleInvoice({ ...nothing, ...trial })),
      ],
    },
    {
      title: "The trial ends, and the first payment succeeds an hour later",
      events: [
        event(3, updated, trialEnd, sampleSubscription(month), { status: "trialing", ...itemsOf(monthly, trial) }),
        event(4, succeeded, trialEnd + 3600, sampleInvoice({ ...first, ...month })),
      ],
    },
  ];
};

const renewing = (trialEnd: number, renewal: number): Stage[] => {
  const before = { start: trialEnd, end: renewal };
  const month = { start: renewal, end: renewal + 31 * day };
  const recovery = renewal + 3 * day;
  const invoice = { id: "in_life_3", amount: 580, created: renewal, ...month };
  return [
    {
      title: "The renewal fails",
      events: [
        event(5, updated, renewal, sampleSubscription(month), itemsOf(monthly, before)),
        event(6, failed, renewal + 3600, sampleInvoice(invoice)),
        event(7, updated, renewal + 3600, sampleSubscription({ status: "past_due", ...month }), { status: "active" }),
      ],
    },
    {
      title: "Three days later it is paid after all",
      events: [
        event(8, succeeded, recovery, sampleInvoice({ ...invoice, paidAt: recovery, attempts: 2 })),
        event(9, updated, recovery, sampleSubscription(month), { status: "past_due" }),
      ],
    },
  ];
};

const changing = (renewal: number, change: number): Stage[] => {
  const month = { start: renewal, end: renewal + 31 * day };
  const year = { start: change, end: change + 365 * day };
  const invoice = { id: "in_life_4", amount: 5463, created: change, paidAt: change + 1, reason: "subscription_update" };
  return [
    {
      title: "The plan changes from monthly to yearly",
      events: [
        event(10, updated, change, sampleSubscription({ price: yearly, ...year }), itemsOf(monthly, month)),
        event(11, succeeded, change + 1, sampleInvoice({ ...invoice, ...year })),
      ],
    },
  ];
};

const ending = (change: number, cancel: number): Stage[] => {
  const year = { price: yearly, start: change, end: change + 365 * day };
  const [back, end] = [cancel + 2 * day, cancel + 32 * day];
  const scheduled = { cancel_at: year.end, canceled_at: cancel };
  const ended = { canceled_at: end, ended_at: end };
  return [
    {
      title: "The cancellation is scheduled",
      events: [
        event(12, updated, cancel, sampleSubscription({ ...year, more: scheduled }), {
          cancel_at: null,
          canceled_at: null,
        }),
      ],
    },
    {
      title: "The customer changes their mind",
      events: [event(13, updated, back, sampleSubscription(year), scheduled)],
    },
    {
      title: "And cancels at once, in the end",
      events: [event(14, deleted, end, sampleSubscription({ ...year, status: "canceled", more: ended }))],
    },
  ];
};

const event = (number: number, type: string, at: number, object: Json, previous?: Json) =>
  sampleEvent(`evt_life_${String(number).padStart(2, "0")}`, type, at, object, previous);

const itemsOf = (price: string, { start, end }: Period): Json => ({ items: { data: [sampleItem(price, start, end)] } });
