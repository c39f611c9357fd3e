import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EventBus } from "../events/event-bus.ts";
import type { Function } from "../processing/function.ts";
import { physicalName } from "../names.ts";
import { type AllowStatement, allowPolicy } from "./service-role.ts";
import { hasStripe, type Settings } from "../settings.ts";
import type { StateMachine, StateMachines } from "../processing/state-machine.ts";
import type { Tables } from "../storage/tables.ts";

interface Args {
  deadLetters: { arn: pulumi.Output<string> };
  parked: { arn: pulumi.Output<string> };
  machines: StateMachines;
  functions: Record<string, Function>;
  tables: Tables;
  bus: EventBus;
  /** Where the stack's events come from. */
  sources: Pick<Settings, "eventSource" | "formerEventSource">;
}

/** The policy of an operator, who runs `npm run …` on a deployed stack: attach it to their user, group or role. */
export class OperatorPolicy extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:OperatorPolicy", name, {}, opts);

    const policy = new aws.iam.Policy(
      name,
      {
        name: physicalName(name, 128),
        description: "What an operator's commands need",
        policy: allowPolicy([
          ...redriving(args),
          ...replaying(args),
          ...reconciling(args),
          tracing(args),
          monitoring,
          ...reading(args),
          ...testing(args),
        ]),
      },
      { parent: this },
    );

    this.arn = policy.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

// AWS authorises neither on a resource: a metric is none, and composite alarms are described for `*` alone.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
const monitoring: AllowStatement = {
  Action: ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"],
  Resource: "*",
};

const tracing = ({ functions, machines }: Args): AllowStatement => ({
  Action: "logs:FilterLogEvents",
  Resource: [...Object.values(functions), ...ofType(machines, "EXPRESS")].map(
    ({ logGroup }) => pulumi.interpolate`${logGroup.arn}:*`,
  ),
});

const ofType = (machines: StateMachines, wanted: StateMachine["type"]): StateMachine[] =>
  Object.values(machines).filter(({ type }) => type === wanted);

// The smoke test refuses a stack that has Stripe's events.
const testing = ({ sources, bus, tables: { core, payments } }: Args): AllowStatement[] =>
  hasStripe(sources)
    ? []
    : [
        { Action: "events:PutEvents", Resource: bus.arn },
        { Action: "dynamodb:DeleteItem", Resource: [core.arn, payments.arn] },
      ];

const reading = ({ tables: { core, payments } }: Args): AllowStatement[] => [
  { Action: "dynamodb:GetItem", Resource: core.arn },
  { Action: "dynamodb:BatchGetItem", Resource: payments.arn },
  {
    Action: "dynamodb:Query",
    Resource: [
      payments.arn,
      pulumi.interpolate`${payments.arn}/index/GSI1`,
      pulumi.interpolate`${core.arn}/index/GSI2`,
    ],
  },
];

const redriving = ({ deadLetters, parked, machines }: Args): AllowStatement[] => [
  {
    Action: [
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:SendMessage",
      "sqs:DeleteMessage",
    ],
    Resource: [deadLetters.arn, parked.arn],
  },
  {
    Action: "states:StartSyncExecution",
    Resource: ofType(machines, "EXPRESS").map(({ arn }) => arn),
  },
];

// Also what asks Stripe again, for a dead letter of it.
const reconciling = ({ machines }: Args): AllowStatement[] => {
  const standard = ofType(machines, "STANDARD");
  return [
    { Action: "states:StartExecution", Resource: standard.map(({ arn }) => arn) },
    {
      Action: "states:DescribeExecution",
      // An execution has a name of its own each time.
      Resource: standard.map(({ arn }) => arn.apply((text) => `${text.replace(":stateMachine:", ":execution:")}:*`)),
    },
  ];
};

const replaying = ({ bus: { archive, arn: busArn } }: Args): AllowStatement[] => {
  // A replay has a name of its own each time, which begins with that of its archive.
  const replays = archive.arn.apply((arn) => `${arn.replace(":archive/", ":replay/")}-*`);
  return [
    { Action: "events:DescribeArchive", Resource: archive.arn },
    // AWS asks for all three: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
    { Action: "events:StartReplay", Resource: [archive.arn, busArn, replays] },
    { Action: ["events:DescribeReplay", "events:CancelReplay"], Resource: replays },
  ];
};
