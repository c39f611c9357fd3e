import { type MetricName, namespace as ownNamespace } from "../../lambdas/runtime/metric.ts";

/** A metric as CloudWatch knows it: by its names and all of its dimensions. */
export interface MetricId {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

interface Family {
  namespace: string;
  /** The dimensions that all of these metrics are sent with, and no others. */
  dimensions: string[];
  metricNames: string[];
  /** Whether only AWS sends them: the emulator does not measure DynamoDB, and no alarm watches it. */
  awsOnly?: true;
  /** Where AWS says so. */
  source: string;
}

const own: Record<MetricName, true> = {
  PaymentSucceeded: true,
  PaymentFailed: true,
  SubscriptionGap: true,
  NoneOfOurs: true,
};

const eventBridge = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html";
const stepFunctions = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html";
const dynamodb = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html";

/** The metrics that AWS sends of what this program is made of, as far as anybody watches them, and those that its Lambdas count. */
export const knownMetrics: readonly Family[] = [
  {
    namespace: "AWS/Events",
    dimensions: ["EventBusName", "RuleName"],
    metricNames: [
      "TriggeredRules",
      "Invocations",
      "FailedInvocations",
      "InvocationsSentToDlq",
      "InvocationsFailedToBeSentToDlq",
    ],
    source: eventBridge,
  },
  { namespace: "AWS/Events", dimensions: ["EventSourceName"], metricNames: ["Events"], source: eventBridge },
  {
    namespace: "AWS/States",
    dimensions: ["StateMachineArn"],
    metricNames: [
      "ExecutionsStarted",
      "ExecutionsSucceeded",
      "ExecutionsFailed",
      "ExecutionsTimedOut",
      "ExecutionTime",
    ],
    source: stepFunctions,
  },
  { namespace: "AWS/States", dimensions: ["APIName"], metricNames: ["ThrottledEvents"], source: stepFunctions },
  {
    namespace: "AWS/Lambda",
    dimensions: ["FunctionName"],
    metricNames: ["Invocations", "Errors", "Throttles", "Duration"],
    source: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
  },
  {
    namespace: "AWS/SQS",
    dimensions: ["QueueName"],
    metricNames: ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"],
    source:
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
  },
  {
    namespace: "AWS/DynamoDB",
    dimensions: ["TableName", "Operation"],
    metricNames: ["SuccessfulRequestLatency", "ThrottledRequests"],
    awsOnly: true,
    source: dynamodb,
  },
  {
    namespace: ownNamespace,
    dimensions: ["FunctionName"],
    metricNames: Object.keys(own),
    source: "lambdas/runtime/metric.ts",
  },
];

/** Whether there is such a metric with exactly these dimensions; CloudWatch takes an alarm on any, which then never goes off. */
export const isKnownMetric = ({ namespace, metricName, dimensions }: MetricId): boolean =>
  knownMetrics.some(
    (family) =>
      family.namespace === namespace &&
      family.metricNames.includes(metricName) &&
      family.dimensions.toSorted().join() === Object.keys(dimensions).toSorted().join(),
  );
