import type { MetricId } from "../cloudwatch/known-metrics.ts";

/** A metric that EventBridge publishes for a rule of a custom bus. */
export const ruleMetric = ({ busName, name }: { busName: string; name: string }, metricName: string): MetricId => ({
  namespace: "AWS/Events",
  metricName,
  dimensions: { EventBusName: busName, RuleName: name },
});

/** The metric that EventBridge publishes for each event of a partner source. */
export const eventsFrom = (source: string): MetricId => ({
  namespace: "AWS/Events",
  metricName: "Events",
  dimensions: { EventSourceName: source },
});
