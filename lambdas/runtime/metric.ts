import { env } from "./env.ts";

/** The namespace of what the Lambdas count. */
export const namespace = "Homebiyori/Billing";

/**
 * What the Lambdas count: payments by their outcome, events of a subscription that find another one missing, events of what others sell,
 * rows that a night's comparison with Stripe found wrong, and such comparisons that came to their end.
 */
export const metricNames = [
  "PaymentSucceeded",
  "PaymentFailed",
  "SubscriptionGap",
  "NoneOfOurs",
  "Drift",
  "Reconciled",
] as const;

/** One of them. */
export type MetricName = (typeof metricNames)[number];

/**
 * Emits metrics in the embedded metric format. A 0 counts too: an expression over two metrics needs both of them.
 *
 * It goes to stdout itself: Lambda's JSON log format nests what `console` prints under `message`, where it would be no metric.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const emitMetrics = (values: Partial<Record<MetricName, number>>): void => {
  const metric = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [["FunctionName"]],
          Metrics: Object.keys(values).map((name) => ({ Name: name, Unit: "Count" })),
        },
      ],
    },
    FunctionName: env("AWS_LAMBDA_FUNCTION_NAME"),
    ...values,
  };
  process.stdout.write(`${JSON.stringify(metric)}\n`);
};
