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
  /** The action that gives it to the target, such as `states:StartExecution`. */
  action: string;
  deadLetters: Queue;
  account: Account;
}

/** A rule and its target: at most 3 more tries within an hour, then the dead-letter queue. */
export class Route extends pulumi.ComponentResource {
  readonly rule: aws.cloudwatch.EventRule;
  readonly #name: string;
  readonly #args: RouteArgs;

  constructor(name: string, args: RouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Route", name, {}, opts);
    this.#name = name;
    this.#args = args;

    this.rule = new aws.cloudwatch.EventRule(
      name,
      {
        name,
        description: args.description,
        eventBusName: args.busName,
        // By the type inside the event: whatever the envelope calls it, nothing but these two fits.
        eventPattern: pulumi.jsonStringify({ source: args.sources, detail: { type: args.types } }),
      },
      { parent: this, deleteBeforeReplace: true },
    );

    this.registerOutputs({ rule: this.rule.arn });
  }

  /** Attaches the target, once what it depends on exists. */
  attachTarget(dependsOn: pulumi.Resource[]): void {
    const { target, action, deadLetters, busName, account } = this.#args;
    const role = new ServiceRole(
      this.#name,
      {
        service: "events.amazonaws.com",
        conditions: {
          StringEquals: { "aws:SourceAccount": account.id },
          ArnEquals: { "aws:SourceArn": this.rule.arn },
        },
        allow: [{ Action: action, Resource: target }],
      },
      { parent: this },
    );

    new aws.cloudwatch.EventTarget(
      this.#name,
      {
        // A rule's id is `bus/rule`, which a target does not take.
        rule: this.rule.name,
        eventBusName: busName,
        targetId: this.#name,
        arn: target,
        roleArn: role.arn,
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: deadLetters.arn },
      },
      { parent: this, dependsOn: [role.policy, ...dependsOn] },
    );
  }
}
