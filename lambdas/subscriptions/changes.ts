import { isCancellationScheduled, isEnded, type SubscriptionState } from "./subscription-state.ts";

/** Something that happened to a subscription, from what to what. */
export interface Change {
  change: "plan_changed" | "cancellation_scheduled" | "reactivated" | "cancelled" | "status_changed";
  from: string | number | boolean | null;
  to: string | number | boolean | null;
}

/** What changed between two states of a subscription; `before` is null for one that is new to us. */
export const changesBetween = (before: SubscriptionState | null, after: SubscriptionState): Change[] => {
  const changes: Change[] = [];
  const statusBefore = before?.status ?? null;
  if (statusBefore !== after.status) {
    changes.push({ change: "status_changed", from: statusBefore, to: after.status });
  }
  if (statusBefore !== after.status && after.status === "canceled") {
    changes.push({ change: "cancelled", from: statusBefore, to: after.status });
  }
  if (!before) return changes;
  if (before.price_id !== after.price_id) {
    changes.push({ change: "plan_changed", from: before.price_id, to: after.price_id });
  }
  if (!isCancellationScheduled(before) && isCancellationScheduled(after)) {
    changes.push({ change: "cancellation_scheduled", from: null, to: after.cancel_at ?? after.current_period_end });
  }
  if (isCancellationScheduled(before) && !isCancellationScheduled(after) && !isEnded(after)) {
    changes.push({ change: "reactivated", from: before.cancel_at ?? before.current_period_end, to: null });
  }
  return changes;
};
