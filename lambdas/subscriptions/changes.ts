import { type PlanPrices, soldPlan } from "./plan.ts";
import { isCancellationScheduled, isEnded, type SubscriptionState } from "../ledger/subscription-state.ts";

/** Something that happened to a subscription, from what to what. */
export interface Change {
  change:
    | "plan_changed"
    | "cancellation_scheduled"
    | "reactivated"
    | "cancelled"
    | "status_changed"
    | "collection_paused"
    | "collection_resumed";
  from: string | number | boolean | null;
  to: string | number | boolean | null;
}

/** What changed between two states of a subscription; `before` is null for one that is new to us. */
export const changesBetween = (
  before: SubscriptionState | null,
  after: SubscriptionState,
  sold: PlanPrices,
): Change[] => {
  const changes: Change[] = [];
  const statusBefore = before?.status ?? null;
  if (statusBefore !== after.status) {
    changes.push({ change: "status_changed", from: statusBefore, to: after.status });
  }
  if (statusBefore !== after.status && after.status === "canceled") {
    changes.push({ change: "cancelled", from: statusBefore, to: after.status });
  }
  if (!before) return changes;
  const [priceBefore, priceAfter] = [before, after].map(({ prices }) => soldPlan(prices, sold).price_id ?? null);
  if (priceBefore !== priceAfter) {
    changes.push({ change: "plan_changed", from: priceBefore ?? null, to: priceAfter ?? null });
  }
  if (!isCancellationScheduled(before) && isCancellationScheduled(after)) {
    changes.push({ change: "cancellation_scheduled", from: null, to: after.cancel_at ?? after.current_period_end });
  }
  if (isCancellationScheduled(before) && !isCancellationScheduled(after) && !isEnded(after)) {
    changes.push({ change: "reactivated", from: before.cancel_at ?? before.current_period_end, to: null });
  }
  if (isPauseChanged(before, after)) {
    const change = after.pause_collection === null ? "collection_resumed" : "collection_paused";
    changes.push({ change, from: before.pause_collection, to: after.pause_collection });
  }
  return changes;
};

// Another behaviour, or another time of resuming, is a new pause.
const isPauseChanged = (before: SubscriptionState, after: SubscriptionState): boolean =>
  before.pause_collection !== after.pause_collection || before.pause_resumes_at !== after.pause_resumes_at;
