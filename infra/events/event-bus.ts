import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../names.ts";
import type { Account } from "../account.ts";
import { BusLogs } from "./bus-logs.ts";
import type { Settings } from "../settings.ts";

type Args = Pick<Settings, "busLogLevel" | "logExecutionData" | "logRetentionDays" | "archiveDays" | "protectData"> & {
  /** Its name in AWS, by which its rules' ARNs are known before it exists. */
  name: string;
  account: Account;
};

/** The bus that the rules of this program are on, its log, and its archive. */
export class EventBus extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly archive: aws.cloudwatch.EventArchive;

  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:EventBus", name, {}, opts);

    const bus = new aws.cloudwatch.EventBus(
      name,
      {
        name: args.name,
        description: "Stripe's events for Homebiyori's record of payments and subscriptions",
        logConfig: {
          level: args.busLogLevel,
          // The detail is the event, with the customer's name and address.
          includeDetail: args.logExecutionData ? "FULL" : "NONE",
        },
      },
      // An archive that stays has a rule on its bus, and AWS deletes no bus with a rule.
      { parent: this, deleteBeforeReplace: true, retainOnDelete: args.protectData },
    );

    new BusLogs(
      "bus-logs",
      { bus, level: args.busLogLevel, retentionDays: args.logRetentionDays, account: args.account },
      { parent: this },
    );

    // What no dead letter can hold, such as an event whose execution timed out, is replayed from here.
    this.archive = new aws.cloudwatch.EventArchive(
      name,
      { name: physicalName("stripe-events", 48), eventSourceArn: bus.arn, retentionDays: args.archiveDays },
      { parent: this, retainOnDelete: args.protectData },
    );

    this.name = bus.name;
    this.arn = bus.arn;
    this.registerOutputs({ name: this.name, arn: this.arn });
  }
}
