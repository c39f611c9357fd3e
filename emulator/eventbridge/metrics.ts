import type { MetricId } from "../cloudwatch/known-metrics.ts";

/** A metric that EventBridge publishes for a rule of a custom bus. */
export const ruleMetric = ({ busName, name }: { busName: string; name: string }, metricName: string): MetricId => ({
  namespace: "AWS/Events",
  metricName,
  dimensions: { EventBusName: busName, RuleName: name },
});

/** A metric of what is put on the buses of an account; EventBridge tells no bus from another. */
export const entriesMetric = (metricName: string): MetricId => ({
  namespace: "AWS/Events",
  metricName,
  dimensions: {},
});

/** The metric that EventBridge publishes for each event of a partner source. */
export const eventsFrom = (source: string): MetricId => ({
  namespace: "AWS/Events",
  metricName: "Events",
  dimensions: { EventSourceName: source },
});
