import type { Graph, Resource } from "../../../emulator/graph/graph.ts";

/** An action that the provider needs for a resource, and the ARNs that AWS authorises it on. */
export interface ProviderCall {
  type: string;
  action: string;
  arns: string[];
}

type Arns = (resource: Resource, graph: Graph) => string[];

const own: Arns = ({ outputs }) => [`${outputs["arn"]}`];
const allResources: Arns = () => ["*"];
const inputArn =
  (input: string): Arns =>
  ({ inputs }) => [`${inputs[input]}`];
const regional =
  (service: string, nameOf: (inputs: Record<string, unknown>) => string): Arns =>
  ({ inputs }, { region, account }) => [`arn:aws:${service}:${region}:${account}:${nameOf(inputs)}`];

const dashboard: Arns = ({ inputs }, { account }) => [
  `arn:aws:cloudwatch::${account}:dashboard/${inputs["dashboardName"]}`,
];
const roleByName: Arns = ({ inputs }, { account }) => [`arn:aws:iam::${account}:role/${inputs["role"]}`];
const rule = regional("events", ({ eventBusName, rule: name }) => `rule/${eventBusName}/${name}`);
const queueByUrl = regional("sqs", ({ queueUrl }) => `${queueUrl}`.split("/").at(-1) ?? "");
// AWS gives a delivery and a subscription an id of its own.
const delivery = regional("logs", () => "delivery:AbCdEfGhIjKlMnOp");
const subscription: Arns = ({ inputs }) => [`${inputs["topic"]}:00000000-0000-4000-8000-000000000000`];
const deliveryEnds: Arns = (resource, graph) => [
  ...delivery(resource, graph),
  ...regional("logs", ({ deliverySourceName }) => `delivery-source:${deliverySourceName}`)(resource, graph),
  ...inputArn("deliveryDestinationArn")(resource, graph),
];

const tagging = "ListTagsForResource TagResource UntagResource";

