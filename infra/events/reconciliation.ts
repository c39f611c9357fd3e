import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { ServiceRole } from "../access/service-role.ts";
import { physicalName } from "../names.ts";
import type { StateMachine } from "../processing/state-machine.ts";
import { hasStripe, type Settings } from "../settings.ts";
import type { Queue } from "../storage/queue.ts";

type Args = Pick<Settings, "eventSource" | "formerEventSource" | "reconcileSchedule"> & {
  machine: StateMachine;
  deadLetters: Queue;
  account: Account;
};

/** The schedule that starts `reconcile` every night; it is off in a stack without Stripe. */
export class Reconciliation extends pulumi.ComponentResource {
  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Reconciliation", name, {}, opts);
    const { machine, deadLetters, account } = args;

    const role = new ServiceRole(
      `${name}-schedule`,
      {
        service: "scheduler.amazonaws.com",
        // A schedule is told by its group: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        conditions: {
          StringEquals: { "aws:SourceAccount": account.id },
          ArnEquals: { "aws:SourceArn": pulumi.interpolate`${account.arnOf("scheduler")}:schedule-group/default` },
        },
        allow: [
          { Action: "states:StartExecution", Resource: machine.arn },
          { Action: "sqs:SendMessage", Resource: deadLetters.arn },
        ],
      },
      { parent: this },
    );

    new aws.scheduler.Schedule(
      name,
      {
        name: physicalName(name, 64),
        description: "Compares all rows with Stripe's",
        scheduleExpression: args.reconcileSchedule,
        scheduleExpressionTimezone: "UTC",
        flexibleTimeWindow: { mode: "OFF" },
        state: hasStripe(args) ? "ENABLED" : "DISABLED",
        target: {
          arn: machine.arn,
          roleArn: role.arn,
          input: JSON.stringify({ run: {} }),
          retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 3600 },
          deadLetterConfig: { arn: deadLetters.arn },
        },
      },
      { parent: this, dependsOn: [role.policy] },
    );

    this.registerOutputs({});
  }
}
