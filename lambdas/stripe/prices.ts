import { array, boolean, type Infer, string, type } from "superstruct";
import { Count, Expandable, Id, maybe, UnixSeconds } from "./shapes.ts";

const Recurring = type({ interval: maybe(string()), interval_count: maybe(Count), usage_type: maybe(string()) });
const StripePrice = Expandable(type({ id: Id, recurring: maybe(Recurring) }));

/** Stripe's plan, which prices have replaced; its fields are those of a price's `recurring`. */
export const Plan = Expandable(type({ id: Id, ...Recurring.schema }));

/** An item of a subscription. */
export const Item = type({
  price: maybe(StripePrice),
  plan: maybe(Plan),
  current_period_start: maybe(UnixSeconds),
  current_period_end: maybe(UnixSeconds),
});

/** Where a subscription names its prices: on its items, or at the top alone in the oldest shapes. */
export const subscriptionPrices = {
  items: maybe(type({ data: array(Item), has_more: maybe(boolean()) })),
  plan: maybe(Plan),
};

/** A price, as far as it tells a plan; nothing of it depends on our configuration. */
export interface Price {
  id: string;
  /** How many months are paid for at once; null where Stripe does not say it, or it is no whole number of months. */
  months: number | null;
  /** Whether it is paid by usage. */
  isMetered: boolean;
}

const Priced = type(subscriptionPrices);

/** The prices of a subscription, in Stripe's order. */
export const pricesOf = (subscription: Infer<typeof Priced>): Price[] => {
  const onItems = (subscription.items?.data ?? []).flatMap(({ price, plan }) => priceOf(price, plan) ?? []);
  return onItems.length > 0 ? onItems : [priceOf(null, subscription.plan) ?? []].flat();
};

const priceOf = (price: Infer<typeof Item>["price"], plan: Infer<typeof Item>["plan"]): Price | null => {
  const id = price?.id ?? plan?.id;
  if (id === undefined) return null;
  const recurring = price?.recurring ?? plan ?? {};
  return { id, months: monthsOf(recurring), isMetered: recurring.usage_type === "metered" };
};

const monthsPer = new Map([
  ["month", 1],
  ["year", 12],
]);

const monthsOf = ({ interval, interval_count: count }: Infer<typeof Recurring>): number | null => {
  const months = monthsPer.get(interval ?? "");
  return months === undefined ? null : months * (count ?? 1);
};