// What the provider calls to create, read (`pulumi refresh` too), update and delete a resource of each type, and to read and set its
// tags: https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service. Then what AWS asks of who makes these calls:
// - to pass a role on: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
// - to have logs delivered: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
const calls: Record<string, readonly [Arns, string][]> = {
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": [
    [allResources, "cloudwatch:PutCompositeAlarm DescribeAlarms"],
    [own, `cloudwatch:DeleteAlarms ${tagging}`],
  ],
  "aws:cloudwatch/dashboard:Dashboard": [[dashboard, "cloudwatch:PutDashboard GetDashboard DeleteDashboards"]],
  "aws:cloudwatch/eventArchive:EventArchive": [
    [(...args) => [...own(...args), ...inputArn("eventSourceArn")(...args)], "events:CreateArchive"],
    [own, "events:DescribeArchive UpdateArchive DeleteArchive"],
  ],
  "aws:cloudwatch/eventBus:EventBus": [
    [own, `events:CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus ${tagging}`],
  ],
  "aws:cloudwatch/eventRule:EventRule": [
    [own, `events:PutRule DescribeRule EnableRule DisableRule DeleteRule ${tagging}`],
  ],
  "aws:cloudwatch/eventTarget:EventTarget": [
    [rule, "events:PutTargets ListTargetsByRule RemoveTargets"],
    [inputArn("roleArn"), "iam:PassRole"],
  ],
  "aws:cloudwatch/logDelivery:LogDelivery": [
    [deliveryEnds, "logs:CreateDelivery UpdateDeliveryConfiguration"],
    [delivery, `logs:GetDelivery DeleteDelivery ${tagging}`],
    [allResources, "logs:PutResourcePolicy DescribeResourcePolicies DescribeLogGroups"],
  ],
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": [
    [own, `logs:PutDeliveryDestination GetDeliveryDestination DeleteDeliveryDestination ${tagging}`],
  ],
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": [
    [own, `logs:PutDeliverySource GetDeliverySource DeleteDeliverySource ${tagging}`],
    [inputArn("resourceArn"), "events:AllowVendedLogDeliveryForResource"],
  ],
  "aws:cloudwatch/logGroup:LogGroup": [
    [own, `logs:CreateLogGroup PutRetentionPolicy DeleteRetentionPolicy DeleteLogGroup ${tagging}`],
    [allResources, "logs:DescribeLogGroups"],
  ],
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": [
    [allResources, "logs:PutResourcePolicy DescribeResourcePolicies DeleteResourcePolicy"],
  ],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [
    [own, `cloudwatch:PutMetricAlarm DeleteAlarms ${tagging}`],
    [allResources, "cloudwatch:DescribeAlarms"],
  ],
  "aws:dynamodb/table:Table": [
    [
      own,
      "dynamodb:CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups UpdateContinuousBackups " +
        "DescribeTimeToLive UpdateTimeToLive ListTagsOfResource TagResource UntagResource",
    ],
  ],
  "aws:iam/policy:Policy": [
    [
      own,
      "iam:CreatePolicy GetPolicy GetPolicyVersion ListPolicyVersions CreatePolicyVersion DeletePolicyVersion DeletePolicy " +
        "TagPolicy UntagPolicy",
    ],
  ],
  "aws:iam/role:Role": [
    [
      own,
      "iam:CreateRole GetRole ListRolePolicies GetRolePolicy ListAttachedRolePolicies UpdateRole UpdateRoleDescription " +
        "UpdateAssumeRolePolicy ListInstanceProfilesForRole DeleteRole TagRole UntagRole",
    ],
  ],
  "aws:iam/rolePolicy:RolePolicy": [[roleByName, "iam:PutRolePolicy GetRolePolicy DeleteRolePolicy"]],
  "aws:kms/key:Key": [
    [allResources, "kms:CreateKey"],
    [
      own,
      "kms:DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags EnableKeyRotation PutKeyPolicy UpdateKeyDescription " +
        "ScheduleKeyDeletion TagResource UntagResource",
    ],
  ],
  "aws:lambda/function:Function": [
    [
      own,
      "lambda:CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig ListVersionsByFunction " +
        "UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction ListTags TagResource UntagResource",
    ],
    [inputArn("role"), "iam:PassRole"],
  ],
  "aws:scheduler/schedule:Schedule": [
    [own, "scheduler:CreateSchedule GetSchedule UpdateSchedule DeleteSchedule"],
    [({ inputs }) => [`${Object(inputs["target"]).roleArn}`], "iam:PassRole"],
  ],
  "aws:sfn/stateMachine:StateMachine": [
    [
      own,
      `states:CreateStateMachine DescribeStateMachine ListStateMachineVersions UpdateStateMachine DeleteStateMachine ${tagging}`,
    ],
    [allResources, "states:ValidateStateMachineDefinition"],
    [inputArn("roleArn"), "iam:PassRole"],
    [
      allResources,
      "logs:CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries PutResourcePolicy " +
        "DescribeResourcePolicies DescribeLogGroups",
    ],
  ],
  "aws:sns/topic:Topic": [[own, `sns:CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic ${tagging}`]],
  "aws:sns/topicPolicy:TopicPolicy": [[inputArn("arn"), "sns:GetTopicAttributes SetTopicAttributes"]],
  "aws:sns/topicSubscription:TopicSubscription": [
    [inputArn("topic"), "sns:Subscribe"],
    [subscription, "sns:GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe"],
  ],
  "aws:sqs/queue:Queue": [
    [own, "sqs:CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue ListQueueTags TagQueue UntagQueue"],
  ],
  "aws:sqs/queuePolicy:QueuePolicy": [[queueByUrl, "sqs:GetQueueAttributes SetQueueAttributes"]],
  "aws:ssm/parameter:Parameter": [
    [own, "ssm:PutParameter GetParameter DeleteParameter ListTagsForResource AddTagsToResource RemoveTagsFromResource"],
    [allResources, "ssm:DescribeParameters"],
  ],
};

/** The types of resource whose calls are known. */
export const knownTypes: readonly string[] = Object.keys(calls);

/** Every call that the provider makes for the resources of a graph; a resource of a type that is not known has none. */
export const providerCalls = (graph: Graph): ProviderCall[] =>
  graph.resources.flatMap((resource) =>
    (calls[resource.type] ?? []).flatMap(([arns, actions]) => {
      const [service, operations = ""] = actions.split(":");
      return operations.split(" ").map((operation) => ({
        type: resource.type,
        action: `${service}:${operation}`,
        arns: arns(resource, graph),
      }));
    }),
  );
