import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import { loadStack } from "../../local/program.ts";
import { secrets, secretsIn } from "../helpers/planted.ts";
import { graphOf, stackWith } from "../helpers/stack.ts";

const test = suite("what guards the data");

// How each kind of thing that keeps data is encrypted. What names no key is under one that AWS owns, and cannot be without.
const isEncrypted: Record<string, (inputs: Record<string, unknown>) => boolean> = {
  "aws:cloudwatch/eventArchive:EventArchive": ({ kmsKeyIdentifier }) => kmsKeyIdentifier === undefined,
  "aws:cloudwatch/eventBus:EventBus": ({ kmsKeyIdentifier }) => kmsKeyIdentifier === undefined,
  "aws:cloudwatch/logGroup:LogGroup": ({ kmsKeyId }) => kmsKeyId === undefined,
  "aws:dynamodb/table:Table": ({ serverSideEncryption }) => serverSideEncryption === undefined,
  "aws:lambda/function:Function": ({ kmsKeyArn }) => kmsKeyArn === undefined,
  // Without its own, a queue would have none, and one under AWS's key for SQS would take nothing from EventBridge.
  "aws:sqs/queue:Queue": ({ sqsManagedSseEnabled, kmsMasterKeyId }) =>
    sqsManagedSseEnabled === true && kmsMasterKeyId === undefined,
  "aws:sfn/stateMachine:StateMachine": ({ encryptionConfiguration }) => encryptionConfiguration === undefined,
  "aws:sns/topic:Topic": ({ kmsMasterKeyId }) => `${kmsMasterKeyId}`.startsWith("arn:aws:kms:"),
  "aws:ssm/parameter:Parameter": ({ type }) => type === "SecureString",
};

// These keep nothing but what the program itself says.
const keepsNoData = [
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:cloudwatch/logDelivery:LogDelivery",
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
  "aws:cloudwatch/logDeliverySource:LogDeliverySource",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cloudwatch/queryDefinition:QueryDefinition",
  "aws:iam/policy:Policy",
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:kms/key:Key",
  "aws:scheduler/schedule:Schedule",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sns/topicSubscription:TopicSubscription",
  "aws:sqs/queuePolicy:QueuePolicy",
];

const kept = ({ resources }: Graph) => resources.filter(({ type }) => !keepsNoData.includes(type));

test("all that keeps data is encrypted", async () => {
  for (const stack of ["dev", "prod"] as const) {
    for (const { type, name, inputs } of kept(await graphOf(stack))) {
      assert.is(isEncrypted[type]?.(inputs), true, `${type} ${name}`);
    }
  }
});

test("every queue denies everybody what does not come over TLS", async () => {
  const graph = await graphOf("prod");
  for (const { name, outputs } of ofType(graph, "aws:sqs/queue:Queue")) {
    const policy = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").find(
      ({ inputs }) => inputs["queueUrl"] === outputs["url"],
    );
    const denials = JSON.parse(`${policy?.inputs["policy"]}`).Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === "Deny",
    );
    const Condition = { Bool: { "aws:SecureTransport": "false" } };
    const denial = { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: outputs["arn"], Condition };
    assert.equal(denials, [{ Sid: "DenyWithoutTls", ...denial }], name);
  }
});

test("what prod cannot lose is protected, in Pulumi and in AWS, and every table can be taken back in time", async () => {
  const graph = await graphOf("prod");
  for (const { name, inputs, protect, retainOnDelete } of ofType(graph, "aws:dynamodb/table:Table")) {
    assert.equal([protect, retainOnDelete, inputs["deletionProtectionEnabled"]], [true, true, true], name);
    assert.equal(inputs["pointInTimeRecovery"], { enabled: true }, name);
  }
  const partners = ofType(graph, "aws:cloudwatch/eventBus:EventBus").filter(({ inputs }) => inputs["eventSourceName"]);
  assert.ok(partners.length > 0);
  for (const { protect, retainOnDelete } of partners) assert.equal([protect, retainOnDelete], [true, true]);
});

test("no log is kept for ever, nor anything in prod's but ids", async () => {
  const graph = await graphOf("prod");
  for (const { name, inputs } of ofType(graph, "aws:cloudwatch/logGroup:LogGroup")) {
    assert.ok(Number(inputs["retentionInDays"]) > 0, name);
  }
  for (const { inputs } of ofType(graph, "aws:sfn/stateMachine:StateMachine")) {
    assert.is(Object(inputs["loggingConfiguration"]).includeExecutionData, false);
  }
});

test("no secret of the environment gets into the graph: no resource, bundle or output", async () => {
  const before = Object.keys(secrets).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, secrets);
  try {
    const graph = JSON.stringify(await loadStack(stackWith("prod")));
    assert.match(graph, "index.js");
    assert.equal(secretsIn(graph), []);
    // It may be written, and is never read: Pulumi's state has the placeholder alone.
    assert.match(graph, '"valueWo":"not set yet"');
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
});

test.run();
