import { isObject, parseJson } from "../graph/json.ts";
import type { MetricId } from "./known-metrics.ts";

interface Embedded {
  _aws?: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[] };
  [name: string]: unknown;
}

/**
 * The datapoints that CloudWatch extracts from a line of a log: only those at its root.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const datapointsIn = (line: string): { metric: MetricId; value: number }[] => {
  if (!line.includes('"_aws"')) return [];
  const json = parseJson(line);
  // What claims to be in the format is taken to be in it.
  const parsed: Embedded = isObject(json) ? json : {};
  return (parsed._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, `${parsed[name]}`]));
      return Metrics.map(({ Name: metricName }) => ({
        metric: { namespace, metricName, dimensions },
        value: Number(parsed[metricName]),
      }));
    }),
  );
};
