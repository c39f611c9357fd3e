import { suite } from "uvu";
import * as assert from "uvu/assert";
import { backgroundMachines, handledTypes, workflows } from "../../infra/workflows.ts";
import { type Graph, ofType, type Resource } from "../../emulator/graph/graph.ts";
import { loadStack } from "../../local/program.ts";
import { compilePattern } from "../../emulator/eventbridge/pattern.ts";
import { sampleEvent } from "../../samples/stripe-objects.ts";
import { onTheBus } from "../events/envelope.ts";
import { rejects } from "../helpers/rejects.ts";
import { graphOf, stackWith } from "../helpers/stack.ts";

const test = suite("the graph");

const partnerSource = "aws.partner/stripe.com/ed_0000000000000000";

const named = (graph: Graph, type: string, name: string): Resource => {
  const resource = ofType(graph, type).find((candidate) => candidate.name === name);
  if (!resource) throw new Error(`There is no ${type} ${name}`);
  return resource;
};

const rule = "aws:cloudwatch/eventRule:EventRule";
const target = "aws:cloudwatch/eventTarget:EventTarget";
const bus = "aws:cloudwatch/eventBus:EventBus";
const machine = "aws:sfn/stateMachine:StateMachine";
const lambda = "aws:lambda/function:Function";
const queue = "aws:sqs/queue:Queue";
const table = "aws:dynamodb/table:Table";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";

test("has the document's names", async () => {
  const { resources } = await graphOf("prod");
  const names = resources.map(({ inputs }) => inputs["name"]);
  for (const name of [
    "prod-homebiyori-stripe-webhook-bus",
    "prod-homebiyori-billing",
    "payment-succeeded-rule",
    "payment-failed-rule",
    "subscription-updated-rule",
    "prod-homebiyori-payment-succeeded",
    "prod-homebiyori-payment-failed",
    "prod-homebiyori-subscription-updated",
    "prod-homebiyori-core",
    "prod-homebiyori-payments",
    "prod-homebiyori-dead-letter-queue",
    "prod-homebiyori-parked",
    "/aws/events/prod-homebiyori-stripe-webhook-bus",
  ]) {
    assert.ok(names.includes(name), name);
  }
});

