import { env } from "./env.ts";

/**
 * Counts one of something, as a CloudWatch embedded metric in the namespace `Homebiyori/Billing`.
 *
 * It goes to stdout itself: Lambda's JSON log format nests what `console` prints under `message`, where it would be no metric.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const count = (name: string): void => {
  const metric = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: "Homebiyori/Billing",
          Dimensions: [["FunctionName"]],
          Metrics: [{ Name: name, Unit: "Count" }],
        },
      ],
    },
    FunctionName: env("AWS_LAMBDA_FUNCTION_NAME"),
    [name]: 1,
  };
  process.stdout.write(`${JSON.stringify(metric)}\n`);
};
