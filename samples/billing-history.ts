import { chargeBeforeBasil } from "./before-basil.ts";
import { sampleOf, samplesOf } from "./events.ts";
import { sampleMonth, type SampleMonth, type Subject } from "./month.ts";
import { type Json, sampleEvent } from "./stripe-objects.ts";
import { makeSubscriptionHistory } from "./subscription-history.ts";

/** An event of a generated subscription, as Stripe sends it. */
export type BillingEvent = Json & { id: string };

// Most payments succeed at once, and stay.
const shares = { failedFirst: 0.3, refunded: 0.1, refundedTwice: 0.03, refundFails: 0.03, disputed: 0.04, lost: 0.5 };

/** Generates the events of one subscription from `begin` on, with what is sent in four months of it: about 20 of all handled types, in order. */
export const makeBillingHistory = (name: string, random: () => number, begin = 1_767_225_600): BillingEvent[] => {
  const { events, subscriptionId } = makeSubscriptionHistory({ name, random, gaps: "half", late: 0, start: begin });
  // As the account's API version has it.
  const isOldShape = random() < 0.5;
  const months = Array.from({ length: 4 }, (_, index) => {
    const start = begin + Math.floor(random() * 300);
    const owner = { customer: `cus_${subscriptionId}`, userId: `user_${subscriptionId}` };
    const subject = { name: `${name}_${index}`, subscription: subscriptionId, ...owner, start };
    return [...paid(subject, random), ...refunded(subject, random, isOldShape), ...disputed(subject, random)];
  });
  return [...events, ...months.flat()].toSorted((a, b) => Number(a["created"]) - Number(b["created"]));
};

const paid = (subject: Subject, random: () => number): BillingEvent[] =>
  samplesOf(subject)
    .map(({ event }) => event)
    .filter(({ type }) => type.startsWith("invoice"))
    .filter(({ type }) => type !== "invoice.payment_failed" || random() < shares.failedFirst);

const refunded = (subject: Subject, random: () => number, isOldShape: boolean): BillingEvent[] => {
  const month = sampleMonth(subject);
  if (random() < shares.refunded && isOldShape) return chargeRefunded(subject, month);
  const [isRefunded, isTwice, fails] = [shares.refunded, shares.refundedTwice, shares.refundFails].map(
    (share) => !isOldShape && random() < share,
  );
  return [
    ...(isRefunded ? samplesIn(subject, ["refund.created", "charge.refunded", "refund.updated"]) : []),
    ...(isTwice ? [created(month.refund("succeeded", "second"))] : []),
    ...(fails ? [created(month.refund("succeeded", "failed")), ...samplesIn(subject, ["refund.failed"])] : []),
  ];
};

const samplesIn = (subject: Subject, types: string[]): BillingEvent[] =>
  types.map((type) => sampleOf(type, subject).event);

const created = (refund: Json): BillingEvent =>
  sampleEvent(`evt_${refund["id"]}`, "refund.created", Number(refund["created"]), refund);

// Accounts of older versions get no refunds' events; of the oldest a charge has its refunds.
const chargeRefunded = (subject: Subject, month: SampleMonth): BillingEvent[] => {
  const { event } = sampleOf("charge.refunded", subject);
  const charge = chargeBeforeBasil(month.charge(), month.invoiceId, [month.refund("pending")]);
  return [{ ...event, data: { object: charge } }, ...samplesIn(subject, ["charge.refund.updated"])];
};

const opening = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated"];

const disputed = (subject: Subject, random: () => number): BillingEvent[] => {
  if (random() >= shares.disputed) return [];
  const events = samplesIn(subject, opening);
  if (random() >= shares.lost) {
    return [...events, ...samplesIn(subject, ["charge.dispute.closed", "charge.dispute.funds_reinstated"])];
  }
  const { event } = sampleOf("charge.dispute.closed", subject);
  return [...events, { ...event, data: { object: sampleMonth(subject).dispute("lost") } }];
};
