import { boolean, type Infer, literal, type } from "superstruct";
import { type Item, type Price, pricesOf, subscriptionPrices } from "../stripe/prices.ts";
import { Id, maybe, Reference, UnixSeconds, Word } from "../stripe/shapes.ts";

/** Stripe's subscription in any API version's shape, as far as we keep its state. */
export const Subscription = type({
  object: literal("subscription"),
  id: Id,
  customer: maybe(Reference),
  status: Word,
  created: UnixSeconds,
  ...subscriptionPrices,
  current_period_start: maybe(UnixSeconds),
  current_period_end: maybe(UnixSeconds),
  cancel_at_period_end: maybe(boolean()),
  cancel_at: maybe(UnixSeconds),
  canceled_at: maybe(UnixSeconds),
  ended_at: maybe(UnixSeconds),
  trial_start: maybe(UnixSeconds),
  trial_end: maybe(UnixSeconds),
  pause_collection: maybe(type({ behavior: Word, resumes_at: maybe(UnixSeconds) })),
});

/** A subscription's state as Stripe has it, whatever is configured here; times in unix seconds. */
export interface SubscriptionState {
  customer_id: string | null;
  /** Any status of Stripe's, and one that it invents tomorrow. */
  status: string;
  /** Sorted by their ids. */
  prices: Price[];
  current_period_start: number | null;
  current_period_end: number | null;
  cancel_at_period_end: boolean;
  cancel_at: number | null;
  canceled_at: number | null;
  ended_at: number | null;
  trial_start: number | null;
  trial_end: number | null;
  /** How invoices are treated while their collection is paused: https://docs.stripe.com/billing/subscriptions/pause-payment */
  pause_collection: string | null;
  pause_resumes_at: number | null;
}

/** Reads the state of a subscription of any API version's shape. */
export const stateOf = (subscription: Infer<typeof Subscription>): SubscriptionState => {
  const period = periodOf(subscription);
  return {
    customer_id: subscription.customer ?? null,
    status: subscription.status,
    prices: pricesOf(subscription).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    current_period_start: period.current_period_start ?? null,
    current_period_end: period.current_period_end ?? null,
    cancel_at_period_end: subscription.cancel_at_period_end ?? false,
    cancel_at: subscription.cancel_at ?? null,
    canceled_at: subscription.canceled_at ?? null,
    ended_at: subscription.ended_at ?? null,
    trial_start: subscription.trial_start ?? null,
    trial_end: subscription.trial_end ?? null,
    pause_collection: subscription.pause_collection?.behavior ?? null,
    pause_resumes_at: subscription.pause_collection?.resumes_at ?? null,
  };
};

/** Whether a subscription has ended for good: Stripe never takes these statuses back. */
export const isEnded = ({ status }: { status: string }): boolean =>
  status === "canceled" || status === "incomplete_expired";

/** Whether it will end by itself. With flexible billing `cancel_at` alone says so. */
export const isCancellationScheduled = (state: SubscriptionState): boolean =>
  !isEnded(state) && (state.cancel_at_period_end || state.cancel_at !== null);

/** How much a status grants: 2 for access that is paid for, 1 for the grace period of past due, 0 for none or an unknown status. */
export const accessOf = ({ status }: { status: string }): 0 | 1 | 2 => {
  if (status === "active" || status === "trialing") return 2;
  return status === "past_due" ? 1 : 0;
};

// Each item may have its own period (from Basil on); the customer has access until the last one ends.
const periodOf = (subscription: Infer<typeof Subscription>) =>
  (subscription.items?.data ?? [])
    .filter((item) => item.current_period_end)
    .reduce<Infer<typeof Item> | null>((last, item) => (last === null || isLater(item, last) ? item : last), null) ??
  subscription;

// Of those that end together the one that begins later, whatever the order of the items.
const isLater = (a: Infer<typeof Item>, b: Infer<typeof Item>): boolean => {
  const [endA, endB] = [a.current_period_end ?? 0, b.current_period_end ?? 0];
  return endA > endB || (endA === endB && (a.current_period_start ?? 0) > (b.current_period_start ?? 0));
};
