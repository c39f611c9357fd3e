import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../names.ts";

/** One statement of a policy that allows something. */
export interface AllowStatement {
  Action: string | string[];
  Resource: pulumi.Input<string> | pulumi.Input<string>[];
}

/** The conditions of a statement, by operator and by key. */
export type Conditions = Record<string, Record<string, pulumi.Input<string> | pulumi.Input<string>[]>>;

/** How a role is used. */
export interface ServiceRoleArgs {
  /** The AWS service that takes the role on, such as `lambda.amazonaws.com`. */
  service: string;
  /** On whose behalf the service may take it on, against the confused deputy. */
  conditions?: Conditions;
  /** All that it may do. */
  allow: AllowStatement[];
}

/** A role that one AWS service takes on, to do exactly what its statements say. */
export class ServiceRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** What must exist before the role can be used. */
  readonly policy: aws.iam.RolePolicy;

  constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:ServiceRole", name, {}, opts);

    const trust = { Effect: "Allow", Principal: { Service: args.service }, Action: "sts:AssumeRole" };
    const role = new aws.iam.Role(
      name,
      {
        name: physicalName(name, 64),
        assumeRolePolicy: policyDocument([{ ...trust, ...(args.conditions && { Condition: args.conditions }) }]),
      },
      { parent: this },
    );

    this.policy = new aws.iam.RolePolicy(
      name,
      {
        name,
        role: role.name,
        policy: allowPolicy(args.allow),
      },
      { parent: this },
    );

    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** A policy document that allows this and nothing else. */
export const allowPolicy = (allowed: AllowStatement[]): pulumi.Output<string> =>
  policyDocument(allowed.map((statement) => ({ Effect: "Allow", ...statement })));

/** A policy document of these statements. */
export const policyDocument = (statements: object[]): pulumi.Output<string> =>
  pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

/** What a service that traces its calls needs; X-Ray knows no resources to name. */
export const tracing: AllowStatement = {
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};
