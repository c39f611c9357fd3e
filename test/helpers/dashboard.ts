import { array, enums, type Infer, integer, literal, object, optional, string, union, unknown } from "superstruct";
import { validateInputs } from "../../emulator/graph/validate-inputs.ts";
import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import type { MetricId } from "../../emulator/cloudwatch/known-metrics.ts";

// As CloudWatch documents it, as far as it is used:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const place = { x: integer(), y: integer(), width: integer(), height: integer() };

const Widget = union([
  object({ ...place, type: literal("text"), properties: object({ markdown: string(), background: string() }) }),
  object({
    ...place,
    type: literal("alarm"),
    properties: object({ title: string(), alarms: array(string()), states: array(enums(["ALARM"])) }),
  }),
  object({
    ...place,
    type: literal("log"),
    properties: object({ title: string(), region: string(), view: literal("table"), query: string() }),
  }),
  object({
    ...place,
    type: literal("metric"),
    properties: object({
      title: string(),
      region: string(),
      view: enums(["singleValue", "timeSeries"]),
      metrics: array(array(unknown())),
      period: optional(integer()),
      setPeriodToTimeRange: optional(literal(true)),
      sparkline: optional(literal(true)),
      yAxis: optional(object({ left: object({ min: literal(0) }) })),
    }),
  }),
]);

const Body = object({
  start: string(),
  variables: array(
    object({
      type: literal("pattern"),
      pattern: string(),
      inputType: literal("input"),
      id: string(),
      label: string(),
      defaultValue: string(),
      visible: literal(true),
    }),
  ),
  widgets: array(Widget),
});

/** A widget of the dashboard. */
export type Widget = Infer<typeof Widget>;

/** The dashboard of a graph, which must be one as CloudWatch takes it. */
export const dashboardOf = (graph: Graph): Infer<typeof Body> => {
  const [dashboard] = ofType(graph, "aws:cloudwatch/dashboard:Dashboard");
  return validateInputs(JSON.parse(String(dashboard?.inputs["dashboardBody"])), Body, "the dashboard");
};

/** The metrics that a widget shows, without metric-math expressions. */
export const metricsOf = ({ type, properties }: Widget): MetricId[] => {
  if (type !== "metric") return [];
  return properties.metrics.flatMap((row) => {
    const [namespace, metricName, ...dimensions] = row.filter((part) => typeof part === "string");
    if (namespace === undefined || metricName === undefined) return [];
    const pairs = dimensions.flatMap((name, index) => (index % 2 === 0 ? [[name, dimensions[index + 1]]] : []));
    return [{ namespace, metricName, dimensions: Object.fromEntries(pairs) }];
  });
};

/** A text that is the same for the same metric. */
export const identityOf = ({ namespace, metricName, dimensions }: MetricId): string =>
  [
    namespace,
    metricName,
    ...Object.entries(dimensions)
      .map(([name, value]) => `${name}=${value}`)
      .toSorted(),
  ].join(" ");
