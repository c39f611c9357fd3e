import type { MetricId } from "../cloudwatch/known-metrics.ts";

/** A metric of a rule, as EventBridge sends it for one that is not on the default bus. */
export const ruleMetric = ({ busName, name }: { busName: string; name: string }, metricName: string): MetricId => ({
  namespace: "AWS/Events",
  metricName,
  dimensions: { EventBusName: busName, RuleName: name },
});

/** What EventBridge sends of each event of a partner source. */
export const eventsFrom = (source: string): MetricId => ({
  namespace: "AWS/Events",
  metricName: "Events",
  dimensions: { EventSourceName: source },
});

/** What Step Functions sends of a start that it refuses as too many, for the whole account. */
export const startsThrottled: MetricId = {
  namespace: "AWS/States",
  metricName: "ThrottledEvents",
  dimensions: { APIName: "StartExecution" },
};
