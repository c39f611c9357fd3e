import { create, type Infer, nullable, object, record, string, type, unknown } from "superstruct";
import { subscriptionKey } from "../dynamodb/keys.ts";
import { changesBetween, Reason } from "../publishing/billing-event.ts";
import type { Outbox } from "../publishing/outbox.ts";
import type { Unpublished } from "../publishing/to-publish.ts";
import { fieldsOf, type SubscriptionItem } from "./core-table.ts";
import type { PlanPrices } from "./plan.ts";

const Fields = record(string(), unknown());

// A change as it is kept until it is published; it says all of it, as later ones may come before that.
const Kept = type({
  reason: Reason,
  changes: record(string(), object({ from: unknown(), to: unknown() })),
  state: type({ user_id: string(), customer_id: nullable(string()), subscription_id: string() }),
});

type Kept = Omit<Infer<typeof Kept>, "state"> & { state: Infer<typeof Fields> };

/**
 * What changes of a user's row, to be published, as a text; null where nothing changes that shows.
 *
 * When Stripe last said something is no change by itself: it says so of what no row has, too.
 */
export const changeToPublish = (
  userId: string,
  row: Record<string, unknown>,
  after: SubscriptionItem,
  { sold, reason }: { sold: PlanPrices; reason: Reason },
): string | null => {
  const state = { customer_id: after.customer_id, ...fieldsOf(userId, after, sold) };
  // The product may have made the item, to say who a customer is.
  const changes = changesBetween(row["stripe_version"] === undefined ? null : row, state);
  if (Object.keys(changes).every((name) => name === "updated_at")) return null;
  const kept: Kept = { reason, changes, state };
  return JSON.stringify(kept);
};

/** What of a user's row is not published yet, or may not be. */
export const unpublishedSubscription = (userId: string, { published, changes }: Outbox): Unpublished => ({
  table: "core",
  ...subscriptionKey(userId),
  published,
  changes: changes.map((text, index) => {
    const { reason, changes: fields, state } = create(JSON.parse(text), Kept);
    const { user_id, customer_id, subscription_id } = state;
    const detail = {
      subject: `subscription/${userId}`,
      version: published + index + 1,
      reason,
      user_id,
      customer_id,
      subscription_id,
      changes: fields,
      state,
    };
    return [{ type: reason === "event" ? "SubscriptionChanged" : "SubscriptionHealed", detail }];
  }),
});
