import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "./bundle.ts";
import { physicalName } from "../names.ts";
import type { TableAccess } from "../storage/tables.ts";
import { type AllowStatement, ServiceRole, tracing } from "../access/service-role.ts";

/** What a Lambda is given. */
export interface FunctionArgs {
  environment: Record<string, pulumi.Input<string>>;
  /** How much memory it has, and by it how much of a CPU; docs/performance.md says why so much. */
  memoryMegabytes: number;
  /** What it may do besides writing its log: these operations on these tables. */
  tables: readonly TableAccess[];
  /** The secrets of Parameter Store that it may read. */
  secrets?: readonly { arn: pulumi.Output<string> }[];
  /** The buses that it may put events on. */
  buses?: readonly { arn: pulumi.Output<string> }[];
  timeoutSeconds?: number;
  logRetentionDays: number;
}

/** After how long a Lambda usually gives up: below the 10 seconds that a state waits, so that it is the Lambda that does. */
export const functionTimeoutSeconds = 8;

/** A Lambda of `lambdas/`, under the same name, that may do exactly what it does. */
export class Function extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly logGroup: aws.cloudwatch.LogGroup;
  readonly tables: readonly TableAccess[];
  readonly timeoutSeconds: number;

  constructor(name: string, args: FunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Function", name, {}, opts);
    const child = { parent: this };
    const functionName = physicalName(name, 64);

    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { name: `/aws/lambda/${functionName}`, retentionInDays: args.logRetentionDays },
      child,
    );

    const { timeoutSeconds = functionTimeoutSeconds } = args;
    const logging = {
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${logGroup.arn}:*`,
    };
    // No condition on whose behalf: Lambda does not always say. It takes a role on only for a function of the role's own
    // account, whose creator had the right to pass it on: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    const role = new ServiceRole(
      name,
      {
        service: "lambda.amazonaws.com",
        allow: [logging, tracing, ...allowCalls(args)],
      },
      child,
    );

    const lambda = new aws.lambda.Function(
      name,
      {
        name: functionName,
        role: role.arn,
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        code: bundle(name),
        handler: "index.handler",
        memorySize: args.memoryMegabytes,
        timeout: timeoutSeconds,
        environment: { variables: args.environment },
        loggingConfig: {
          logFormat: "JSON",
          logGroup: logGroup.name,
          applicationLogLevel: "INFO",
          systemLogLevel: "WARN",
        },
        tracingConfig: { mode: "Active" },
      },
      { ...child, dependsOn: [role.policy] },
    );

    this.name = lambda.name;
    this.arn = lambda.arn;
    this.logGroup = logGroup;
    this.tables = args.tables;
    this.timeoutSeconds = timeoutSeconds;
    this.registerOutputs({ arn: this.arn });
  }
}

const allowCalls = ({ tables, secrets = [], buses = [] }: FunctionArgs): AllowStatement[] => [
  ...tables.map(allowAccess),
  ...secrets.map(allowReading),
  ...buses.map(({ arn }) => ({ Action: "events:PutEvents", Resource: arn })),
];

const allowAccess = ({ table, index, operations }: TableAccess): AllowStatement => {
  const [first = "", ...others] = operations.map((operation) => `dynamodb:${operation}`);
  return {
    Action: others.length === 0 ? first : [first, ...others],
    Resource: index === undefined ? table.arn : pulumi.interpolate`${table.arn}/index/${index}`,
  };
};

// Under the key that AWS manages for Parameter Store, decryption needs no statement:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
const allowReading = ({ arn }: { arn: pulumi.Output<string> }): AllowStatement => ({
  Action: "ssm:GetParameter",
  Resource: arn,
});
