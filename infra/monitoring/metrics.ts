import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type MetricName, namespace } from "../../lambdas/runtime/metric.ts";
import type { Function } from "../processing/function.ts";
import type { StateMachine } from "../processing/state-machine.ts";
import type { Table } from "../storage/tables.ts";

/** A metric of CloudWatch's: its names and dimensions exactly as they are sent, or an alarm on it never goes off. */
export interface Metric {
  namespace: string;
  metricName: string;
  dimensions: Record<string, pulumi.Input<string>>;
}

/** A metric of a rule. With the rule's name alone it would be that of a rule on the default bus. */
export const ruleMetric = ({ name, eventBusName }: aws.cloudwatch.EventRule, metricName: string): Metric => ({
  namespace: "AWS/Events",
  metricName,
  // Only a rule of the default bus names none.
  dimensions: { EventBusName: eventBusName.apply((bus) => bus ?? "default"), RuleName: name },
});

/** How many events came from a partner source. */
export const eventsFrom = (source: string): Metric => ({
  namespace: "AWS/Events",
  metricName: "Events",
  dimensions: { EventSourceName: source },
});

/** How many events were put on buses, or failed to be, in the whole account: EventBridge tells no bus from another. */
export const eventsPut = (metricName: "PutEventsEntriesCount" | "PutEventsFailedEntriesCount"): Metric => ({
  namespace: "AWS/Events",
  metricName,
  dimensions: {},
});

/** A metric of a state machine. */
export const machineMetric = ({ arn }: StateMachine, metricName: string): Metric => ({
  namespace: "AWS/States",
  metricName,
  dimensions: { StateMachineArn: arn },
});

/** How many starts of executions were throttled, in the whole account: `ExecutionThrottled` never moves for Express ones. */
export const startsThrottled: Metric = {
  namespace: "AWS/States",
  metricName: "ThrottledEvents",
  dimensions: { APIName: "StartExecution" },
};

/** A metric of a Lambda. */
export const functionMetric = ({ name }: Function, metricName: string): Metric => ({
  namespace: "AWS/Lambda",
  metricName,
  dimensions: { FunctionName: name },
});

/** What a Lambda counts itself. */
export const billingMetric = ({ name }: Function, metricName: MetricName): Metric => ({
  namespace,
  metricName,
  dimensions: { FunctionName: name },
});

/** A metric of a queue. */
export const queueMetric = ({ name }: { name: pulumi.Input<string> }, metricName: string): Metric => ({
  namespace: "AWS/SQS",
  metricName,
  dimensions: { QueueName: name },
});

/** A metric of an operation on a table. */
export const tableMetric = ({ name }: Table, metricName: string, operation: string): Metric => ({
  namespace: "AWS/DynamoDB",
  metricName,
  dimensions: { TableName: name, Operation: operation },
});
