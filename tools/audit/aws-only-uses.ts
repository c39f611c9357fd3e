import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import type { Wildcard } from "./least-privilege.ts";
import type { Use } from "../../emulator/iam/permissions.ts";

/** A use of a policy that AWS makes and no laptop can, and why. */
export interface UnseenUse extends Use {
  reason: string;
}

const machine = "aws:sfn/stateMachine:StateMachine";
const lambda = "aws:lambda/function:Function";

/** All that AWS does by a graph's policies and the runner cannot. */
export const unseenUses = (graph: Graph): UnseenUse[] => {
  const machines = ofType(graph, machine);
  const traced = [...machines, ...ofType(graph, lambda)];
  return [
    ...traced.flatMap(({ name }) => anywhere(name, tracing, "there is no X-Ray on a laptop")),
    ...machines.flatMap(({ name }) => anywhere(name, sampling, "there is no X-Ray on a laptop")),
    ...machines.flatMap(({ name }) =>
      anywhere(name, logDelivery, "AWS sets up the delivery of a state machine's log itself"),
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

const anywhere = (role: string, actions: string[], reason: string): UnseenUse[] =>
  actions.map((action) => ({ policies: [`role ${role}`], request: { action, resource: "*" }, reason }));

const busLogging = (graph: Graph): UnseenUse[] =>
  ofType(graph, "aws:cloudwatch/logDeliverySource:LogDeliverySource").flatMap(({ outputs }) =>
    logWriting.map((action) => ({
      policies: ["log bus-logs"],
      request: {
        action,
        resource: `${logGroupOf(graph, "bus-logs")}:log-stream:1`,
        principal: "delivery.logs.amazonaws.com",
        context: { "aws:SourceArn": `${outputs["arn"]}`, "aws:SourceAccount": graph.account },
      },
      reason: "the runner writes no log of the bus",
    })),
  );

// What an alarm does by the policies of its topic and of the topic's key, and what the account's administrators do with the key.
const alarming = (graph: Graph): UnseenUse[] => {
  const [topic, key] = [arnOf(graph, "aws:sns/topic:Topic"), arnOf(graph, "aws:kms/key:Key")];
  const context = { "aws:SourceArn": arnOf(graph, compositeAlarm), "aws:SourceAccount": graph.account };
  const byAlarm = { principal: "cloudwatch.amazonaws.com", context };
  const reason = "the runner mails nobody";
  return [
    { policies: ["topic alarms"], request: { action: "sns:Publish", resource: topic, ...byAlarm }, reason },
    ...keyUse.map((action) => ({ policies: ["key alarms"], request: { action, resource: key, ...byAlarm }, reason })),
    {
      policies: ["key alarms"],
      request: { action: "kms:PutKeyPolicy", resource: key, principal: `arn:aws:iam::${graph.account}:root` },
      reason: "an account's administrators look after its keys",
    },
  ];
};

const compositeAlarm = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

const keyUse = ["kms:Decrypt", "kms:GenerateDataKey"];

const arnOf = (graph: Graph, type: string): string => `${ofType(graph, type)[0]?.outputs["arn"]}`;

/** The wildcards that AWS leaves no way around in a graph's policies. */
export const demandedWildcards = (graph: Graph): Wildcard[] => [
  ...ofType(graph, machine).flatMap(({ name }) => [
    {
      policy: `role ${name}`,
      actions: logDelivery,
      text: "*",
      reason: "the delivery of logs is set up for all resources or none",
    },
    { policy: `role ${name}`, actions: [...tracing, ...sampling], text: "*", reason: noTraceResources },
  ]),
  ...ofType(graph, lambda).flatMap(({ name }) => [
    { policy: `role ${name}`, actions: tracing, text: "*", reason: noTraceResources },
    {
      policy: `role ${name}`,
      actions: logWriting,
      text: `${logGroupOf(graph, name)}:*`,
      reason: "Lambda makes up the names of the streams in its log group",
    },
  ]),
  {
    policy: "log bus-logs",
    actions: logWriting,
    text: `${logGroupOf(graph, "bus-logs")}:log-stream:*`,
    reason: "the delivery makes up the names of the streams in the bus's log group",
  },
  ...[...ofType(graph, lambda), ...ofType(graph, machine)].map(({ name }) => ({
    policy: "operator",
    actions: ["logs:FilterLogEvents"],
    text: `${logGroupOf(graph, name)}:*`,
    reason: "a search goes through all streams of a log group",
  })),
  ...ofType(graph, "aws:cloudwatch/eventArchive:EventArchive").map(({ outputs }) => ({
    policy: "operator",
    actions: ["events:DescribeReplay", "events:CancelReplay"],
    text: `${`${outputs["arn"]}`.replace(":archive/", ":replay/")}-*`,
    reason: "a replay has a name of its own each time",
  })),
  ...alarmWildcards(graph),
];

const alarmWildcards = ({ region, account }: Graph): Wildcard[] => {
  const alarms = `arn:aws:cloudwatch:${region}:${account}:alarm:*`;
  const reason = "there must be a topic before there are alarms";
  const key = "in a key's policy the resource is the key itself";
  const using = ["kms:Decrypt", "kms:GenerateDataKey*"];
  return [
    { policy: "topic alarms", actions: ["sns:Publish"], text: alarms, reason },
    { policy: "key alarms", actions: using, text: alarms, reason },
    { policy: "key alarms", actions: using, text: "*", reason: key },
    {
      policy: "key alarms",
      actions: ["kms:GenerateDataKey*"],
      text: "kms:GenerateDataKey*",
      reason: "SNS is documented to need it in all its forms",
    },
    { policy: "key alarms", actions: ["kms:*"], text: "*", reason: key },
    {
      policy: "key alarms",
      actions: ["kms:*"],
      text: "kms:*",
      reason: "a key that its account's administrators could not change could never be changed again",
    },
  ];
};

const noTraceResources = "X-Ray knows no resources to name";

const logGroupOf = (graph: Graph, name: string): unknown =>
  ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find((group) => group.name === name)?.outputs["arn"];
