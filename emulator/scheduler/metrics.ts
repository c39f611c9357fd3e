import type { MetricId } from "../cloudwatch/known-metrics.ts";

/** A metric that Scheduler publishes for a group of schedules. */
export const groupMetric = (groupName: string, metricName: string): MetricId => ({
  namespace: "AWS/Scheduler",
  metricName,
  dimensions: { ScheduleGroup: groupName },
});
