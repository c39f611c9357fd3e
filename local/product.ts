import { object, string, type } from "superstruct";
import { awsMetrics, type MetricFamily } from "../emulator/cloudwatch/known-metrics.ts";
import type { Table } from "../emulator/dynamodb/create-tables.ts";
import type { EmulatorArgs } from "../emulator/emulator.ts";
import { type Graph, ofType } from "../emulator/graph/graph.ts";
import { validateInputs } from "../emulator/graph/validate-inputs.ts";
import { amountNames, metricNames, namespace } from "../lambdas/runtime/metric.ts";
import { eventIdOf } from "./stripe-envelope.ts";

const source = "lambdas/runtime/metric.ts";
const ownMetrics: MetricFamily[] = [
  { namespace, dimensions: ["FunctionName"], metricNames: [...metricNames], source },
  { namespace, dimensions: ["FunctionName", "Currency"], metricNames: [...amountNames], source },
];

/** All metrics that are published in a run: AWS's, and those of this product's Lambdas. */
export const knownMetrics: readonly MetricFamily[] = [...awsMetrics, ...ownMetrics];

/** The names of the tables that the program exports. */
export const tableNames = ({ outputs }: Graph): { core: string; payments: string } =>
  validateInputs(outputs["tables"], object({ core: string(), payments: string() }), "the output tables");

/** The name of the bus with the events for other services. */
export const billingBusName = ({ outputs }: Graph): string =>
  validateInputs(outputs["billingBus"], type({ name: string() }), "the output billingBus").name;

// The core table of the rest of the product, as far as this program knows it.
const coreTable = (name: string): Table => ({
  name,
  billingMode: "PAY_PER_REQUEST",
  hashKey: "PK",
  rangeKey: "SK",
  attributes: ["PK", "SK", "customer_id"].map((attribute) => ({ name: attribute, type: "S" })),
  globalSecondaryIndexes: [
    { name: "GSI2", keySchemas: [{ attributeName: "customer_id", keyType: "HASH" }], projectionType: "KEYS_ONLY" },
  ],
});

/** The tables that a stack uses and does not make: the core table, where the rest of the product makes it. */
export const otherTables = (graph: Graph): Table[] => {
  const { core } = tableNames(graph);
  const isMade = ofType(graph, "aws:dynamodb/table:Table").some(({ inputs }) => inputs["name"] === core);
  return isMade ? [] : [coreTable(core)];
};

/** What the emulator has to know of this product besides the graph. */
export const product: Pick<EmulatorArgs, "eventIdOf" | "ownMetrics" | "operatorPolicy" | "entryBus" | "otherTables"> = {
  eventIdOf,
  ownMetrics,
  operatorPolicy: "operator",
  entryBus: "stripe-webhook-bus",
  otherTables,
};
