import { type Json, sampleEvent, sampleInvoice, sampleItem, samplePrices, sampleSubscription } from "./sample-events.ts";

const day = 24 * 3600;
const created = "customer.subscription.created";
const updated = "customer.subscription.updated";
const succeeded = "invoice.payment_succeeded";
const failed = "invoice.payment_failed";

/** A stage of the built-in life: what happens, and the events that Stripe sends of it. */
export interface Stage {
  title: string;
  events: Json[];
}

/** The life of one subscription, from its trial to its end, beginning at a time in unix seconds. */
export const life = (begin: number): Stage[] => {
  const trialEnd = begin + 14 * day;
  const renewal = trialEnd + 30 * day;
  const recovery = renewal + 3 * day;
  const change = recovery + 10 * day;
  const cancel = change + 20 * day;
  const back = cancel + 2 * day;
  const end = back + 30 * day;
  const yearEnd = change + 365 * day;
  const inTrial = { start: begin, end: trialEnd };
  const firstMonth = { start: trialEnd, end: renewal };
  const secondMonth = { start: renewal, end: renewal + 31 * day };
  const year = { price: samplePrices.yearly, start: change, end: yearEnd };
  const trial = { trial_start: begin, trial_end: trialEnd };
  const scheduled = { cancel_at: yearEnd, canceled_at: cancel };
  const items = (price: string, period: { start: number; end: number }) => ({
    items: { data: [sampleItem(price, period.start, period.end)] },
  });
  const sub = (more: Omit<Parameters<typeof sampleSubscription>[0], "more">, others: Json = {}) =>
    sampleSubscription({ ...more, more: { ...trial, ...others } });
  let events = 0;
  const event = (type: string, at: number, object: Json, previous?: Json) => {
    events += 1;
    return sampleEvent(`evt_life_${`${events}`.padStart(2, "0")}`, type, at, object, previous);
  };
  const late = { id: "in_life_3", amount: 580, created: renewal, ...secondMonth };

  return [
    {
      title: "A trial begins, with an invoice over nothing",
      events: [
        event(created, begin, sub({ status: "trialing", ...inTrial })),
        event(succeeded, begin, sampleInvoice({ id: "in_life_1", amount: 0, created: begin, paidAt: begin, attempts: 0, reason: "subscription_create", ...inTrial })),
      ],
    },
    {
      title: "The trial ends, and the first payment succeeds an hour later",
      events: [
        event(updated, trialEnd, sub(firstMonth), { status: "trialing", ...items(samplePrices.monthly, inTrial) }),
        event(succeeded, trialEnd + 3600, sampleInvoice({ id: "in_life_2", amount: 580, created: trialEnd, paidAt: trialEnd + 3600, ...firstMonth })),
      ],
    },
    {
      title: "The renewal fails",
      events: [
        event(updated, renewal, sub(secondMonth), items(samplePrices.monthly, firstMonth)),
        event(failed, renewal + 3600, sampleInvoice(late)),
        event(updated, renewal + 3600, sub({ status: "past_due", ...secondMonth }), { status: "active" }),
      ],
    },
    {
      title: "Three days later it is paid after all",
      events: [
        event(succeeded, recovery, sampleInvoice({ ...late, paidAt: recovery, attempts: 2 })),
        event(updated, recovery, sub(secondMonth), { status: "past_due" }),
      ],
    },
    {
      title: "The plan changes from monthly to yearly",
      events: [
        event(updated, change, sub(year), items(samplePrices.monthly, secondMonth)),
        event(succeeded, change + 1, sampleInvoice({ id: "in_life_4", amount: 5413, created: change, paidAt: change + 1, reason: "subscription_update", start: change, end: yearEnd })),
      ],
    },
    {
      title: "The cancellation is scheduled",
      events: [event(updated, cancel, sub(year, scheduled), { cancel_at: null, canceled_at: null })],
    },
    {
      title: "The customer changes their mind",
      events: [event(updated, back, sub(year), scheduled)],
    },
    {
      title: "And cancels at once, in the end",
      events: [event("customer.subscription.deleted", end, sub({ ...year, status: "canceled" }, { canceled_at: end, ended_at: end }))],
    },
  ];
};
