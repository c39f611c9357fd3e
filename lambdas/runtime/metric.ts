import { env } from "./env.ts";

/** The namespace of what the Lambdas count. */
export const namespace = "Homebiyori/Billing";

/**
 * What the Lambdas count: payments by their outcome, refunds, disputes, and those of them that wait for an answer, events of a subscription that find another
 * one missing, events of what others sell, rows that a night's comparison with Stripe found wrong, and such comparisons that came to
 * their end.
 */
export const metricNames = [
  "PaymentSucceeded",
  "PaymentFailed",
  "Refunded",
  "Disputed",
  "DisputeOpened",
  "SubscriptionGap",
  "NoneOfOurs",
  "Drift",
  "Reconciled",
] as const;

/** One of them. */
export type MetricName = (typeof metricNames)[number];

/** What the Lambdas add up by currency, in its minor unit: what was refunded, and what is disputed. */
export const amountNames = ["RefundedAmount", "DisputedAmount"] as const;

/** One of them. */
export type AmountName = (typeof amountNames)[number];

/**
 * Emits metrics in the embedded metric format. A 0 counts too: an expression over two metrics needs both of them.
 *
 * It goes to stdout itself: Lambda's JSON log format nests what `console` prints under `message`, where it would be no metric.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const emitMetrics = (values: Partial<Record<MetricName, number>>): void => emit(values, "Count", {});

/** Emits an amount in a currency's minor unit, as a metric of that currency. */
export const emitAmount = (name: AmountName, amount: number, currency: string): void =>
  emit({ [name]: amount }, "None", { Currency: currency });

const emit = (values: Record<string, number>, unit: "Count" | "None", more: Record<string, string>): void => {
  const dimensions = { FunctionName: env("AWS_LAMBDA_FUNCTION_NAME"), ...more };
  const metric = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [Object.keys(dimensions)],
          Metrics: Object.keys(values).map((name) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...dimensions,
    ...values,
  };
  process.stdout.write(`${JSON.stringify(metric)}\n`);
};
