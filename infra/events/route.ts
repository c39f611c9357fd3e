import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import type { Queue } from "../storage/queue.ts";
import { ServiceRole } from "../access/service-role.ts";

/** Which events go where. */
export interface RouteArgs {
  description: string;
  /** The bus that the events are on. */
  busName: pulumi.Input<string>;
  /** The sources that they come from. */
  sources: readonly string[];
  /** Stripe's types of them. */
  types: readonly string[];
  /** What they are given to: a state machine or another bus. */
  target: pulumi.Input<string>;
  /** The role that gives it to the target. */
  role: ServiceRole;
  deadLetters: Queue;
}

/** A rule and its target: at most 3 more tries within an hour, then the dead-letter queue. */
export class Route extends pulumi.ComponentResource {
  readonly rule: aws.cloudwatch.EventRule;

  constructor(name: string, args: RouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Route", name, {}, opts);
    const { busName, role, deadLetters } = args;

    this.rule = new aws.cloudwatch.EventRule(
      name,
      {
        name,
        description: args.description,
        eventBusName: busName,
        // By the type inside the event: whatever the envelope calls it, nothing but these two fits.
        eventPattern: pulumi.jsonStringify({ source: args.sources, detail: { type: args.types } }),
      },
      { parent: this, deleteBeforeReplace: true },
    );

    new aws.cloudwatch.EventTarget(
      name,
      {
        // A rule's id is `bus/rule`, which a target does not take.
        rule: this.rule.name,
        eventBusName: busName,
        targetId: name,
        arn: args.target,
        roleArn: role.arn,
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: deadLetters.arn },
      },
      { parent: this, dependsOn: [role.policy, deadLetters.policy] },
    );

    this.registerOutputs({ rule: this.rule.arn });
  }
}

/** The role of a rule, by the ARN that the rule has or will have, which does this one thing with its target. */
export const routeRole = (
  rule: { name: string; arn: pulumi.Input<string> },
  allow: { Action: string; Resource: pulumi.Input<string> },
  account: Account,
): ServiceRole =>
  new ServiceRole(
    rule.name,
    {
      service: "events.amazonaws.com",
      conditions: {
        StringEquals: { "aws:SourceAccount": account.id },
        ArnEquals: { "aws:SourceArn": rule.arn },
      },
      allow: [allow],
    },
    // A stack may have it as a part of its route, and AWS takes no second role of the same name.
    { aliases: [{ parent: pulumi.createUrn(rule.name, "homebiyori:billing:Route") }] },
  );
