/** Things that happen, such as payments, and the events that come of each. */
export interface Wave {
  /** When it begins, in seconds. */
  from: number;
  /** How many things happen in each second of it. */
  perSecond: number[];
  /** The types of the events of one of them, which come within two seconds. */
  types(random: () => number): string[];
}

const updated = "customer.subscription.updated";
const paid = ["invoice.paid", "invoice.payment_succeeded", "invoice_payment.paid"];
const failed = ["invoice.payment_failed", updated];
const retried = [...paid, updated];

/** How subscriptions renew. */
export interface Renewals {
  count: number;
  /** The renewals are spread evenly over so long. */
  seconds: number;
  /** How long Stripe leaves an invoice as a draft before it takes the payment. */
  draftSeconds: number;
  /** The share of payments that fail. */
  failing: number;
  /** How much later Stripe tries those again, and succeeds; never within what is looked at, if left out. */
  retrySeconds?: number;
}

/** The events of renewals, of the types that are handled: a new period, a payment or a failure of one, and a payment after all. */
export const renewals = ({ count, seconds, draftSeconds, failing, retrySeconds }: Renewals): Wave[] => [
  { from: 0, perSecond: evenly(count, seconds), types: () => [updated] },
  {
    from: draftSeconds,
    perSecond: evenly(count, seconds),
    types: (random) => (random() < failing ? failed : paid),
  },
  ...(retrySeconds === undefined
    ? []
    : [{ from: draftSeconds + retrySeconds, perSecond: evenly(count * failing, seconds), types: () => retried }]),
];

/** The types of the events of a renewal that is paid. */
export const renewalTypes: readonly string[] = [updated, ...paid];

/** Events at a steady rate, of the types of a renewal in turn. */
export const steady = (perSecond: number, seconds: number): Wave[] => {
  let turn = 0;
  const next = () => renewalTypes[(turn += 1) % renewalTypes.length] ?? updated;
  return [{ from: 0, perSecond: evenly(perSecond * seconds, seconds), types: () => [next()] }];
};

/** A number of things spread evenly over so many seconds. */
export const evenly = (count: number, seconds: number): number[] => {
  const upTo = (second: number) => Math.round((count * second) / seconds);
  return Array.from({ length: seconds }, (_, second) => upTo(second + 1) - upTo(second));
};
