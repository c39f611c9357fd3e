import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import type { Queue } from "../storage/queue.ts";
import { lambdasOf, readDefinition, resolve } from "./definition.ts";
import type { Function } from "./function.ts";
import { physicalName } from "../names.ts";
import { ServiceRole, tracing } from "../access/service-role.ts";
import type { Settings } from "../settings.ts";
import { workflows } from "../workflows.ts";

type Args = Pick<Settings, "logRetentionDays" | "logExecutionData" | "stateMachineLogLevel"> & {
  /** The file in `statemachines/`, without `.asl.json`. */
  definition: string;
  /** Every Lambda that a definition may name, by its name. */
  functions: Record<string, Function>;
  deadLetters: Queue;
  account: Account;
};

// AWS lets a state machine set up the delivery of its logs only under all resources:
// https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
const logDelivery = {
  Action: [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
  ],
  Resource: "*",
};

const sampling = { Action: ["xray:GetSamplingRules", "xray:GetSamplingTargets"], Resource: "*" };

/** An Express state machine that may call the Lambdas it names, send to the dead-letter queue, and nothing else. */
export class StateMachine extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly logGroup: aws.cloudwatch.LogGroup;

  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:StateMachine", name, {}, opts);
    const child = { parent: this };
    const machineName = physicalName(name, 80);
    const definition = readDefinition(args.definition);
    const arns = calledArns(args.definition, args.functions);

    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      // Under this prefix AWS does not run into the limit of a log resource policy's size.
      { name: `/aws/vendedlogs/states/${machineName}`, retentionInDays: args.logRetentionDays },
      child,
    );

    const role = new ServiceRole(
      name,
      {
        service: "states.amazonaws.com",
        conditions: {
          StringEquals: { "aws:SourceAccount": args.account.id },
          ArnEquals: {
            "aws:SourceArn": pulumi.interpolate`${args.account.arnOf("states")}:stateMachine:${machineName}`,
          },
        },
        allow: [
          { Action: "lambda:InvokeFunction", Resource: Object.values(arns) },
          { Action: "sqs:SendMessage", Resource: args.deadLetters.arn },
          logDelivery,
          tracing,
          sampling,
        ],
      },
      child,
    );

    const machine = new aws.sfn.StateMachine(
      name,
      {
        name: machineName,
        type: "EXPRESS",
        roleArn: role.arn,
        definition: definitionWith(args.account, definition, { ...arns, "dead-letter-queue": args.deadLetters.url }),
        loggingConfiguration: {
          level: args.stateMachineLogLevel,
          includeExecutionData: args.logExecutionData,
          logDestination: pulumi.interpolate`${logGroup.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
      },
      { ...child, dependsOn: [role.policy] },
    );

    this.arn = machine.arn;
    this.logGroup = logGroup;
    this.registerOutputs({ arn: this.arn });
  }
}

// Step Functions' own integrations are of the partition too: arn:aws-cn:states:::lambda:invoke.
const definitionWith = (
  { partition }: Account,
  definition: string,
  values: Record<string, pulumi.Output<string>>,
): pulumi.Output<string> =>
  pulumi
    .all([values, partition])
    .apply(([texts, of]) => resolve(definition, texts).replaceAll("arn:aws:states:::", `arn:${of}:states:::`));

const calledArns = (definition: string, functions: Record<string, Function>) =>
  Object.fromEntries(
    lambdasOf(readDefinition(definition)).map((name) => {
      const lambda = functions[name];
      if (lambda) return [name, lambda.arn];
      throw new Error(`statemachines/${definition}.asl.json calls ${name}: add it to infra/processing/functions.ts`);
    }),
  );

/** The state machines of all workflows, by their names. */
export const makeStateMachines = (args: Omit<Args, "definition">): Record<string, StateMachine> =>
  Object.fromEntries(workflows.map(({ name, definition }) => [name, new StateMachine(name, { ...args, definition })]));
