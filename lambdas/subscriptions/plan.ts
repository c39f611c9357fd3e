import type { Price } from "../stripe/prices.ts";

/** The prices that Homebiyori sells, by what it calls them. */
export interface PlanPrices {
  monthly: readonly string[];
  yearly: readonly string[];
}

/** What a subscription is of Homebiyori's plans, and by which of its prices; `plan` is null for what is neither. */
export interface SoldPlan {
  plan: "monthly" | "yearly" | null;
  price_id: string | null;
}

/** Whether any price is configured. Then configuration alone says which plan a price is. */
export const isConfigured = ({ monthly, yearly }: PlanPrices): boolean => monthly.length + yearly.length > 0;

/** Whether none of these prices is one that is sold here; false where nothing is configured, or nothing is known of them. */
export const isNoneOfOurs = (priceIds: readonly string[], sold: PlanPrices): boolean =>
  isConfigured(sold) &&
  priceIds.length > 0 &&
  !priceIds.some((id) => sold.monthly.includes(id) || sold.yearly.includes(id));

/**
 * The plan that a subscription's prices make it: by configuration where there is one, else by how much time is paid at once.
 *
 * What is paid by usage comes on top of a plan, so such a price tells one only where there is no other.
 */
export const soldPlan = (prices: readonly Price[], sold: PlanPrices): SoldPlan => {
  const flat = prices.filter(({ isMetered }) => !isMetered);
  const usual = flat.length > 0 ? flat : prices;
  const [candidates, planOf] = isConfigured(sold) ? [prices, configuredPlan(sold)] : [usual, planByMonths];
  const price = candidates.find((one) => planOf(one) !== null) ?? usual[0];
  return { plan: price ? planOf(price) : null, price_id: price?.id ?? null };
};

const configuredPlan =
  ({ monthly, yearly }: PlanPrices) =>
  ({ id }: Price): SoldPlan["plan"] => {
    if (monthly.includes(id)) return "monthly";
    return yearly.includes(id) ? "yearly" : null;
  };

const planByMonths = ({ months }: Price): SoldPlan["plan"] => {
  if (months === 1) return "monthly";
  return months === 12 ? "yearly" : null;
};

/** The prices that the Pulumi program puts into a Lambda's environment. */
export const planPricesFrom = (env: (name: string) => string): PlanPrices => ({
  monthly: JSON.parse(env("MONTHLY_PRICES")),
  yearly: JSON.parse(env("YEARLY_PRICES")),
});
