import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import type { Wildcard } from "./least-privilege.ts";
import type { Use } from "../../emulator/iam/permissions.ts";

/** A use of a policy that only AWS makes and the emulator cannot, and why. */
export interface AwsOnlyUse extends Use {
  reason: string;
}

const machine = "aws:sfn/stateMachine:StateMachine";
const lambda = "aws:lambda/function:Function";

/** All uses of a graph's policies that only AWS makes. */
export const awsOnlyUses = (graph: Graph): AwsOnlyUse[] => {
  const machines = ofType(graph, machine);
  const traced = [...machines, ...ofType(graph, lambda)];
  return [
    ...traced.flatMap(({ name }) => anywhere(name, tracing, "the emulator has no X-Ray")),
    ...machines.flatMap(({ name }) => anywhere(name, sampling, "the emulator has no X-Ray")),
    ...machines.flatMap(({ name }) =>
      anywhere(name, logDelivery, "AWS sets up the log delivery of a state machine itself"),
    ),
    ...busLogging(graph),
    ...alarming(graph),
  ];
};

const tracing = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

const sampling = ["xray:GetSamplingRules", "xray:GetSamplingTargets"];

const logDelivery = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

const logWriting = ["logs:CreateLogStream", "logs:PutLogEvents"];

const anywhere = (role: string, actions: string[], reason: string): AwsOnlyUse[] =>
  actions.map((action) => ({ policies: [`role ${role}`], request: { action, resource: "*" }, reason }));

const busLogging = (graph: Graph): AwsOnlyUse[] =>
  ofType(graph, "aws:cloudwatch/logDeliverySource:LogDeliverySource").flatMap(({ name, outputs }) =>
    logWriting.map((action) => ({
      // A source is named after the log that it delivers to, and its level.
      policies: [`log ${name.replace(/-\w+$/, "")}`],
      request: {
        action,
        resource: `${logGroupOf(graph, name.replace(/-\w+$/, ""))}:log-stream:1`,
        principal: "delivery.logs.amazonaws.com",
        context: { "aws:SourceArn": `${outputs["arn"]}`, "aws:SourceAccount": graph.account },
      },
      reason: "the emulator writes no log of the bus",
    })),
  );

// An alarm publishes to its topic by the policies of the topic and of its key, and the account's administrators manage the key.
const alarming = (graph: Graph): AwsOnlyUse[] => {
  const [topic, key] = [arnOf(graph, "aws:sns/topic:Topic"), arnOf(graph, "aws:kms/key:Key")];
  const context = { "aws:SourceArn": arnOf(graph, compositeAlarm), "aws:SourceAccount": graph.account };
  const byAlarm = { principal: "cloudwatch.amazonaws.com", context };
  const reason = "the emulator sends no mail";
  return [
    { policies: ["topic alarms"], request: { action: "sns:Publish", resource: topic, ...byAlarm }, reason },
    ...keyUse.map((action) => ({ policies: ["key alarms"], request: { action, resource: key, ...byAlarm }, reason })),
    {
      policies: ["key alarms"],
      request: { action: "kms:PutKeyPolicy", resource: key, principal: `arn:aws:iam::${graph.account}:root` },
      reason: "the account's administrators manage its keys",
    },
  ];
};

const compositeAlarm = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

const keyUse = ["kms:Decrypt", "kms:GenerateDataKey"];

const arnOf = (graph: Graph, type: string): string => `${ofType(graph, type)[0]?.outputs["arn"]}`;

/** The wildcards that a graph's policies need because AWS accepts nothing narrower. */
export const requiredWildcards = (graph: Graph): Wildcard[] => [
  ...ofType(graph, machine).flatMap(({ name }) => [
    {
      policy: `role ${name}`,
      actions: logDelivery,
      text: "*",
      reason: "AWS supports no resource-level permissions for log delivery",
    },
    { policy: `role ${name}`, actions: [...tracing, ...sampling], text: "*", reason: noTraceResources },
  ]),
  ...ofType(graph, lambda).flatMap(({ name }) => [
    { policy: `role ${name}`, actions: tracing, text: "*", reason: noTraceResources },
    {
      policy: `role ${name}`,
      actions: logWriting,
      text: `${logGroupOf(graph, name)}:*`,
      reason: "Lambda generates the names of the streams in its log group",
    },
  ]),
  ...ofType(graph, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy").map(({ name }) => ({
    policy: `log ${name}`,
    actions: logWriting,
    text: `${logGroupOf(graph, name)}:log-stream:*`,
    reason: "the log delivery generates the names of the streams in the bus's log group",
  })),
  ...[...ofType(graph, lambda), ...machinesOf(graph, "EXPRESS")].map(({ name }) => ({
    policy: "operator",
    actions: ["logs:FilterLogEvents"],
    text: `${logGroupOf(graph, name)}:*`,
    reason: "a search reads all streams of a log group",
  })),
  {
    policy: "operator",
    actions: ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"],
    text: "*",
    reason: "AWS describes composite alarms, and reads metrics, for no narrower resource",
  },
  ...machinesOf(graph, "STANDARD").map(({ outputs }) => ({
    policy: "operator",
    actions: ["states:DescribeExecution"],
    text: `${`${outputs["arn"]}`.replace(":stateMachine:", ":execution:")}:*`,
    reason: "each execution has its own name",
  })),
  ...ofType(graph, "aws:cloudwatch/eventArchive:EventArchive")
    .filter(({ name }) => name === "stripe-webhook-bus")
    .map(({ outputs }) => ({
      policy: "operator",
      actions: ["events:StartReplay", "events:DescribeReplay", "events:CancelReplay"],
      text: `${`${outputs["arn"]}`.replace(":archive/", ":replay/")}-*`,
      reason: "each replay has its own name",
    })),
  ...alarmWildcards(graph),
];

const alarmWildcards = ({ region, account }: Graph): Wildcard[] => {
  const alarms = `arn:aws:cloudwatch:${region}:${account}:alarm:*`;
  const reason = "the topic is created before the alarms";
  const key = "in a key policy the resource is always the key itself";
  const using = ["kms:Decrypt", "kms:GenerateDataKey*"];
  return [
    { policy: "topic alarms", actions: ["sns:Publish"], text: alarms, reason },
    { policy: "key alarms", actions: using, text: alarms, reason },
    { policy: "key alarms", actions: using, text: "*", reason: key },
    {
      policy: "key alarms",
      actions: ["kms:GenerateDataKey*"],
      text: "kms:GenerateDataKey*",
      reason: "SNS's documentation asks for all forms of the action",
    },
    { policy: "key alarms", actions: ["kms:*"], text: "*", reason: key },
    {
      policy: "key alarms",
      actions: ["kms:*"],
      text: "kms:*",
      reason: "without it the account's administrators could never change the key again",
    },
  ];
};

const machinesOf = (graph: Graph, type: "EXPRESS" | "STANDARD") =>
  ofType(graph, machine).filter(({ inputs }) => inputs["type"] === type);

const noTraceResources = "X-Ray supports no resource-level permissions";

const logGroupOf = (graph: Graph, name: string): unknown =>
  ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find((group) => group.name === name)?.outputs["arn"];
