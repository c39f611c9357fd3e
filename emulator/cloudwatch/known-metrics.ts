/** A metric as CloudWatch identifies it: by its names and all of its dimensions. */
export interface MetricId {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

/** Metrics of one namespace and one set of dimensions. */
export interface MetricFamily {
  namespace: string;
  /** The dimensions that all of these metrics are published with, and no others. */
  dimensions: string[];
  metricNames: string[];
  /** Whether only AWS publishes them: the emulator does not measure DynamoDB. */
  awsOnly?: true;
  /** Where this is documented. */
  source: string;
}

const eventBridge = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html";
const stepFunctions = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html";
const dynamodb = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html";

/** The metrics that AWS publishes, as far as the emulator knows them. */
export const awsMetrics: readonly MetricFamily[] = [
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
  {
    namespace: "AWS/Events",
    dimensions: [],
    metricNames: ["PutEventsEntriesCount", "PutEventsFailedEntriesCount"],
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
      "ExecutionsAborted",
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
    namespace: "AWS/Scheduler",
    dimensions: ["ScheduleGroup"],
    metricNames: [
      "InvocationAttemptCount",
      "TargetErrorCount",
      "TargetErrorThrottledCount",
      "InvocationDroppedCount",
      "InvocationsSentToDeadLetterCount",
      "InvocationsFailedToBeSentToDeadLetterCount",
    ],
    source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html",
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
];

/** Whether there is such a metric with exactly these dimensions; CloudWatch takes an alarm on any other too, which then never goes off. */
export const isKnownMetric = (
  { namespace, metricName, dimensions }: MetricId,
  families: readonly MetricFamily[],
): boolean =>
  families.some(
    (family) =>
      family.namespace === namespace &&
      family.metricNames.includes(metricName) &&
      family.dimensions.toSorted().join() === Object.keys(dimensions).toSorted().join(),
  );
