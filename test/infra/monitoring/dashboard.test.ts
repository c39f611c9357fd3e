import { knownMetrics } from "../../../local/product.ts";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { workflows } from "../../../infra/workflows.ts";
import { type Graph, ofType } from "../../../emulator/graph/graph.ts";
import { loadStack } from "../../../local/program.ts";
import { isKnownMetric } from "../../../emulator/cloudwatch/known-metrics.ts";
import { dashboardOf, metricsOf, type Widget } from "../../helpers/dashboard.ts";
import { graphOf, stackWith } from "../../helpers/stack.ts";

const test = suite("the dashboard");

const titleOf = ({ properties }: Widget): string => ("title" in properties ? properties.title : "");

test("fills the 24 columns, no widget over another", async () => {
  const taken = new Set<string>();
  for (const { x, y, width, height } of dashboardOf(await graphOf("prod")).widgets) {
    assert.ok(x >= 0 && width >= 1 && x + width <= 24 && height >= 1);
    for (let column = x; column < x + width; column += 1) {
      for (let line = y; line < y + height; line += 1) {
        assert.not(taken.has(`${column} ${line}`));
        taken.add(`${column} ${line}`);
      }
    }
  }
});

test("has a name that AWS takes, and the region on each widget that needs one", async () => {
  for (const stack of ["dev", "prod"] as const) {
    const graph = await graphOf(stack);
    const [dashboard, ...others] = ofType(graph, "aws:cloudwatch/dashboard:Dashboard");
    assert.is(others.length, 0);
    assert.match(String(dashboard?.inputs["dashboardName"]), /^[\w-]{1,255}$/);
    for (const { properties } of dashboardOf(graph).widgets) {
      if ("region" in properties) assert.is(properties.region, graph.region);
    }
  }
});

// The operations of DynamoDB that a role of the graph allows.
const operationsIn = (graph: Graph): string[] =>
  ofType(graph, "aws:iam/rolePolicy:RolePolicy").flatMap(({ inputs }) =>
    [...`${inputs["policy"]}`.matchAll(/"dynamodb:(\w+)"/g)].map(([, operation = ""]) => operation),
  );

test("shows only metrics that are published, of what is there", async () => {
  const adopted = stackWith("dev", { createCoreTable: "false", coreTableName: "product-core" });
  for (const graph of [await graphOf("dev"), await graphOf("prod"), await loadStack(adopted)]) {
    const there = new Set([
      "StartExecution",
      "product-core",
      ...operationsIn(graph),
      ...graph.resources.flatMap(({ outputs }) => [outputs["name"], outputs["arn"]].map(String)),
    ]);
    for (const metric of dashboardOf(graph).widgets.flatMap(metricsOf)) {
      assert.ok(isKnownMetric(metric, knownMetrics), JSON.stringify(metric));
      for (const value of Object.values(metric.dimensions)) assert.ok(there.has(value), value);
    }
  }
});

test("computes only with metrics that are on the same widget", async () => {
  for (const { type, properties } of dashboardOf(await graphOf("prod")).widgets) {
    if (type !== "metric") continue;
    const options = properties.metrics.map((row) => Object(row.at(-1)));
    const ids = options.flatMap(({ id }) => id ?? []);
    assert.is(new Set(ids).size, ids.length);
    for (const { expression } of options.filter((option) => "expression" in option)) {
      if (expression.startsWith("SEARCH")) continue;
      for (const [name] of expression.matchAll(/\b[a-z]\w*/g)) assert.ok(ids.includes(name), name);
    }
  }
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
const search = /^SEARCH\('\{"([^"]+)",(\w+),(\w+)\} MetricName="(\w+)" \2="([^"]+)"', 'Sum'\)$/;

test("finds the amounts of each currency, by what its own Lambdas publish", async () => {
  const graph = await graphOf("prod");
  const metrics = dashboardOf(graph).widgets.flatMap(({ type, properties }) =>
    type === "metric" ? properties.metrics.map((row) => `${Object(row.at(-1)).expression}`) : [],
  );
  const searches = metrics.filter((expression) => expression.startsWith("SEARCH")).map((one) => search.exec(one) ?? []);
  const lambdas = ofType(graph, "aws:lambda/function:Function").map(({ inputs }) => inputs["name"]);
  for (const [, space = "", one = "", other = "", metricName = "", value] of searches) {
    const dimensions = { [one]: "", [other]: "" };
    assert.ok(isKnownMetric({ namespace: space, metricName, dimensions }, knownMetrics), metricName);
    assert.ok(lambdas.includes(value), value);
  }
  assert.equal([...new Set(searches.map((found) => found[4]))], ["RefundedAmount", "DisputedAmount"]);
});

test("leads from left to right, for each type of event", async () => {
  const { widgets } = dashboardOf(await graphOf("prod"));
  for (const { eventType } of workflows) {
    const [row, ...others] = widgets.filter((widget) => titleOf(widget) === eventType);
    assert.ok(row?.type === "metric" && others.length === 0);
    assert.equal(
      row.properties.metrics.map((metric) => Object(metric.at(-1)).label),
      ["received", "started", "succeeded", "failed", "timed out", "not delivered", "dead-lettered"],
    );
  }
  assert.is(widgets.filter((widget) => titleOf(widget).startsWith("From Stripe's bus")).length, 1);
});

test("shows all alarms that are on, of which CloudWatch takes a hundred on a widget", async () => {
  const graph = await graphOf("prod");
  const on = dashboardOf(graph).widgets.flatMap((one) => (one.type === "alarm" ? [one.properties.alarms] : []));
  const alarms = graph.resources.filter(({ type }) => type.endsWith("Alarm")).map(({ outputs }) => `${outputs["arn"]}`);
  assert.ok(on.every(({ length }) => length <= 100));
  assert.equal(on.flat().toSorted(), alarms.toSorted());
});

test("asks the logs by event, by customer and by error, in groups that are there, for what is typed in at the top", async () => {
  const graph = await graphOf("prod");
  const groups = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs["name"]);
  const { widgets, variables } = dashboardOf(graph);
  const queries = widgets.flatMap((widget) => (widget.type === "log" ? [widget.properties] : []));
  assert.equal(
    queries.map(({ title }) => title),
    ["By event id", "By customer", "By error"],
  );
  for (const { query } of queries) {
    const sources = [...query.matchAll(/SOURCE '([^']+)'/g)].map(([, name]) => name);
    assert.ok(sources.length >= 4);
    for (const source of sources) assert.ok(groups.includes(source), source);
  }
  for (const [index, { pattern }] of variables.entries()) assert.match(`${queries[index]?.query}`, `"${pattern}"`);
});

test.run();
