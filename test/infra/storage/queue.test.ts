import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Graph, ofType, type Resource } from "../../../emulator/graph/graph.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the queues");

const rule = "aws:cloudwatch/eventRule:EventRule";
const queue = "aws:sqs/queue:Queue";

const named = (graph: Graph, type: string, name: string): Resource => {
  const resource = ofType(graph, type).find((candidate) => candidate.name === name);
  if (!resource) throw new Error(`There is no ${type} ${name}`);
  return resource;
};

test("keeps large dead letters, and parked ones, encrypted for 14 days", async () => {
  const queues = ofType(await graphOf("prod"), queue);
  assert.equal(
    queues.map(({ inputs }) => inputs),
    ["dead-letter-queue", "parked"].map((name) => ({
      name: `prod-homebiyori-${name}`,
      messageRetentionSeconds: 1_209_600,
      visibilityTimeoutSeconds: 60,
      maxMessageSize: 1_048_576,
      sqsManagedSseEnabled: true,
    })),
  );
});

test("lets no one send to the parking-lot queue by its policy, and denies all without TLS", async () => {
  const graph = await graphOf("prod");
  const { inputs } = named(graph, "aws:sqs/queuePolicy:QueuePolicy", "parked");
  const { arn, url } = named(graph, queue, "parked").outputs;
  assert.is(inputs["queueUrl"], url);
  assert.equal(JSON.parse(`${inputs["policy"]}`).Statement, [
    {
      Sid: "DenyWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: arn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
  assert.equal(graph.outputs["parkedQueue"], { url, arn });
});

test("lets exactly its rules send to the dead-letter queue", async () => {
  const graph = await graphOf("prod");
  const [allow, deny] = JSON.parse(
    `${named(graph, "aws:sqs/queuePolicy:QueuePolicy", "dead-letter-queue").inputs["policy"]}`,
  ).Statement;
  const rules = ofType(graph, rule).map(({ outputs }) => outputs["arn"]);
  assert.equal(new Set(allow.Condition.ArnEquals["aws:SourceArn"]), new Set(rules));
  assert.equal([deny.Effect, deny.Condition], ["Deny", { Bool: { "aws:SecureTransport": "false" } }]);
});

test.run();
