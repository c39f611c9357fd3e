import { env } from "./env.ts";

/** The namespace of what the Lambdas count. */
export const namespace = "Homebiyori/Billing";

/** The metrics that the Lambdas emit: payments by their outcome, and events of a subscription that find another one missing. */
export const metricNames = ["PaymentSucceeded", "PaymentFailed", "SubscriptionGap"] as const;

/** The name of a metric that a Lambda emits. */
export type MetricName = (typeof metricNames)[number];

/**
 * Counts things, as CloudWatch embedded metrics. A 0 counts too: what is reckoned of two metrics needs both of them.
 *
 * It goes to stdout itself: Lambda's JSON log format nests what `console` prints under `message`, where it would be no metric.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const count = (values: Partial<Record<MetricName, number>>): void => {
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
