import * as aws from "@pulumi/aws";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AlarmChange } from "../../emulator/cloudwatch/alarms.ts";
import { type Emulator, startEmulator } from "../../emulator/emulator.ts";
import { loadGraph } from "../../emulator/graph/load.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { makeFunction, makeQueue, makeRole, makeStateMachine } from "../helpers/program-parts.ts";

const test = suite("the emulator, with a program that has nothing to do with Stripe");

const code = `exports.handler = async ({ detail: { id, amount } }) => {
  const metrics = { Namespace: "Shop", Dimensions: [["Shelf"]], Metrics: [{ Name: "Sold" }] };
  process.stdout.write(JSON.stringify({ _aws: { CloudWatchMetrics: [metrics] }, Shelf: "top", Sold: amount }) + "\\n");
  return { sold: id };
}`;

const makeMachine = (sell: aws.lambda.Function): aws.sfn.StateMachine => {
  const Parameters = { FunctionName: sell.arn, "Payload.$": "$" };
  const Sell = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters, TimeoutSeconds: 5, End: true };
  return makeStateMachine("orders", "EXPRESS", { Sell }, { allow: [{ Action: "lambda:InvokeFunction" }] });
};

const shop = async () => {
  const machine = makeMachine(makeFunction("sell", code));
  const bus = new aws.cloudwatch.EventBus("shop", { name: "shop" });
  const dead = makeQueue("dead");
  const eventPattern = JSON.stringify({ "detail-type": ["ordered"] });
  const rule = new aws.cloudwatch.EventRule("ordered", { name: "ordered", eventBusName: bus.name, eventPattern });
  new aws.cloudwatch.EventTarget("ordered", {
    rule: rule.name,
    eventBusName: bus.name,
    targetId: "orders",
    arn: machine.arn,
    roleArn: makeRole("ordered", "events.amazonaws.com", [{ Action: "states:StartExecution" }]).arn,
    retryPolicy: { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 },
    deadLetterConfig: { arn: dead.arn },
  });
  new aws.cloudwatch.MetricAlarm("sold-out", {
    name: "sold-out",
    alarmDescription: "",
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold: 5,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: "notBreaching",
    alarmActions: [],
    okActions: [],
    namespace: "Shop",
    metricName: "Sold",
    dimensions: { Shelf: "top" },
    period: 60,
    statistic: "Sum",
  });
  return {};
};

let emulator: Emulator;
const clock = new VirtualClock();
const changes: AlarmChange[] = [];
test.before(async () => {
  emulator = await startEmulator({
    graph: loadGraph(shop, { project: "shop", stack: "corner", config: { "aws:region": "eu-west-1" } }),
    eventIdOf: (event) => `${Object(Object(event).detail).id}`,
    ownMetrics: [{ namespace: "Shop", dimensions: ["Shelf"], metricNames: ["Sold"], source: "the test above" }],
    operatorPolicy: "none",
    otherTables: () => [],
    clock,
    faults: { seed: 1, faults: [{ hop: "lambda", kind: "throws", events: ["broken"] }] },
    onAlarm: (change) => changes.push(change),
  });
});
test.after(() => emulator.stop());

const order = (id: string) => emulator.put({ source: "shop", "detail-type": "ordered", detail: { id, amount: 5 } });

test("delivers an event to the state machine, which invokes the Lambda", async () => {
  const [delivery] = await order("whole");
  assert.ok(delivery && "execution" in delivery);
  assert.equal(Object(delivery.execution.output).Payload, { sold: "whole" });
  assert.equal(await emulator.put({ source: "shop", "detail-type": "returned", detail: {} }), []);
});

test("injects a fault by the program's own ids of events", async () => {
  const [delivery] = await order("broken");
  assert.ok(delivery && "execution" in delivery);
  assert.is(delivery.execution.failure?.Error, "InjectedFault");
});

test("evaluates an alarm on a metric that the program's Lambda publishes", async () => {
  await clock.sleep(60_000);
  emulator.cloudwatch.check();
  assert.equal(
    changes.map(({ name, state }) => [name, state]),
    [["sold-out", "ALARM"]],
  );
});

test.run();
