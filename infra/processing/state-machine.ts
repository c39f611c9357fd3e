import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import type { Queue } from "../storage/queue.ts";
import type { EventBus } from "../events/event-bus.ts";
import { lambdasOf, machinesOf, publishes, readDefinition, resolve, startsItself } from "./definition.ts";
import type { Function } from "./function.ts";
import { physicalName } from "../names.ts";
import { ServiceRole, tracing } from "../access/service-role.ts";
import type { Settings } from "../settings.ts";
import { type BackgroundMachine, workflows } from "../workflows.ts";

type Args = Pick<Settings, "logRetentionDays" | "logExecutionData" | "stateMachineLogLevel"> & {
  /** The file in `statemachines/`, without `.asl.json`. */
  definition: string;
  type: "EXPRESS" | "STANDARD";
  /** Every state machine that a definition may start, by its name. */
  startable: Record<string, StateMachine>;
  /** Every Lambda that a definition may name, by its name. */
  functions: Record<string, Function>;
  /** The bus that a definition may put events on. */
  billingBus: EventBus;
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

/** A state machine that may call the Lambdas and start the state machines it names, publish if it does, send to the dead-letter queue, and nothing else. */
export class StateMachine extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly type: "EXPRESS" | "STANDARD";
  readonly logGroup: aws.cloudwatch.LogGroup;

  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:StateMachine", name, {}, opts);
    const child = { parent: this };
    const machineName = physicalName(name, 80);
    const definition = readDefinition(args.definition);
    const lambdaArns = arnsOf(args.definition, lambdasOf(definition), args.functions);
    const startedArns = arnsOf(args.definition, machinesOf(definition), args.startable);
    const ownArn = pulumi.interpolate`${args.account.arnOf("states")}:stateMachine:${machineName}`;
    const started = [...Object.values(startedArns), ...(startsItself(definition) ? [ownArn] : [])];

    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      // Under this prefix AWS does not run into the limit of a log resource policy's size.
      { name: `/aws/vendedlogs/states/${machineName}`, retentionInDays: args.logRetentionDays },
      child,
    );

    const calls = [
      { Action: "lambda:InvokeFunction", Resource: Object.values(lambdaArns) },
      ...(started.length > 0 ? [{ Action: "states:StartExecution", Resource: started }] : []),
      ...(publishes(definition) ? [{ Action: "events:PutEvents", Resource: args.billingBus.arn }] : []),
      { Action: "sqs:SendMessage", Resource: args.deadLetters.arn },
    ];
    const conditions = {
      StringEquals: { "aws:SourceAccount": args.account.id },
      ArnEquals: { "aws:SourceArn": ownArn },
    };
    const allow = [...calls, logDelivery, tracing, sampling];
    const role = new ServiceRole(name, { service: "states.amazonaws.com", conditions, allow }, child);

    const machine = new aws.sfn.StateMachine(
      name,
      {
        name: machineName,
        type: args.type,
        roleArn: role.arn,
        definition: definitionWith(args.account, definition, {
          ...lambdaArns,
          ...startedArns,
          "billing-bus": args.billingBus.name,
          "dead-letter-queue": args.deadLetters.url,
        }),
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
    this.type = args.type;
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

const arnsOf = (definition: string, names: string[], parts: Record<string, { arn: pulumi.Output<string> }>) =>
  Object.fromEntries(
    names.map((name) => {
      const part = parts[name];
      if (part) return [name, part.arn];
      throw new Error(`statemachines/${definition}.asl.json calls ${name}: add it to infra/processing/functions.ts`);
    }),
  );

/** All state machines, by their names. */
export type StateMachines = Record<string, StateMachine> & Record<BackgroundMachine, StateMachine>;

/** Makes the state machines of all workflows, and those that ask Stripe. */
export const makeStateMachines = (args: Omit<Args, "definition" | "type" | "startable">): StateMachines => {
  const standard = (name: BackgroundMachine): StateMachine =>
    new StateMachine(name, { ...args, definition: name, type: "STANDARD", startable: {} });
  const background = { "heal-subscription": standard("heal-subscription"), reconcile: standard("reconcile") };
  const own = workflows.map(({ name, definition }) => [
    name,
    new StateMachine(name, { ...args, definition, type: "EXPRESS", startable: background }),
  ]);
  return { ...Object.fromEntries(own), ...background };
};
