import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Graph, ofType, type Resource } from "../../../emulator/graph/graph.ts";
import { lambdasOf, publishes, readDefinition } from "../../../infra/processing/definition.ts";
import { backgroundMachines, workflows } from "../../../infra/workflows.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the roles");

const named = (graph: Pick<Graph, "resources">, type: string, name: string): Resource => {
  const resource = ofType(graph, type).find((candidate) => candidate.name === name);
  if (!resource) throw new Error(`There is no ${type} ${name}`);
  return resource;
};

const table = "aws:dynamodb/table:Table";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const lambda = "aws:lambda/function:Function";
const machine = "aws:sfn/stateMachine:StateMachine";
const queue = "aws:sqs/queue:Queue";

const statementsIn = (graph: Graph) => {
  const policies = ofType(graph, "aws:iam/rolePolicy:RolePolicy");
  return (name: string) => JSON.parse(`${policies.find((policy) => policy.name === name)?.inputs["policy"]}`).Statement;
};

test("gives each Lambda the role that lets it do what it does", async () => {
  const graph = await graphOf("prod");
  const statementsOf = statementsIn(graph);
  const { core, payments } = {
    core: named(graph, table, "core").outputs["arn"],
    payments: named(graph, table, "payments").outputs["arn"],
  };
  const key = named(graph, "aws:ssm/parameter:Parameter", "stripe-api-key").outputs["arn"];
  const own: [string, ...[unknown, unknown][]][] = [
    ["resolve-customer", ["dynamodb:Query", `${core}/index/GSI2`], ["dynamodb:UpdateItem", core]],
    ["write-payment", [["dynamodb:Query", "dynamodb:UpdateItem"], payments]],
    ["link-payment", ["dynamodb:UpdateItem", payments]],
    ["record-reversal", ["dynamodb:UpdateItem", payments]],
    ["sync-subscription", [["dynamodb:GetItem", "dynamodb:UpdateItem"], core]],
    ["close-gap", [["dynamodb:GetItem", "dynamodb:UpdateItem"], core], ["ssm:GetParameter", key]],
    [
      "compare-page",
      ["dynamodb:Query", `${core}/index/GSI2`],
      [["dynamodb:GetItem", "dynamodb:UpdateItem"], core],
      [["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"], payments],
      ["ssm:GetParameter", key],
      ["events:PutEvents", named(graph, "aws:cloudwatch/eventBus:EventBus", "billing-bus").outputs["arn"]],
    ],
    ["mark-published", ["dynamodb:UpdateItem", core], ["dynamodb:UpdateItem", payments]],
  ];
  for (const [name, ...allowed] of own) {
    const [logging, tracing, ...rest] = statementsOf(name);
    assert.is(logging.Resource, `${named(graph, logGroup, name).outputs["arn"]}:*`);
    assert.is(tracing.Resource, "*");
    assert.equal(
      rest,
      allowed.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource })),
    );
  }
});

test("gives each state machine and rule the role that lets it do what it does", async () => {
  const graph = await graphOf("prod");
  const statementsOf = statementsIn(graph);
  const billingBus = named(graph, "aws:cloudwatch/eventBus:EventBus", "billing-bus").outputs["arn"];
  const starts: Record<string, string> = { "sync-subscription": "heal-subscription", reconcile: "reconcile" };
  const inBackground = backgroundMachines.map(({ name }) => ({ name, definition: name }));
  for (const { name, definition } of [...workflows, ...inBackground]) {
    const called = lambdasOf(readDefinition(definition));
    const statements = statementsOf(name);
    const [invoke] = statements;
    assert.equal(
      invoke.Resource,
      called.map((one) => named(graph, lambda, one).outputs["arn"]),
    );
    const started = starts[definition];
    const rest = [
      ...(started ? [["states:StartExecution", [named(graph, machine, started).outputs["arn"]]]] : []),
      ...(publishes(readDefinition(definition)) ? [["events:PutEvents", billingBus]] : []),
      ["sqs:SendMessage", named(graph, queue, "dead-letter-queue").outputs["arn"]],
    ];
    assert.equal(
      statements.slice(1, 1 + rest.length).map(({ Action, Resource }: Record<string, unknown>) => [Action, Resource]),
      rest,
    );
  }
  for (const { name } of workflows) {
    const start = {
      Effect: "Allow",
      Action: "states:StartExecution",
      Resource: named(graph, machine, name).outputs["arn"],
    };
    assert.equal(statementsOf(`${name}-rule`), [start]);
  }
});

test("holds no Stripe key, but a place for one that the roles of two Lambdas may read, and decrypt by no statement", async () => {
  const { resources } = await graphOf("prod");
  const { inputs, outputs } = named({ resources }, "aws:ssm/parameter:Parameter", "stripe-api-key");
  assert.equal([inputs["type"], inputs["valueWo"], "value" in inputs], ["SecureString", "not set yet", false]);
  const policies = ofType({ resources }, "aws:iam/rolePolicy:RolePolicy");
  const reading = policies.filter((policy) => `${policy.inputs["policy"]}`.includes("ssm:"));
  assert.equal(
    reading.map(({ name }) => name),
    ["close-gap", "compare-page"],
  );
  for (const policy of reading) {
    const statements: { Action: string | string[] }[] = JSON.parse(`${policy.inputs["policy"]}`).Statement;
    assert.equal(
      statements.filter(({ Action }) => [Action].flat().some((one) => one.startsWith("ssm:"))),
      [{ Effect: "Allow", Action: "ssm:GetParameter", Resource: outputs["arn"] }],
    );
    assert.not.match(`${policy.inputs["policy"]}`, "kms:");
  }
});

test("never changes what would make the provider put the Stripe key again, and with an empty value", async () => {
  for (const stack of ["dev", "prod"] as const) {
    const { inputs } = named(await graphOf(stack), "aws:ssm/parameter:Parameter", "stripe-api-key");
    assert.equal(inputs, {
      name: `${stack}-homebiyori-stripe-api-key`,
      description: "The Stripe API key; set by hand",
      type: "SecureString",
      valueWo: "not set yet",
      valueWoVersion: 1,
    });
  }
});

test.run();
