import { type AlarmArgs, missingFor } from "./alarm.ts";
import type { Queue } from "../storage/queue.ts";
import type { Function } from "../processing/function.ts";
import { billingMetric, queueMetric } from "./metrics.ts";

/** What the ticket alarms watch. */
export interface TicketAlarmArgs {
  deadLetters: Queue;
  parked: Queue;
  functions: Record<(typeof reporting)[number] | "sync-subscription", Function>;
}

/** The Lambdas that tell of refunds and disputes: a payment may be known for ours before they come, or after. */
export const reporting = ["record-reversal", "write-payment", "link-payment", "compare-page"] as const;

/** The alarms of what lasts until a person acts, or can wait for the morning, by their names. */
export const ticketAlarms = ({ deadLetters, parked, functions }: TicketAlarmArgs): Record<string, AlarmArgs> => ({
  "dead-letter-queue-not-empty": {
    description: "Events are in the dead-letter queue until they are redriven.",
    watches: queueMetric(deadLetters, "ApproximateNumberOfMessagesVisible"),
    statistic: "Maximum",
    threshold: 1,
  },
  "dead-letter-queue-old": old("dead-letter queue", deadLetters),
  "parked-old": old("parked queue", parked),
  "payments-failing": {
    description: "Of at least 10 payments within an hour, 3 in 10 or more failed: more than cards alone account for.",
    watches: {
      expression: "IF(failed+succeeded>=10,100*failed/(failed+succeeded),0)",
      sums: {
        failed: billingMetric(functions["write-payment"], "PaymentFailed"),
        succeeded: billingMetric(functions["write-payment"], "PaymentSucceeded"),
      },
    },
    threshold: 30,
    periodSeconds: 3600,
  },
  "dispute-opened": {
    description: "A customer disputes a payment, and the bank waits for an answer until a date.",
    watches: {
      expression: "SUM(METRICS())",
      sums: Object.fromEntries(
        reporting.map((name, index) => [`opened${index}`, billingMetric(functions[name], "DisputeOpened")]),
      ),
    },
    threshold: 1,
  },
  "subscription-gaps": {
    description: "An event of a subscription is missing for longer than gapMinutes; its row may be behind.",
    watches: billingMetric(functions["sync-subscription"], "SubscriptionGap"),
    threshold: 1,
  },
  drift: {
    description:
      "A night's comparison found rows that differ from Stripe's, which are healed, or that it could not compare.",
    watches: billingMetric(functions["compare-page"], "Drift"),
    threshold: 1,
  },
});

/** The alarm that no comparison with Stripe has come to its end for two days. */
export const notReconciled = (comparePage: Function): AlarmArgs => ({
  description: "No comparison of all rows with Stripe has come to its end for two days.",
  ...missingFor(48, billingMetric(comparePage, "Reconciled")),
});

const day = 24 * 3600;

// SQS deletes it after 14 days: ten are left, over any holidays.
const old = (name: string, queue: Queue): AlarmArgs => ({
  description: `An event has been in the ${name} for 4 days; SQS deletes it 14 days after it was sent there.`,
  watches: queueMetric(queue, "ApproximateAgeOfOldestMessage"),
  statistic: "Maximum",
  threshold: 4 * day,
});
