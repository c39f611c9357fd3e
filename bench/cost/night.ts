import { figures } from "../capacity/figures.ts";
import { lambdasOf } from "./cost.ts";
import type { Prices } from "./prices.ts";

/** What a night goes through, and what each page of it takes. */
export interface Night {
  subscriptions: number;
  /** Invoices that the list has for each subscription, and failed payments for each in the last days. */
  invoicesEach: number;
  failuresEach: number;
  /** Refunds and disputes that their lists have for each subscription. */
  refundsEach: number;
  disputesEach: number;
  /** States that the machine enters for a page. */
  transitions: number;
  /** How long it waits between two pages. */
  paceSeconds: number;
  /** How long Stripe takes for a page, and how long the Lambda takes to compare one. */
  stripeMilliseconds: number;
  compareMilliseconds: number;
  megabytes: number;
  /** Of DynamoDB, for a subscription, for an invoice or a failed payment, and for a refund or a dispute. */
  readUnits: { subscription: number; payment: number; reversal: number };
}

/** How long a night takes, how often it asks Stripe, and what it costs in dollars. */
export interface NightCost {
  pages: number;
  seconds: number;
  callsPerSecond: number;
  states: number;
  lambdas: number;
  tables: number;
}

/**
 * A night of 100,000 subscriptions that are paid for each month, as the program is configured by default.
 *
 * Assumed, as nothing was measured in AWS: a second for Stripe to list 100 objects, half a second to compare them, ten at a time, and that
 * of a hundred payments ten fail and two are refunded, and of a thousand one is disputed.
 */
export const usualNight: Night = {
  subscriptions: 100_000,
  // Those of 63 days, and the failures of three.
  invoicesEach: 63 / 30,
  failuresEach: (0.1 * 3) / 30,
  // Refunds of 63 days, and disputes of 183.
  refundsEach: (0.02 * 63) / 30,
  disputesEach: (0.001 * 183) / 30,
  transitions: 3,
  paceSeconds: 1,
  stripeMilliseconds: 1000,
  compareMilliseconds: 500,
  megabytes: 1024,
  // Queries for the users of its customer, and a consistent read of the user's item or of the invoice's payments; of a refund or a dispute
  // only a consistent read of its payment's item.
  readUnits: { subscription: 1.5, payment: 1.5, reversal: 1 },
};

// How many objects a page of Stripe's lists has at most: https://docs.stripe.com/api/pagination
const pageSize = 100;

/** What a night takes that finds nothing to heal. */
export const costOfNight = (night: Night, prices: Prices): NightCost => {
  const { subscriptions, invoicesEach, failuresEach, refundsEach, disputesEach, readUnits } = night;
  const lists = [1, invoicesEach, failuresEach, refundsEach, disputesEach].map((each) =>
    Math.round(subscriptions * each),
  );
  // A list that is empty is asked for too.
  const pages = lists.reduce((sum, objects) => sum + Math.max(1, Math.ceil(objects / pageSize)), 0);
  const pageMilliseconds = night.stripeMilliseconds + night.compareMilliseconds;
  const pageSeconds = night.paceSeconds + (pageMilliseconds + night.transitions * figures.stepMilliseconds) / 1000;
  const units =
    readUnits.subscription +
    (invoicesEach + failuresEach) * readUnits.payment +
    (refundsEach + disputesEach) * readUnits.reversal;
  return {
    pages,
    seconds: pages * pageSeconds,
    callsPerSecond: 1 / pageSeconds,
    states: pages * night.transitions * prices.transition,
    lambdas: lambdasOf([{ times: pages, milliseconds: pageMilliseconds, megabytes: night.megabytes }], prices),
    tables: subscriptions * units * prices.readUnit,
  };
};
