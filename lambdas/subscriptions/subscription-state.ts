import { array, boolean, literal, string, type, type Infer } from "superstruct";
import { Expandable, Id, maybe, Reference, UnixSeconds } from "../stripe/shapes.ts";

const Price = Expandable(type({ id: Id, recurring: maybe(type({ interval: maybe(string()) })) }));
const Plan = type({ id: Id, interval: maybe(string()) });

const Item = type({
  price: maybe(Price),
  plan: maybe(Plan),
  current_period_start: maybe(UnixSeconds),
  current_period_end: maybe(UnixSeconds),
});

/** Stripe's subscription in any API version's shape, as far as we keep its state. */
export const Subscription = type({
  object: literal("subscription"),
  id: Id,
  customer: maybe(Reference),
  status: string(),
  created: UnixSeconds,
  items: maybe(type({ data: array(Item) })),
  plan: maybe(Plan),
  current_period_start: maybe(UnixSeconds),
  current_period_end: maybe(UnixSeconds),
  cancel_at_period_end: maybe(boolean()),
  cancel_at: maybe(UnixSeconds),
  canceled_at: maybe(UnixSeconds),
  ended_at: maybe(UnixSeconds),
  trial_start: maybe(UnixSeconds),
  trial_end: maybe(UnixSeconds),
});

/** The prices that Homebiyori sells, by what it calls them. */
export interface Prices {
  monthly: readonly string[];
  yearly: readonly string[];
}

/** Our record of a subscription's state; times in unix seconds. */
export interface SubscriptionState {
  customer_id: string | null;
  /** Any status of Stripe's, and one that it invents tomorrow. */
  status: string;
  plan: "monthly" | "yearly" | "trial";
  price_id: string | null;
  current_period_start: number | null;
  current_period_end: number | null;
  cancel_at_period_end: boolean;
  cancel_at: number | null;
  canceled_at: number | null;
  ended_at: number | null;
  trial_start: number | null;
  trial_end: number | null;
}

/** Reads the state of a subscription of any API version's shape. */
export const stateOf = (subscription: Infer<typeof Subscription>, prices: Prices): SubscriptionState => {
  const price = soldPrice(subscription, prices);
  const period = periodOf(subscription);
  return {
    customer_id: subscription.customer ?? null,
    status: subscription.status,
    plan: price.plan,
    price_id: price.id,
    current_period_start: period.current_period_start ?? null,
    current_period_end: period.current_period_end ?? null,
    cancel_at_period_end: subscription.cancel_at_period_end ?? false,
    cancel_at: subscription.cancel_at ?? null,
    canceled_at: subscription.canceled_at ?? null,
    ended_at: subscription.ended_at ?? null,
    trial_start: subscription.trial_start ?? null,
    trial_end: subscription.trial_end ?? null,
  };
};

/** Whether a subscription has ended for good: Stripe never takes these statuses back. */
export const isEnded = ({ status }: { status: string }): boolean =>
  status === "canceled" || status === "incomplete_expired";

/** Whether it will end by itself. With flexible billing `cancel_at` alone says so. */
export const isCancellationScheduled = (state: SubscriptionState): boolean =>
  !isEnded(state) && (state.cancel_at_period_end || state.cancel_at !== null);

/** Whether a status lets the customer in; past due is a period of grace, a status we do not know is none. */
export const grantsAccess = ({ status }: { status: string }): boolean =>
  status === "active" || status === "trialing" || status === "past_due";

// Each item may have its own period (from Basil on); the customer has access until the last one ends.
const periodOf = (subscription: Infer<typeof Subscription>) =>
  (subscription.items?.data ?? [])
    .filter((item) => item.current_period_end)
    .reduce<Infer<typeof Item> | null>(
      (last, item) => ((item.current_period_end ?? 0) > (last?.current_period_end ?? 0) ? item : last),
      null,
    ) ?? subscription;

// Of several items the one that we sell: by configuration first, by its interval next.
const soldPrice = (subscription: Infer<typeof Subscription>, { monthly, yearly }: Prices) => {
  const prices = [...(subscription.items?.data ?? []), { plan: subscription.plan }].flatMap(priceOf);
  const sold =
    prices.find(({ id }) => monthly.includes(id) || yearly.includes(id)) ??
    prices.find(({ interval }) => interval === "month" || interval === "year") ??
    prices[0];
  if (!sold) return { id: null, plan: "trial" as const };
  const { id, interval } = sold;
  if (monthly.includes(id)) return { id, plan: "monthly" as const };
  if (yearly.includes(id)) return { id, plan: "yearly" as const };
  if (interval === "month") return { id, plan: "monthly" as const };
  return { id, plan: interval === "year" ? ("yearly" as const) : ("trial" as const) };
};

const priceOf = ({ price, plan }: Pick<Infer<typeof Item>, "price" | "plan">) => {
  if (price) return [{ id: price.id, interval: price.recurring?.interval ?? plan?.interval }];
  return plan ? [plan] : [];
};
