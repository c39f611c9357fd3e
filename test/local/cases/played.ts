import { loadStack } from "../../../local/program.ts";
import type { Outcome } from "../../../local/print/outcome.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { type Running, startRunning } from "../../helpers/running.ts";
import { stackWith } from "../../helpers/stack.ts";

/** The prices that a stack of these tests sells. */
export const sold = { month: "price_month", promo: "price_promo_month", year: "price_year" } as const;

const prices = {
  monthlyPrices: JSON.stringify([sold.month, sold.promo]),
  yearlyPrices: JSON.stringify([sold.year]),
};

/** What became of events that the product handled one after the other, and the rows and metrics after them. */
export interface Played {
  outcomes: Outcome[];
  /** The user's item, as other services read it. */
  row: Json;
  core: Json[];
  payments: Json[];
  deadLetters: number;
  /** How often the Lambdas counted something. */
  counted: (metricName: string) => number;
}

/** How events are played. */
export interface PlayArgs {
  /** Items that the core table has before. */
  items?: Json[];
  /** Whether prices are configured. */
  isConfigured?: boolean;
  /** The user whose row is looked at. */
  userId?: string;
}

/** The item by which the product says whose a customer is. */
export const userItem = (userId: string, customerId: string): Json => ({
  PK: `USER#${userId}`,
  SK: "SUBSCRIPTION",
  user_id: userId,
  customer_id: customerId,
});

/** Plays events on the whole product: its rules, state machines, Lambdas and tables. */
export const play = async (
  events: Json[],
  { items = [userItem("user_1", "cus_1")], isConfigured = true, userId = "user_1" }: PlayArgs = {},
): Promise<Played> => {
  const graph = loadStack(stackWith("dev", isConfigured ? prices : {}));
  const running: Running = await startRunning({ graph, items });
  try {
    const outcomes: Outcome[] = [];
    for (const event of events) outcomes.push(await running.handle(event));
    const { core, payments, deadLetters } = await running.dump();
    const counts = running.cloudwatch.metrics.all();
    return {
      outcomes,
      core,
      payments,
      deadLetters: deadLetters.length,
      row: core.find(({ PK, SK }) => PK === `USER#${userId}` && SK === "SUBSCRIPTION") ?? {},
      counted: (metricName) =>
        counts.filter(({ metric }) => metric.metricName === metricName).reduce((sum, { sum: count }) => sum + count, 0),
    };
  } finally {
    await running.stop();
  }
};
