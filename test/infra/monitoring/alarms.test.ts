import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Graph, ofType, type Resource } from "../../../emulator/graph/graph.ts";
import { loadStack } from "../../../local/program.ts";
import { allows, readPolicy } from "../../../emulator/iam/policy.ts";
import { knownMetrics } from "../../../local/product.ts";
import { isKnownMetric, type MetricId } from "../../../emulator/cloudwatch/known-metrics.ts";
import { rejects } from "../../helpers/rejects.ts";
import { graphOf, stackWith } from "../../helpers/stack.ts";

const test = suite("alarms");

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const compositeType = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

// What an alarm watches, one metric or several.
const watchedBy = ({ inputs }: Resource): (MetricId & { period: number })[] => {
  const { metricQueries, namespace, metricName, dimensions, period } = Object(inputs);
  if (!metricQueries) return [{ namespace, metricName, dimensions, period }];
  return metricQueries.flatMap(({ metric }: { metric?: MetricId }) => metric ?? []);
};

// The names and ARNs of everything that there is, and what AWS itself calls something.
const namesIn = ({ resources }: Graph): Set<string> =>
  new Set([
    "StartExecution",
    ...resources.flatMap(({ outputs }) => [outputs["name"], outputs["arn"], outputs["eventSourceName"]].map(String)),
  ]);

test("watch only metrics that are published, by dimensions that name what is there", async () => {
  for (const stack of ["dev", "prod"] as const) {
    const graph = await graphOf(stack);
    const names = namesIn(graph);
    for (const alarm of ofType(graph, alarmType)) {
      const watched = watchedBy(alarm);
      assert.ok(watched.length > 0);
      for (const metric of watched) {
        assert.ok(isKnownMetric(metric, knownMetrics), `${alarm.name}: ${JSON.stringify(metric)}`);
        for (const value of Object.values(metric.dimensions)) assert.ok(names.has(value), `${alarm.name}: ${value}`);
      }
    }
  }
});

test("are there for every rule, machine, Lambda and queue", async () => {
  const graph = await graphOf("prod");
  const names = ofType(graph, alarmType).map(({ name }) => name);
  const expected = (type: string, ends: string[]) =>
    ofType(graph, type).flatMap(({ name }) => ends.map((end) => `${name}-${end}`));
  assert.equal(
    names.toSorted(),
    [
      ...expected("aws:cloudwatch/eventRule:EventRule", ["not-delivered", "dead-lettered", "lost"]),
      ...expected("aws:sfn/stateMachine:StateMachine", ["failed", "timed-out"]),
      ...expected("aws:lambda/function:Function", ["errors", "throttled", "slow"]),
      ...expected("aws:sqs/queue:Queue", ["old"]),
      "dead-letter-queue-not-empty",
      "dispute-opened",
      "drift",
      "no-events",
      "not-reconciled",
      "payments-failing",
      "starts-throttled",
      "subscription-gaps",
    ].toSorted(),
  );
});

