import type * as pulumi from "@pulumi/pulumi";
import type { Metric } from "./metrics.ts";

/** A part of a dashboard, as high as it is and as wide as there is room for; `row` places it. */
export interface Widget {
  type: "text" | "metric" | "log" | "alarm";
  height: number;
  properties: Record<string, unknown>;
}

/** A metric in a widget, by the statistic and under the label that it is shown with. */
export interface Line {
  metric: Metric;
  stat: "Sum" | "Maximum" | "p50" | "p99";
  label: pulumi.Input<string>;
  /** Names it for an expression. */
  id?: string;
}

/** A metric-math expression: over the lines that have an id, or a search. */
export interface Expression {
  expression: pulumi.Input<string>;
  label: string;
}

/** How many there were of something. */
export const sum = (metric: Line["metric"], label: Line["label"], id?: string): Line => ({
  metric,
  stat: "Sum",
  label,
  ...(id !== undefined && { id }),
});

/** A text in Markdown. */
export const text = (markdown: string): Widget => ({
  type: "text",
  height: markdown.split("\n").length + 1,
  properties: { markdown, background: "transparent" },
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const mostAlarms = 100;

/** The alarms that are on, in as many widgets as it takes. */
export const alarmsOn = (arns: pulumi.Input<string>[]): Widget[] =>
  Array.from({ length: Math.ceil(arns.length / mostAlarms) }, (_, index) => {
    const alarms = arns.slice(index * mostAlarms, (index + 1) * mostAlarms);
    return { type: "alarm", height: 2, properties: { title: "Alarms that are on", alarms, states: ["ALARM"] } };
  });

/** Each metric as one number, over the whole of the time that is shown. */
export const numbers = (title: string, region: pulumi.Input<string>, lines: (Line | Expression)[]): Widget => ({
  type: "metric",
  height: 3,
  properties: {
    title,
    region,
    view: "singleValue",
    setPeriodToTimeRange: true,
    sparkline: true,
    metrics: lines.map(asMetric),
  },
});

/** Metrics over time. */
export const graph = (
  title: string,
  region: pulumi.Input<string>,
  lines: (Line | Expression)[],
  period = 300,
): Widget => ({
  type: "metric",
  height: 6,
  properties: { title, region, view: "timeSeries", period, yAxis: { left: { min: 0 } }, metrics: lines.map(asMetric) },
});

/** A query of Logs Insights over these groups. */
export const query = (
  title: string,
  region: pulumi.Input<string>,
  groups: pulumi.Output<string[]>,
  steps: string[],
): Widget => ({
  type: "log",
  height: 7,
  properties: {
    title,
    region,
    view: "table",
    query: groups.apply((names) => [...names.map((name) => `SOURCE '${name}'`), ...steps].join(" | ")),
  },
});

/** Places widgets side by side, from the top down, row by row, each row over the whole of the 24 columns. */
export const placed = (rows: Widget[][]): object[] => {
  let y = 0;
  return rows.flatMap((row) => {
    const width = 24 / row.length;
    const widgets = row.map((widget, index) => ({ ...widget, x: index * width, y, width }));
    y += Math.max(...row.map(({ height }) => height));
    return widgets;
  });
};

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const asMetric = (line: Line | Expression): unknown[] => {
  if ("expression" in line) return [line];
  const { metric, stat, label, id } = line;
  const dimensions = Object.entries(metric.dimensions).flat();
  return [metric.namespace, metric.metricName, ...dimensions, { stat, label, ...(id !== undefined && { id }) }];
};