// https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html and each service's API reference.
const nameRules: Record<string, RegExp> = {
  [bus]: /^[/.\-_A-Za-z0-9]{1,256}$/,
  [rule]: /^[.\-_A-Za-z0-9]{1,64}$/,
  [machine]: /^[-_A-Za-z0-9]{1,80}$/,
  [lambda]: /^[-_A-Za-z0-9]{1,64}$/,
  [queue]: /^[-_A-Za-z0-9]{1,80}$/,
  [table]: /^[.\-_A-Za-z0-9]{3,255}$/,
  [logGroup]: /^[.\-_/#A-Za-z0-9]{1,512}$/,
  "aws:cloudwatch/eventArchive:EventArchive": /^[.\-_A-Za-z0-9]{1,48}$/,
  "aws:iam/policy:Policy": /^[\w+=,.@-]{1,128}$/,
  "aws:iam/role:Role": /^[\w+=,.@-]{1,64}$/,
  "aws:iam/rolePolicy:RolePolicy": /^[\w+=,.@-]{1,128}$/,
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": /^[\w-]{1,60}$/,
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": /^[\w-]{1,60}$/,
  "aws:cloudwatch/metricAlarm:MetricAlarm": /^[\x20-\x7e]{1,255}$/,
  "aws:scheduler/schedule:Schedule": /^[\w.-]{1,64}$/,
  "aws:sns/topic:Topic": /^[\w-]{1,256}$/,
  "aws:ssm/parameter:Parameter": /^[\w.\-/]{1,1011}$/,
};

test("has only names that AWS takes, each once for its type", async () => {
  for (const stack of ["dev", "prod"] as const) {
    const { resources } = await graphOf(stack);
    for (const [type, pattern] of Object.entries(nameRules)) {
      const names = ofType({ resources }, type).map(({ inputs }) => `${inputs["name"]}`);
      for (const name of names) assert.match(name, pattern);
      if (!type.includes("rolePolicy")) assert.is(new Set(names).size, names.length, type);
    }
    const withNames = resources.filter(({ inputs }) => "name" in inputs).map(({ type }) => type);
    assert.equal(
      [...new Set(withNames)].filter((type) => !(type in nameRules)),
      [],
    );
  }
});

test("refuses a stack whose name would make a name too long", async () => {
  const { message } = await rejects(loadStack(stackWith("a-stack-with-a-very-long-name-indeed-so-long")));
  assert.match(message, /has \d+ characters, and AWS allows \d+ there: choose a stack name that is \d+ shorter/);
});

test("sends each type of event, in Stripe's and in any other envelope, to its own machine and no other", async () => {
  for (const [stack, source] of [
    ["dev", "homebiyori.stripe.test"],
    ["prod", partnerSource],
  ] as const) {
    const graph = await graphOf(stack);
    for (const { eventType, name } of workflows) {
      const event = { ...onTheBus(sampleEvent("evt_1", eventType, 1, {})), source };
      const matching = ofType(graph, rule).filter(({ inputs }) =>
        compilePattern(JSON.parse(`${inputs["eventPattern"]}`))(event),
      );
      const own = matching.filter(({ inputs }) => inputs["eventBusName"] === `${stack}-homebiyori-stripe-webhook-bus`);
      assert.equal(
        own.map((one) => one.name),
        [`${name}-rule`],
      );
      const { inputs } = named(graph, target, `${name}-rule`);
      assert.is(inputs["arn"], named(graph, machine, name).outputs["arn"]);
      assert.is(named(graph, machine, name).inputs["type"], "EXPRESS");
    }
  }
});

test("takes nothing from another source, nor another type", async () => {
  const { resources } = await graphOf("prod");
  const patterns = ofType({ resources }, rule).map(({ inputs }) => JSON.parse(`${inputs["eventPattern"]}`));
  for (const pattern of patterns) {
    assert.equal(pattern.source, [partnerSource]);
    const matches = compilePattern(pattern);
    for (const source of ["homebiyori.stripe.test", "aws.partner/stripe.com", `${partnerSource}1`]) {
      assert.not(matches({ ...onTheBus(sampleEvent("evt_1", handledTypes[0] ?? "", 1, {})), source }));
    }
    assert.not(matches({ ...onTheBus(sampleEvent("evt_1", "thing.made_up", 1, {})), source: partnerSource }));
  }
});

test("tries a target three times more within an hour, then sends to the dead-letter queue, and changes nothing on the way", async () => {
  const graph = await graphOf("prod");
  const targets = ofType(graph, target);
  assert.is(targets.length, workflows.length + 1);
  for (const { inputs, dependsOn, name } of targets) {
    assert.equal(inputs["retryPolicy"], { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 });
    assert.equal(inputs["deadLetterConfig"], { arn: named(graph, queue, "dead-letter-queue").outputs["arn"] });
    for (const changing of ["input", "inputPath", "inputTransformer"]) assert.not(changing in inputs);
    // A target takes the rule's name, not its id, and is on the rule's bus.
    assert.is(inputs["rule"], name);
    assert.is(inputs["eventBusName"], named(graph, rule, name).inputs["eventBusName"]);
    assert.equal(dependsOn.toSorted(), ["dead-letter-queue", name].toSorted());
  }
});

test("knows the ARN of each rule before the rule exists, and lets it send to the queue and assume its role", async () => {
  for (const stack of ["dev", "prod"] as const) {
    const graph = await graphOf(stack);
    for (const { name, outputs } of ofType(graph, rule)) {
      const trust = JSON.parse(`${named(graph, "aws:iam/role:Role", name).inputs["assumeRolePolicy"]}`);
      assert.is(trust.Statement[0].Condition.ArnEquals["aws:SourceArn"], outputs["arn"]);
    }
  }
});

test("makes Stripe's bus when all that its events need exists, but for its own rule and target", async () => {
  const graph = await graphOf("prod");
  const { dependsOn } = named(graph, bus, "partner-bus-00000000");
  const own = workflows.map(({ name }) => `${name}-rule`);
  assert.equal(
    dependsOn.toSorted(),
    ["dead-letter-queue", "forward-rule-00000000", "stripe-webhook-bus", ...own].toSorted(),
  );
  // What a target waits for is there before the bus, so that the forward rule's is made at once.
  const { dependsOn: awaited } = named(graph, target, "forward-rule-00000000");
  assert.equal(awaited.toSorted(), ["dead-letter-queue", "forward-rule-00000000"]);
});

test("keeps the queues and the archive, with its bus, of a stack whose data is protected", async () => {
  for (const [stack, isKept] of [
    ["prod", true],
    ["dev", false],
  ] as const) {
    const graph = await graphOf(stack);
    const archive = ofType(graph, "aws:cloudwatch/eventArchive:EventArchive");
    for (const { name, retainOnDelete } of [
      ...ofType(graph, queue),
      ...archive,
      named(graph, bus, "stripe-webhook-bus"),
    ])
      assert.is(retainOnDelete, isKept, name);
  }
});

test("forwards from Stripe's bus, which is protected and outlives the stack, to ours", async () => {
  const graph = await graphOf("prod");
  const { inputs, protect, retainOnDelete } = named(graph, bus, "partner-bus-00000000");
  assert.equal([inputs["name"], inputs["eventSourceName"]], [partnerSource, partnerSource]);
  assert.ok(protect);
  assert.ok(retainOnDelete);
  const forward = named(graph, rule, "forward-rule-00000000").inputs;
  assert.is(forward["eventBusName"], partnerSource);
  assert.equal(JSON.parse(`${forward["eventPattern"]}`), { source: [partnerSource], detail: { type: handledTypes } });
  assert.is(
    named(graph, target, "forward-rule-00000000").inputs["arn"],
    named(graph, bus, "stripe-webhook-bus").outputs["arn"],
  );
  const dev = ofType(await graphOf("dev"), bus);
  assert.equal(
    dev.map(({ name }) => name),
    ["billing-bus", "stripe-webhook-bus"],
  );
});

test("runs its Lambdas on Node 24 and arm64, with JSON logs in a group of their own that is not kept for ever", async () => {
  const graph = await graphOf("prod");
  for (const { name, inputs } of ofType(graph, lambda)) {
    const { runtime, architectures, handler, loggingConfig, tracingConfig, timeout } = inputs;
    assert.equal(
      { runtime, architectures, handler, timeout },
      {
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        // What asks Stripe waits for its answers.
        timeout: ["close-gap", "compare-page"].includes(name) ? 60 : 8,
      },
    );
    const group = named(graph, logGroup, name).inputs;
    assert.equal(loggingConfig, {
      logFormat: "JSON",
      logGroup: group["name"],
      applicationLogLevel: "INFO",
      systemLogLevel: "WARN",
    });
    assert.equal(tracingConfig, { mode: "Active" });
    assert.is(group["retentionInDays"], 365);
  }
});

test("logs every machine to its own group, named with the :* that AWS demands, and traces it", async () => {
  for (const [stack, includeExecutionData] of [
    ["prod", false],
    ["dev", true],
  ] as const) {
    const graph = await graphOf(stack);
    for (const { name, inputs } of ofType(graph, machine)) {
      const logDestination = `${named(graph, logGroup, name).outputs["arn"]}:*`;
      assert.equal(inputs["loggingConfiguration"], { level: "ALL", includeExecutionData, logDestination });
      assert.equal(inputs["tracingConfiguration"], { enabled: true });
    }
  }
});

const buses = [
  ["stripe-webhook-bus", "bus-logs"],
  ["billing-bus", "billing-bus-logs"],
] as const;

for (const [busName, logs] of buses) {
  test(`delivers the log of ${busName} to CloudWatch, one delivery after the other`, async () => {
    const graph = await graphOf("dev");
    const { inputs, outputs } = named(graph, bus, busName);
    assert.equal(inputs["logConfig"], { level: "TRACE", includeDetail: "FULL" });
    const sources = ofType(graph, "aws:cloudwatch/logDeliverySource:LogDeliverySource")
      .filter(({ name }) => name.startsWith(`${logs}-`))
      .map((source) => source.inputs);
    assert.equal(
      sources.map(({ logType }) => logType),
      ["ERROR_LOGS", "INFO_LOGS", "TRACE_LOGS"],
    );
    for (const { resourceArn } of sources) assert.is(resourceArn, outputs["arn"]);
    const group = named(graph, logGroup, logs).outputs["arn"];
    const destination = named(graph, "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination", logs).inputs;
    assert.equal(destination["deliveryDestinationConfiguration"], { destinationResourceArn: group });
    const deliveries = ofType(graph, "aws:cloudwatch/logDelivery:LogDelivery").filter(({ name }) =>
      name.startsWith(`${logs}-`),
    );
    assert.equal(
      deliveries.map(({ name, dependsOn }) => [name, dependsOn]),
      [
        [`${logs}-error`, [logs]],
        [`${logs}-info`, [`${logs}-error`]],
        [`${logs}-trace`, [`${logs}-info`]],
      ],
    );
    const policy = named(graph, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", logs).inputs;
    // On the group itself it is none of the ten that an account may have.
    assert.is(policy["resourceArn"], group);
    assert.match(`${policy["policyDocument"]}`, `"Resource":"${group}:log-stream:*"`);
    const prod = named(await graphOf("prod"), bus, busName).inputs["logConfig"];
    assert.equal(prod, { level: "ERROR", includeDetail: "NONE" });
  });
}

test("keeps payments for others to read newest first, until DynamoDB may delete them", async () => {
  const graph = await graphOf("prod");
  const { inputs, protect, retainOnDelete } = named(graph, table, "payments");
  assert.equal(inputs["ttl"], { attributeName: "expires_at", enabled: true });
  assert.equal(Object(inputs["globalSecondaryIndexes"])[0].keySchemas, [
    { attributeName: "user_id", keyType: "HASH" },
    { attributeName: "stripe_created", keyType: "RANGE" },
  ]);
  assert.ok(protect && retainOnDelete);
});

test("protects the tables in prod from deletion, and lets dev's go", async () => {
  for (const [stack, isProtected] of [
    ["prod", true],
    ["dev", false],
  ] as const) {
    for (const { inputs, protect, retainOnDelete } of ofType(await graphOf(stack), table)) {
      assert.is(inputs["billingMode"], "PAY_PER_REQUEST");
      assert.equal(inputs["pointInTimeRecovery"], { enabled: true });
      assert.equal(
        [inputs["deletionProtectionEnabled"], protect, retainOnDelete],
        [isProtected, isProtected, isProtected],
      );
    }
  }
});

test("archives every event of its own buses for a month, and keeps both in prod", async () => {
  const graph = await graphOf("prod");
  for (const [busName, archive] of [
    ["stripe-webhook-bus", "stripe-events"],
    ["billing-bus", "billing"],
  ] as const) {
    const own = named(graph, bus, busName);
    const { inputs, retainOnDelete } = named(graph, "aws:cloudwatch/eventArchive:EventArchive", busName);
    assert.equal(inputs, {
      name: `prod-homebiyori-${archive}`,
      eventSourceArn: own.outputs["arn"],
      retentionDays: 30,
    });
    assert.ok(retainOnDelete && own.retainOnDelete && own.deleteBeforeReplace);
  }
});

test("makes no rule on the bus of its own events, and no policy, so that other accounts may put nothing there", async () => {
  const { resources, outputs } = await graphOf("prod");
  assert.equal(outputs["billingBus"], {
    name: "prod-homebiyori-billing",
    arn: "arn:aws:events:ap-northeast-1:123456789012:event-bus/prod-homebiyori-billing",
  });
  const onBus = resources.filter(({ inputs }) => inputs["eventBusName"] === "prod-homebiyori-billing");
  assert.equal(onBus, []);
});

test("exports its buses, archive, rules, machines, queues and tables", async () => {
  const { outputs } = await graphOf("prod");
  assert.equal(Object.keys(outputs).toSorted(), [
    "archive",
    "billingBus",
    "bus",
    "deadLetterQueue",
    "eventSource",
    "logGroups",
    "operatorPolicy",
    "parkedQueue",
    "rules",
    "stateMachines",
    "tables",
  ]);
  assert.is(Object.keys(Object(outputs["rules"])).length, workflows.length + 1);
  assert.equal(
    Object.keys(Object(outputs["stateMachines"])),
    [...workflows, ...backgroundMachines].map(({ name }) => name),
  );
});

test("is made for two stacks in one process, each its own", async () => {
  const [one, two] = [await loadStack(stackWith("one")), await loadStack(stackWith("two"))];
  assert.is(one.resources.length, two.resources.length);
  assert.match(JSON.stringify(one), "one-homebiyori-");
  assert.not.match(JSON.stringify(two), "one-homebiyori-");
});

test.run();