test("miss no events where no payment comes for days: without Stripe, or in its sandbox", async () => {
  const sandbox = await loadStack(stackWith("dev", { eventSource: "aws.partner/stripe.com/ed_test_1" }));
  for (const graph of [await graphOf("dev"), sandbox]) {
    assert.not(ofType(graph, alarmType).some(({ name }) => name === "no-events"));
  }
  const isCompared = (graph: Graph) => ofType(graph, alarmType).some(({ name }) => name === "not-reconciled");
  assert.equal([isCompared(await graphOf("dev")), isCompared(sandbox)], [false, true]);
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
test("are such as CloudWatch takes", async () => {
  for (const alarm of ofType(await graphOf("prod"), alarmType)) {
    const { evaluationPeriods, datapointsToAlarm, alarmDescription, alarmActions } = Object(alarm.inputs);
    assert.ok(datapointsToAlarm <= evaluationPeriods);
    assert.ok(alarmDescription.length <= 1024);
    assert.ok(alarmActions.length <= 5);
    for (const { period } of watchedBy(alarm)) {
      assert.is(period % 60, 0);
      assert.ok(period * evaluationPeriods <= (period < 3600 ? 1 : 7) * 24 * 3600);
    }
  }
});

test("page by one composite alarm, on those that recover by themselves; the others notify the topic directly", async () => {
  const graph = await graphOf("prod");
  const composites = ofType(graph, compositeType).map(({ inputs }) => Object(inputs));
  const topic = ofType(graph, "aws:sns/topic:Topic")[0]?.outputs["arn"];
  const [page, ...others] = composites.filter(({ alarmActions }) => alarmActions.length > 0);
  assert.equal([page.alarmActions, page.okActions, others], [[topic], [topic], []]);
  // What it is about, by way of others of its kind.
  const about = (alarmRule: string): string[] =>
    [...alarmRule.matchAll(/ALARM\("([^"]+)"\)/g)].flatMap(([, name = ""]) => {
      const group = composites.find(({ alarmName }) => alarmName === name);
      return group ? about(group.alarmRule) : [name];
    });
  const silent = ofType(graph, alarmType).filter(({ inputs }) => Object(inputs["alarmActions"]).length === 0);
  assert.equal(about(page.alarmRule).toSorted(), silent.map(({ inputs }) => `${inputs["name"]}`).toSorted());
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
  for (const { alarmRule } of composites)
    assert.ok(alarmRule.length <= 10_240 && alarmRule.split(" OR ").length <= 100);
  const telling = ofType(graph, alarmType).filter((alarm) => !silent.includes(alarm));
  for (const { inputs } of telling) assert.equal([inputs["alarmActions"], inputs["okActions"]], [[topic], [topic]]);
  assert.equal(telling.map(({ name }) => name).toSorted(), [
    "dead-letter-queue-not-empty",
    "dead-letter-queue-old",
    "dispute-opened",
    "drift",
    "not-reconciled",
    "parked-old",
    "payments-failing",
    "subscription-gaps",
  ]);
});

test("are published encrypted, by this account's alarms alone", async () => {
  const graph = await graphOf("prod");
  const [topic] = ofType(graph, "aws:sns/topic:Topic");
  const [key] = ofType(graph, "aws:kms/key:Key");
  const [policy] = ofType(graph, "aws:sns/topicPolicy:TopicPolicy");
  assert.is(topic?.inputs["kmsMasterKeyId"], key?.outputs["arn"]);
  const ofTopic = readPolicy(policy?.inputs["policy"], "topic");
  const ofKey = readPolicy(key?.inputs["policy"], "key");
  const may = (account: string, principal = "cloudwatch.amazonaws.com") => {
    const context = {
      "aws:SourceAccount": account,
      "aws:SourceArn": `arn:aws:cloudwatch:${graph.region}:${account}:alarm:any`,
    };
    const request = { principal, context, resource: `${topic?.outputs["arn"]}` };
    return [
      allows(ofTopic, { ...request, action: "sns:Publish" }),
      allows(ofKey, { ...request, action: "kms:GenerateDataKey" }),
      allows(ofKey, { ...request, action: "kms:Decrypt" }),
    ];
  };
  assert.equal(may(graph.account), [true, true, true]);
  assert.equal(may("999999999999"), [false, false, false]);
  assert.equal(may(graph.account, "events.amazonaws.com"), [false, false, false]);
  // An action that runs before the topic takes it would be lost.
  for (const { name, inputs, dependsOn } of ofType(graph, alarmType)) {
    assert.equal(dependsOn, Object(inputs["alarmActions"]).length > 0 ? ["alarms"] : [], name);
  }
});

test("are mailed to the address of the stack alone", async () => {
  const subscription = "aws:sns/topicSubscription:TopicSubscription";
  assert.equal(ofType(await graphOf("dev"), subscription), []);
  const [mailed] = ofType(await loadStack(stackWith("dev", { alarmEmail: "night@example.com" })), subscription);
  assert.equal([mailed?.inputs["protocol"], mailed?.inputs["endpoint"]], ["email", "night@example.com"]);
  const { message } = await rejects(loadStack(stackWith("dev", { alarmEmail: "night" })));
  assert.match(message, 'alarmEmail is "night"; expected an e-mail address');
});

test("are each on the page of what to do", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/alarms.md"), "utf8");
  const kinds: Record<string, string> = {
    "aws:cloudwatch/eventRule:EventRule": "<rule>",
    "aws:sfn/stateMachine:StateMachine": "<machine>",
    "aws:lambda/function:Function": "<lambda>",
  };
  const graph = await graphOf("prod");
  for (const { name } of ofType(graph, compositeType)) assert.match(page, `\`${name}\``);
  for (const { name } of ofType(graph, alarmType)) {
    const [about] = graph.resources
      .filter((one) => one.type in kinds && name.startsWith(`${one.name}-`))
      .toSorted((a, b) => b.name.length - a.name.length);
    const entry = about ? name.replace(about.name, kinds[about.type] ?? "") : name;
    assert.match(page, `| \`${entry}\``);
  }
});

test.run();
